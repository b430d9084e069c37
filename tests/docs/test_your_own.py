"""docs/your-own.md: what it shows passes as it stands, and is no longer than it says."""

import re
from pathlib import Path

import numpy as np
import pytest

import crossgrad
from crossgrad.comparisons.backends.own.layout import CHOICES, Layout
from crossgrad.comparisons.suite.user_tests import verify

PAGE = (Path(__file__).parents[2] / "docs" / "your-own.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
ARRAYS, *ADAPTERS = BLOCKS
#: On another processor it is another one.
RESIDUAL = re.compile(r"(?<=largest residual )[0-9.e-]+")
#: A function may have so many lines.
LINES = 18


def functions(block):
    """What a block defines."""
    found = {"np": np, "crossgrad": crossgrad}
    exec(block, found)  # noqa: S102 - our own page
    return found


def test_the_arrays_of_the_page_are_right(capsys):
    """And what is printed is what stands there."""
    functions(ARRAYS)
    printed, page = (RESIDUAL.sub("", text) for text in (capsys.readouterr().out, PAGE))
    assert f"```text\n{printed}```" in page


@pytest.mark.parametrize("number", range(len(ADAPTERS)))
def test_each_function_of_the_page_passes(number):
    """In every regime, and what was taken as what is told where nothing was said."""
    gradients = functions(ADAPTERS[number])["gradients"]
    found = verify(gradients, architectures=2)
    assert found.numbers > 1_000
    assert found.notes or "@crossgrad.network" in ADAPTERS[number]


@pytest.mark.parametrize("number", range(len(ADAPTERS)))
def test_each_function_of_the_page_fails_if_it_is_spoilt(number):
    """A minus for a plus, or a factor that is left out."""
    block = ADAPTERS[number]
    body = block[block.index("def gradients") :]
    spoilt = re.sub(
        r"(- problem\.y|- y\)|\[labels\]|- rate \* \(error|out - target\))",
        r"\1 * 1.01",
        body,
        count=1,
    )
    assert spoilt != body
    gradients = functions(block.replace(body, spoilt))["gradients"]
    with pytest.raises(AssertionError, match="fails "):
        verify(gradients, architectures=2)


def test_functions_of_the_page_are_short():
    for block in ADAPTERS:
        body = block[block.index("def gradients") :].strip().splitlines()
        assert len(body) <= LINES, body[0]


def test_the_page_has_every_layout():
    """Each argument of ``network`` that says how, with its values."""
    table = PAGE[PAGE.index("## Layouts") :]
    for name in Layout.__dataclass_fields__:
        line = next(line for line in table.splitlines() if line.startswith(f"| `{name}` |"))
        for value in CHOICES.get(name, ()):
            assert f'"{value}"' in line
