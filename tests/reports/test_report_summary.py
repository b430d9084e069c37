"""What is kept of rows is what they say, in any order, and no more of more rows; the verdict."""

import random
from collections import defaultdict
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from pages import (
    SCENARIOS,
    both,
    explained,
    failing,
    one_of,
    page,
    planted,
    rows,
    summed,
    unanswered,
)

from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.page import (
    highlights,
    sections,
)
from crossgrad.comparisons.reports.page.groups import Function, Growth, Spread, circumstances, span
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.page.tally import Tally
from crossgrad.comparisons.reports.table import cells


# ------------------------------------------------------------------ what is kept of rows
def test_table_is_the_terminals():
    shown = [[cell.text for cell in line] for line in sections.table(summed(both()))]
    assert shown == cells(both())


def test_counts_are_those_of_brute_force():
    """Of each line and equation, and of each size: bins, the largest, and how many."""
    summary = summed(both())
    spread, growth = defaultdict(list), defaultdict(list)
    for row in both():
        dtype = Scenario.parse(row.scenario).dtype
        name = f"{row.backend}~{row.against}" if row.against else row.backend
        spread[Spread(bool(row.against), name, dtype, row.check)].append(row)
        for axis, size in circumstances(row.scenario).sizes.items():
            growth[Growth(row.check not in ("dW", "db"), dtype, axis, size)].append(row)
    for groups, tallies in ((spread, summary.spread), (growth, summary.growth)):
        assert groups.keys() == tallies.keys()
        for key, group in groups.items():
            assert tallies[key].residuals == total(row.residuals for row in group)
            assert tallies[key].distances == total(row.distances for row in group)
            assert tallies[key].largest == max(row.residual for row in group)


def total(counts):
    return tuple(np.sum(list(counts), axis=0).tolist())


def test_functions_are_those_of_the_layer_and_of_the_network():
    """An activation counts where it is, a cost at the cost and at BP1."""
    summary = summed(both())
    layers = [("activation", "tanh", "a"), ("activation", "softplus", "BP1")]
    for kind, name, check in (*layers, ("cost", "quadratic", "BP1"), ("cost", "quadratic", "cost")):
        entries = summary.functions[Function(kind, name, check, "numpy")].entries
        row = next(
            row for row in both() if (row.scenario, row.check) == (SCENARIOS[0], check)
            and row.backend == "numpy" and (name != "softplus" or row.layer == 3)
        )  # fmt: skip
        assert entries == row.entries
    assert Function("activation", "tanh", "cost", "numpy") not in summary.functions


def test_sizes_are_rounded_up_to_powers_of_two():
    """The widest layer and the batch; depths stay."""
    assert circumstances(SCENARIOS[2]).sizes == {"depth": 2, "width": 8, "batch": 16}
    assert (span("width", 8), span("batch", 2), span("depth", 7)) == ("5–8", "2", "7")


def test_order_of_rows_does_not_matter():
    """The page is the same, to the letter."""
    failed = [failing(row) for row in rows("numpy") if row.check == "BP2"]
    found = [*both(), *failed, *planted()]
    shuffled = [*found]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - any order will do
    assert page(shuffled) == page(found)


def many_rows(count):
    """Rows of as many scenarios, which fail, are explained, or have no answer for a new reason."""
    kinds = (failing, explained, lambda row: row, unanswered)
    for i in range(count):
        row = both()[i % len(both())]
        scenario = row.scenario.rpartition("-s")[0] + f"-s{i}"
        row = kinds[i % 4](replace(row, scenario=scenario))
        yield replace(row, cause=f"reason {i}") if not row.check else row


def test_no_more_is_kept_of_more_rows():
    """Neither rows nor causes nor scenarios."""
    small, large = Summary(), Summary()
    for summary, count in ((small, 5_000), (large, 10_000)):
        for row in many_rows(count):
            summary.add(row)
            summary.took(row.scenario, row.backend, 1e-3)
    assert kept_by(large) == kept_by(small)
    assert len(large.seconds.scenarios) <= highlights.OPEN
    assert sum(count for *_, count in large.unanswered.lines()) == 10_000 // 4


def kept_by(summary):
    groups = (summary.spread, summary.growth, summary.functions, summary.table, summary.worst.rows)
    failures = [len(found) for found in summary.failures.groups.values()]
    return [*map(len, groups), failures, len(summary.unanswered.counts)]


def test_causes_that_are_told_are_counted_exactly():
    """The first in the order of the alphabet, however late they come; the rest as one number."""
    found = [unanswered(one_of("z"), cause=f"reason {i % 90:02}") for i in range(900)]
    *told, others = summed(found[::-1]).unanswered.lines()
    assert told == [("not supported", f"reason {i:02}", 10) for i in range(highlights.CAUSES)]
    assert others == ("others", "", 10 * (90 - highlights.CAUSES))


def test_failures_kept_are_of_the_simplest_networks():
    """All rows of each, in the order of the data; a few of each backend."""
    failed = [failing(row) for row in both() if row.check in ("BP2", "z") and not row.against]
    groups = list(summed(failed[::-1]).failures)
    assert len(groups) == 3
    sizes = [Scenario.parse(group[0].scenario).numbers for group in groups]
    assert sizes == sorted(sizes)
    deepest = next(group for group in groups if group[0].scenario == SCENARIOS[0])
    places = [(row.check, row.layer) for row in deepest]
    assert places == sorted(
        places, key=[("z", 1), ("z", 2), ("z", 3), ("BP2", 2), ("BP2", 1)].index
    )


def test_worst_is_the_largest_of_each_equation_and_backend():
    """None of them fails; what several come to in one place is told once."""
    summary = summed([*both(), failing(one_of("a"), backend="numpy")])
    first = summary.worst.first(100)
    assert len({(row.scenario, row.check) for row in first}) == len(first)
    assert first[0].residual == max(row.residual for row in both())
    assert [row.residual for row in first] == sorted((r.residual for r in first), reverse=True)
    assert "fail" not in {row.status for row in first}


def test_a_quantile_is_not_above_the_largest():
    """Of three residuals below the end of their bin."""
    tally = Tally()
    tally.add(np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0] + [0] * 24), 0.63)
    assert tally.residual_below(0.999) == 0.63
    assert tally.residual_below(0.5) == 0.63


def test_seconds_add_up():
    summary = Summary()
    for i in range(3):
        summary.took(SCENARIOS[i % 2], "jax" if i else "draw", 1.5)
    assert summary.seconds.slowest(2) == [(SCENARIOS[0], 3.0), (SCENARIOS[1], 1.5)]
    assert sections.stages(summary) == [("jax", "3.0 s", "67%"), ("draw", "1.5 s", "33%")]


# ------------------------------------------------------------------ the verdict
BP2 = one_of("BP2")
ERROR = unanswered(one_of("z"), "error", "no")
EVERY = f"{sum(row.entries for row in both()):,} numbers compared"
LARGEST = f"largest residual {max(row.residual for row in both()):.3g}"
RIGHT, NEAR = "Everything is within its bound", "numbers compared, largest residual "
VERDICTS = {
    "all is well": (both(), f"Everything is within its bound: {EVERY}, {LARGEST}"),
    "a divergence": (
        [*both()[1:], explained(both()[0])],
        f"Everything is within its bound or a known divergence (7 entries): {EVERY}",
    ),
    "just within": ([replace(BP2, residual=0.9997)], f"{RIGHT}: {BP2.entries} {NEAR}0.999…"),
    "one fails": ([*both(), failing(BP2, backend="mine")], "1 check fails: mine BP2 1"),
    "some fail": (
        [failing(one_of(c), backend="m") for c in ("z", "a", "a", "BP3", "BP4", "cost")],
        "6 checks fail: m a 2, BP3 1, BP4 1, cost 1, z 1",
    ),
    "many fail": (
        [failing(one_of("z"), backend=name) for name in "abcdef"],
        "6 checks fail: a z 1; b z 1; c z 1; d z 1; and 2 more",
    ),
    "an error": ([*both(), ERROR], "1 answer is an error"),
    "both": ([failing(BP2), ERROR, ERROR], "1 check fails and 2 answers are errors: my nets/x"),
    "nothing": ([], "Nothing was verified: nothing was compared"),
    "nothing supported": (
        [unanswered(one_of("z"))],
        "Nothing was verified of mine.py:f: no scenario was supported",
    ),
    "one supported nothing": (
        [*both(), unanswered(one_of("z"))],
        "Nothing was verified of mine.py:f: no scenario was supported",
    ),
    "not a number": ([failing(BP2, residual=inf, value=nan)], "1 check fails"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict_is_one_line(name):
    """It says what there is to say first."""
    found, told = VERDICTS[name]
    verdict = summed(found).verdict()
    assert verdict.startswith(told)
    assert "\n" not in verdict
