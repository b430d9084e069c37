"""docs/vacuity.md: its programs run as they stand, and its table is what its command prints."""

import re
import sys
from pathlib import Path

import pytest
from suite import execute

pytest.importorskip("torch")
pytest.importorskip("jax")
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "vacuity.md").read_text(encoding="utf-8")
SHOWN, MARKED = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
#: How many columns say up to which digit a fault is seen.
DIGITS = 2


def rows(text):
    """The lines of the table of tests, cell by cell."""
    lines = re.findall(r"^\| (.*) \|$", text.partition("| test |")[2], re.MULTILINE)
    return [line.split(" | ") for line in lines if "---" not in line]


@pytest.fixture(scope="module")
def printed():
    (command,) = re.findall(r"python (-m \S+public)", PAGE)
    code, said = execute([sys.executable, *command.split()])
    assert code == 0, said
    return rows(said)


def test_the_table_is_what_the_command_prints(printed):
    """Row by row; but for the last digit that is seen, where rounding decides at a threshold."""
    shown = rows(PAGE)
    assert len(shown) > 8
    assert [row[:-DIGITS] for row in shown] == [row[:-DIGITS] for row in printed]
    for one, other in zip(shown, printed, strict=True):
        for a, b in zip(one[-DIGITS:], other[-DIGITS:], strict=True):
            assert abs(digit(a) - digit(b)) <= 1


def digit(cell):
    return 0 if cell == "none" else int(cell.removeprefix("1 ± 1e-"))


def test_readme_says_what_the_table_does(printed):
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    part = readme.partition("Of one layer, the test")[2].partition("with the command.")[0]
    said = list(map(int, re.findall(r"\d+", part)))
    caught = {row[0]: list(map(int, row[1].split(" of "))) for row in printed}
    loss, near = caught["the loss goes down after a step"], next(iter(caught.values()))
    value, gradient = (caught[f"`torch.autograd.gradcheck`, {of}"] for of in ("value", "gradient"))
    assert said == [*loss, near[0], *value, *gradient]


def test_the_first_program_prints_its_report():
    code, said = execute([sys.executable, "-c", SHOWN])
    assert code == 0, said
    assert f"```text\n{said}```" in PAGE


def test_the_marked_test_passes_and_a_blunter_one_fails(tmp_path):
    """With the gradient of the first program; then with a threshold of ten times its demand."""
    kernel = SHOWN.partition("\n\n\nw, x")[0]
    (tmp_path / "my_gradient.py").write_text(kernel, encoding="utf-8")
    for name, text, expected in (
        ("test_gradient.py", MARKED, pytest.ExitCode.OK),
        ("test_blunt.py", MARKED.replace("1e-6", "1e-2"), pytest.ExitCode.TESTS_FAILED),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        command = ["-m", "pytest", "-p", "no:hypothesispytest", f"--rootdir={tmp_path}"]
        code, said = execute([sys.executable, *command, str(tmp_path / name)])
        assert code == expected, said
        assert ("it lets through" in said) == (expected != pytest.ExitCode.OK)
