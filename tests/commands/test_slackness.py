"""The record of how near programs come to their bounds: it is whole, true, and watched."""

from pathlib import Path

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.commands.atlas.functions import ACTIVATION_NAMES
from crossgrad.comparisons.commands.power.slackness import equations
from crossgrad.comparisons.commands.power.slackness.binades import as_text, from_text
from crossgrad.comparisons.commands.power.slackness.functions import measured, programs
from crossgrad.comparisons.commands.power.slackness.reasons import REASONS, Facts, reason
from crossgrad.comparisons.commands.power.slackness.record import line_of, read, values
from crossgrad.comparisons.commands.power.slackness.report import as_text as as_tables
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.reference.costs import COSTS

RECORDED = read()
PAGE = (Path(__file__).parents[2] / "docs" / "slackness.md").read_text(encoding="utf-8")
RECORD = "comparisons/commands/power/slackness/record.jsonl"
AGAIN = f"crossgrad power --slackness {RECORD}, and docs/slackness.md"
formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
activations = pytest.mark.parametrize("name", ACTIVATION_NAMES)
#: What is asked in seconds, of the formats in which most is computed.
QUICK = ["numpy", "torch"]


def wider(name, fmt):
    """The binades in which a bound is larger than it was recorded, by quantity."""
    found = {}
    for line in measured(name, fmt, {}):
        known = RECORDED[line.key].bound
        assert line.bound.keys() == known.keys()
        larger = {b: k for b, k in line.bound.items() if number(k) > number(known[b])}
        found[line.quantity] = as_text(larger) if larger else ""
    return found


def at_the_limit(line):
    """Between 1/64 and 1/32, which may be below 1/50 or not."""
    return {b for of in line.residuals.values() for b, k in of.items() if k == 6}


def number(k):
    return -np.inf if k is None else k


# ------------------------------------------------------------------ the record
def test_every_activation_cost_and_sum_is_recorded_in_every_format():
    """One that is new is measured by the command, as all others are."""
    lines = {(n, q) for n in ACTIVATION_NAMES for q in ("σ", "σ′")}
    lines |= {(cost, check) for cost in COSTS for check in ("cost", "BP1")}
    lines |= {("sums", check) for check in equations.SUMS}
    assert set(RECORDED) == {(*line, fmt) for line in lines for fmt in ALL_FORMATS}, AGAIN


def test_the_page_has_the_tables_of_the_record():
    assert as_tables([*RECORDED.values()]) in PAGE, AGAIN


def test_where_nobody_comes_near_a_bound_there_is_a_reason():
    """Each by its name; all are used."""
    names = {k for line in RECORDED.values() for k in line.reasons.values()}
    assert names == set(REASONS)
    for line in RECORDED.values():
        near = {b for of in line.residuals.values() for b, k in of.items() if number(k) in range(6)}
        assert set(line.bound) - near <= set(line.reasons) | at_the_limit(line)


def test_what_is_written_is_read():
    """A line as text, and its runs."""
    line = next(line for line in RECORDED.values() if line.function == "mish")
    assert line_of(values(line)) == line
    classes = {(-1, -2): 3, (-1, -1): 3, (-1, 5): 3, (1, 0): None, (1, 1): "nearest", (1, 2): -4}
    assert as_text(classes) == "- -2..-1 3, 5 3; + 0 ·, 1 nearest, 2 -4"
    assert from_text(as_text(classes)) == classes


# ------------------------------------------------------------------ what it is watched for
@formats
@activations
def test_no_bound_has_grown(name, fmt):
    """In any binade, beyond the power of √2 that is recorded. If it had to: why, and anew."""
    assert set(wider(name, fmt).values()) <= {""}, AGAIN


@formats
@pytest.mark.parametrize("name", [*COSTS, "sums"])
def test_no_bound_of_costs_and_sums_has_grown(name, fmt):
    of, checks = equations.KINDS[name in COSTS]
    for line in equations.measured(name, checks, of(name, fmt), fmt, ["numpy"], why=False):
        known = RECORDED[line.key].bound
        assert not {b for b, k in line.bound.items() if number(k) > number(known[b])}, AGAIN


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tanh", lambda e0, e1: (e0, 2 * e1)),
        ("silu", lambda e0, e1: (1.5 * e0, e1)),
        ("gelu_tanh", lambda e0, e1: (e0, e1 + 2.0**-20)),
    ],
)
def test_a_bound_that_has_grown_is_noticed(name, change, monkeypatch):
    """Twice, half as much again, or by what shows far out only."""
    rule = ELEMENTWISE[name].rounding
    monkeypatch.setattr(ELEMENTWISE[name], "rounding", lambda *given: change(*rule(*given)))
    assert any(wider(name, FORMATS["float32"]).values())


@activations
def test_programs_come_as_near_as_recorded(name):
    """In float32, within a factor of 4: processors differ, but a looser bound shows."""
    fmt = FORMATS["float32"]
    for line in measured(name, fmt, programs(fmt, QUICK)):
        for program, known in RECORDED[line.key].residuals.items():
            found = line.residuals.get(program, {})
            far = {b for b in found if number(found[b]) > number(known[b]) + 2 > 2}
            assert not far, f"{line.quantity}, {program}: {sorted(far)[:3]}"


def test_a_bound_without_a_reason_is_refused():
    """A thousand u of the value, of which everybody needs a tenth of one."""
    with pytest.raises(LookupError, match="no reason"):
        reason(Facts(("gelu_tanh", "σ′"), 1e-4, 0.1, 1e-4, 1e30, 1000.0, 1000.0))


@pytest.mark.parametrize("option", ["--quick", "--alarms 8", "--json a.json"])
def test_options_of_other_campaigns_have_no_effect_on_it(option, capsys, tmp_path):
    """Which is said in one line."""
    file = str(tmp_path / "record.jsonl")
    assert main(["power", "--slackness", file, *option.split()]) == 2
    assert "has no effect" in capsys.readouterr().err
