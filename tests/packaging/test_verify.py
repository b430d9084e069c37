"""An option of ``crossgrad verify`` that is misspelt, or has no name at all."""

import re
import sys

import pytest
from suite import execute

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.suite.verify import mistyped


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("--architecture 2", "there is no --architecture: did you mean --architectures?"),
        ("--backends=numpy", "there is no --backends: did you mean --backend?"),
        ("-x --draw 3", "there is no --draw: did you mean --draws?"),
        ("mine.py:f", "mine.py:f is no option: did you mean --backend mine.py:f?"),
        ("-n 4 mine.py:f", "mine.py:f is no option: did you mean --backend mine.py:f?"),
    ],
)
def test_the_name_that_was_meant_is_told(typed, told, capsys):
    """In one line, before pytest starts."""
    assert main(["verify", *typed.split()]) == pytest.ExitCode.USAGE_ERROR
    assert capsys.readouterr().err == f"crossgrad: verify: {told}\n"


@pytest.mark.parametrize("typed", ["-n 4 -x", "-k=some --lf -q", "-k some -rA", "--maxfail=1"])
def test_options_of_pytest_are_handed_on(typed):
    assert mistyped(typed.split()) == ""


def test_no_option_of_pytest_is_taken_for_one_that_is_misspelt(tmp_path):
    """Nor one of the plugins that are loaded."""
    said = execute([sys.executable, "-m", "pytest", "--help", str(tmp_path)])[1]
    options = re.findall(r"(?<!\S)--[a-z][a-z-]+", said)
    assert len(options) > 80
    assert [name for name in options if mistyped([name])] == []
