"""The page that a comparison prints: each line says what it is there to say."""

import pytest

from crossgrad.comparisons.records.baseline.changes import Change
from crossgrad.comparisons.reports.changes import as_markdown, as_text

NET = "3x4x2-tanh,sigmoid-quadratic-float64-m4-s1"
LEAKY = "1x1-leaky_relu-quadratic-float32-m8-s1"


def change(check, layer, verdict, scenario=NET, **values):
    return Change(scenario, "jax", check, layer, verdict, **values)


CHANGES = [
    change("a", 1, "changed within bound", entries=16, changed=9, ulps=7, typical=1, closer=2,
           further=5, before=0.1, now=0.2, first=True),
    change("a", 2, "changed within bound", entries=8, changed=4, ulps=30, typical=3, closer=1,
           further=3, before=0.3, now=0.1),
    change("a", 2, "changed within bound", entries=100, changed=-1, before=0.4, now=0.4),
    change("BP1", 2, "beyond bound", entries=8, changed=1, ulps=2**63 + 5, typical=2**63 + 5,
           further=1, before=0.5, now=12.5),
    change("BP1", 1, "convention changed", LEAKY, entries=8, changed=2, ulps=4, typical=4,
           convention="leaky_relu′(0) 0.01 → 1", first=True, before=0.1, now=0.1),
    change("BP3", 1, "missing", entries=4, before=0.25, now=0.25),
    change("BP3", 2, "new", entries=4, before=0.75, now=0.75),
    change("z", 1, "identical bits", entries=16),
]  # fmt: skip
DIFFERENT = {"jax": ("0.9.2", "0.10.2"), "XLA_FLAGS": ("not there", "--x")}


@pytest.fixture(scope="module")
def lines():
    return [" ".join(line.split()) for line in as_text(CHANGES, DIFFERENT).splitlines()]


FAR = "1 of 8 entries by up to 9.2e+18 ulps"
EXPECTED = [
    "jax float64 a changed within bound 3/3 13/24 1, 30 3 8 0.4 → 0.4",
    "jax float64 BP1 beyond bound 1/1 1/8 9.2e+18, 9.2e+18 0 1 0.5 → 12",
    "jax float32 BP1 convention changed 1/1 2/8 4, 4 0 0 0.1 → 0.1",
    "jax float64 BP3 missing 1/2 · · · · 0.25 → ·",
    "jax float64 BP3 new 1/2 · · · · · → 0.75",
    f"jax, BP1 at layer 2: beyond bound, {FAR}, residual 0.5 → 12.5 in {NET}",
    f"jax, BP3 at layer 1: missing in {NET}",
    "convention changed: jax, leaky_relu′(0) 0.01 → 1, in 1 place",
    "not counted, as they could not be rebuilt: 1 place",
    "identical bits, in so many places: jax float64 1",
]


@pytest.mark.parametrize("line", EXPECTED)
def test_a_line_says_what_it_is_there_to_say(lines, line):
    assert line in lines


def test_the_environment_is_told_first(lines):
    assert lines[:2] == [
        "environment: not the same: jax 0.9.2 → 0.10.2",
        "XLA_FLAGS not there → --x",
    ]


def test_functions_stand_in_the_order_of_the_data(lines):
    """A forward equation before a backward one."""
    page = " ".join(lines)
    assert "begins, in so many places (entries closer/further), in jax: a of tanh 1 (2/5)" in page
    assert page.index("a of tanh 1") < page.index("leaky_relu × quadratic 1 (0/0)")


def test_markdown_has_the_same_table():
    """And the notes as a list."""
    page = as_markdown(CHANGES, DIFFERENT)
    assert "| jax | float64 | a | changed within bound | 3/3 | 13/24 | 1, 30 | 3 | 8 |" in page
    assert "- convention changed: jax" in page


def test_nothing_changed_is_two_lines():
    """The environment, and how much is as it was."""
    page = as_text([change("z", 1, "identical bits")], {})
    assert page.split("\n") == ["environment: the same", "", EXPECTED[-1]]
