"""The table of docs/findings.md that a program beside it prints."""

import re
import sys
from pathlib import Path

from suite import execute

FINDINGS = Path(__file__).parents[2] / "docs" / "findings.md"


def test_what_a_layer_does_to_a_gradient_is_what_its_program_prints():
    text = FINDINGS.read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code, output = execute([sys.executable, "-c", program])
    assert code == 0, output
    printed = {line.split()[0]: line.split()[1:] for line in output.splitlines()}
    rows = re.findall(
        r"^\| (\w+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| (\S+) \|$", text, re.MULTILINE
    )
    assert {name: [*with_and_without, left] for name, *with_and_without, _, left in rows} == printed
    identity = float(printed["identity"][0])
    assert all(share == f"{float(factor) / identity:.2f}" for _, factor, _, share, _ in rows)
