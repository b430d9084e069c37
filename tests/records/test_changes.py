"""What has changed is told to the entry, the ulp and the equation, and nothing else is."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.steps import distance, packed, places, unpacked
from crossgrad.comparisons.backends import Backend, facts_of, load_backend
from crossgrad.comparisons.backends.own import NotSupportedError, ask
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.judging.verification import Verification, answered, asked, drawn
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.problem import Trace
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import changes
from crossgrad.comparisons.records.baseline.reconstruction import QUANTITIES, rebuilt

SIGMOIDS = Scenario.parse("3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0-k2")
LEAKY = Scenario.parse("1x1-leaky_relu-quadratic-float64-m8-s1")
NUMPY = load_backend("numpy")
BOTH = first_scenarios(10, 8, 3, ("float64", "float32"))
LAYERED = ("z", "a", "delta", "db", "dW")


def records(scenario, trace, name="planted"):
    """What is recorded of a program that answers like this."""
    verification = Verification(recording=True)
    verification.run(scenario, [replace(facts_of(name), trace=trace, stacks=False)])
    return verification.records


def spoiled(spoil):
    """The reference, whose answer to the first draw is changed by ``spoil(trace)`` in place."""

    def trace(problem):
        right = asked(NUMPY, problem)
        copies = {name: [np.array(v) for v in getattr(right, name)] for name in LAYERED}
        if (problem.x == drawn(SIGMOIDS)[0][0].x).all():
            spoil(copies)
        return Trace(**copies, cost=right.cost)

    return trace


def told(before, now):
    """The changes but those to identical bits."""
    found = changes(before, now)
    return [change for change in found if change.verdict != "identical bits"]


# ------------------------------------------------------------------ planted
PLACES = [
    ("z", 2, "z"),
    ("a", 1, "a"),
    ("BP1", 3, "delta"),
    ("BP2", 1, "delta"),
    ("BP3", 2, "db"),
    ("BP4", 3, "dW"),
]


@pytest.mark.parametrize(("check", "layer", "quantity"), PLACES, ids=str)
def test_one_ulp_in_one_entry_is_a_change_within_bound(check, layer, quantity):
    """At its equation and layer, one entry, one ulp; all other places have the same bits."""

    def spoil(trace):
        array = trace[quantity][layer - 1]
        array[1, 0] = np.nextafter(array[1, 0], np.inf)

    before = records(SIGMOIDS, NUMPY.trace, "planted")
    (change,) = told(before, records(SIGMOIDS, spoiled(spoil)))
    assert (change.check, change.layer, change.verdict) == (check, layer, "changed within bound")
    assert (change.changed, change.ulps, change.typical) == (1, 1, 1)
    assert change.closer + change.further == 1
    assert change.first


@pytest.mark.parametrize(("check", "layer", "quantity"), PLACES, ids=str)
def test_a_fault_of_1e_12_is_beyond_bound(check, layer, quantity):
    """In float64, at its equation and layer."""

    def spoil(trace):
        trace[quantity][layer - 1][1, 0] *= 1 + 1e-12

    before = records(SIGMOIDS, NUMPY.trace, "planted")
    found = told(before, records(SIGMOIDS, spoiled(spoil)))
    (change,) = [change for change in found if change.check == check and change.layer == layer]
    assert change.verdict == "beyond bound"
    assert change.changed == 1
    assert change.before <= 1 < change.now


def test_another_convention_is_told_as_one():
    """Torch's σ′ of leaky_relu at 0 is the slope, JAX's is 1: as if one had become the other."""
    torch, jax = (records(LEAKY, load_backend(name).trace, name) for name in ("torch", "jax"))
    found = [c for c in told(torch, jax) if c.verdict == "convention changed"]
    assert {(change.check, change.layer) for change in found} == {("BP1", 1)}
    assert {change.convention for change in found} == {
        "leaky_relu′(0) 0.01 → 1; known divergence not met → met"
    }


def test_other_inputs_are_told_before_anything_else():
    """Numbers of other problems are not compared."""
    now = [replace(record, inputs="0" * 16) for record in records(SIGMOIDS, NUMPY.trace)]
    found = changes(records(SIGMOIDS, NUMPY.trace), now)
    assert {change.verdict for change in found} == {"inputs changed"}
    assert len(found) == len(now)


def test_a_check_that_is_gone_is_missing_and_one_more_is_new():
    """A program that no longer reports z, and one that begins to; its δ is judged all the same."""

    def without_z(problem):
        return replace(asked(NUMPY, problem), z=())

    whole, part = records(SIGMOIDS, NUMPY.trace), records(SIGMOIDS, without_z)
    missing = {(change.check, change.verdict) for change in told(whole, part)}
    assert missing == {("z", "missing"), ("dW", "new"), ("db", "new")}
    new = {(change.check, change.verdict) for change in told(part, whole)}
    assert new == {("z", "new"), ("dW", "missing"), ("db", "missing")}


def test_an_answer_that_is_gone_is_missing():
    """Not supported any more; and still not supported is as it was."""

    def refuses(problem):
        raise NotSupportedError(problem.cost)

    whole, none = records(SIGMOIDS, NUMPY.trace), records(SIGMOIDS, refuses)
    assert [change.verdict for change in told(whole, none)] == ["missing"] * len(whole)
    assert {change.verdict for change in told(none, whole)} == {"new"}
    assert not told(none, none)
    assert {change.verdict for change in told(whole, [])} == {"missing"}
    assert {change.verdict for change in told([], whole)} == {"new"}


def test_an_error_is_told_although_nothing_was_there_before():
    """A program that raises has no answer."""

    def raises(problem):
        raise ArithmeticError(problem.cost)

    (change,) = told([], records(SIGMOIDS, raises))
    assert change.verdict == "no answer"


# ------------------------------------------------------------------ whole programs
def apart(before, now, check, layer):
    """How many entries of a place differ, and by how much, from the traces themselves."""
    name = QUANTITIES.get(check, check)
    one, other = (getattr(trace, name) for trace in (before, now))
    if check != "cost":
        one, other = one[layer - 1], other[layer - 1]
    size = distance(places(one), places(other)).size
    return int((size > 0).sum()), int(size.max())


@pytest.mark.parametrize("network", BOTH, ids=str)
def test_counts_are_those_of_the_traces(network):
    """Two programs that round differently everywhere: what is rebuilt is what they reported."""
    torch = Backend("planted", load_backend("torch").trace)
    before, now = records(network, NUMPY.trace), records(network, torch.trace)
    traces = answered(network, NUMPY), answered(network, torch)
    for change in changes(before, now):
        assert (change.changed, change.ulps) == apart(*traces, change.check, change.layer)


CAUSED = [
    (("z", 2), ("a", 2)),
    (("a", 1), ("z", 2)),
    (("a", 3), ("BP1", 3)),
    (("z", 3), ("BP1", 3)),
    (("z", 1), ("BP2", 1)),
    (("BP1", 3), ("BP2", 2)),
    (("BP2", 2), ("BP2", 1)),
    (("BP1", 3), ("BP3", 3)),
    (("BP2", 1), ("BP3", 1)),
    (("BP2", 2), ("BP4", 2)),
    (("BP1", 3), ("BP4", 3)),
    (("a", 1), ("BP4", 2)),
]


@pytest.mark.parametrize(("cause", "effect"), CAUSED, ids=str)
def test_the_first_change_is_where_the_data_are_still_the_same(cause, effect):
    """Where both have changed, the later one in the way of the data follows."""

    def spoil(trace):
        for check, layer in (cause, effect):
            layers = trace[QUANTITIES.get(check, check)]
            layers[layer - 1] = np.nextafter(layers[layer - 1], np.inf)

    before = records(SIGMOIDS, NUMPY.trace, "planted")
    found = told(before, records(SIGMOIDS, spoiled(spoil)))
    assert {(c.check, c.layer) for c in found} == {cause, effect}
    assert [(c.check, c.layer) for c in found if c.first] == [cause]


def moved(*ulps):
    """Before and now: so many entries of ∂C/∂W², which were as expected, moved so far."""
    before = records(SIGMOIDS, NUMPY.trace, "planted")
    (record,) = [record for record in before if record.place == ("BP4", 2)]
    right = np.argwhere(unpacked(record.steps, (2, 4, 4))[0] == 0)[: len(ulps)]

    def spoil(trace):
        for entry, steps in zip(map(tuple, right), ulps, strict=True):
            trace["dW"][1][entry] += steps * np.spacing(trace["dW"][1][entry])

    return before, records(SIGMOIDS, spoiled(spoil))


def test_entries_go_further_from_what_the_equation_gives_and_come_closer():
    """The same change, there and back."""
    before, now = moved(1, 1, 1)
    (there,), (back,) = told(before, now), told(now, before)
    assert (there.changed, there.closer, there.further) == (3, 0, 3)
    assert (back.changed, back.closer, back.further) == (3, 3, 0)


def test_the_median_is_not_the_largest():
    """Of three entries one moves far."""
    (change,) = told(*moved(1, 64, 2))
    assert (change.typical, change.ulps) == (2, 64)


# ------------------------------------------------------------------ rebuilt
PROGRAMS = {"numpy": NUMPY.trace} | {
    name: partial(ask, name, variant) for name, variant in VARIANTS.items()
}


def answers(name, network):
    """Whether the program does not refuse it."""
    try:
        return bool(PROGRAMS[name](drawn(network)[0][0]))
    except NotSupportedError:
        return False


CASES = [
    pytest.param(name, network, id=f"{name}-{network}")
    for name in PROGRAMS
    for network in BOTH[:6]
    if answers(name, network)
]


@pytest.mark.parametrize(("name", "network"), CASES)
def test_every_number_is_rebuilt_to_the_bit(name, network):
    """Of every correct program, in every regime: the digests say so."""
    found = records(network, PROGRAMS[name])
    numbers = rebuilt(drawn(network)[1], found)
    assert numbers.keys() == {record.place for record in found}


def test_infinities_and_nan_are_rebuilt_too():
    """What is wrong must be on record as it is."""

    def spoil(trace):
        trace["dW"][0][0, 0], trace["dW"][0][0, 1] = np.nan, -np.inf

    found = records(SIGMOIDS, spoiled(spoil))
    numbers = rebuilt(drawn(SIGMOIDS)[1], found)["BP4", 1]
    assert np.isnan(numbers[0, 0, 0])
    assert numbers[0, 0, 1] == -np.inf


@pytest.mark.parametrize("without", [("z", "a", "delta", "cost"), ("z",), ("delta",), ("a", "z")])
def test_parts_of_a_trace_are_rebuilt_as_far_as_they_go(without):
    """Gradients stand for themselves; none is told that could not be verified."""

    def trace(problem):
        return replace(asked(NUMPY, problem), **{n: None if n == "cost" else () for n in without})

    found = records(SIGMOIDS, trace)
    numbers = rebuilt(drawn(SIGMOIDS)[1], found)
    right = answered(SIGMOIDS, NUMPY)
    assert {("dW", 1), ("db", 3)} <= numbers.keys()
    for (check, layer), array in numbers.items():
        expected = getattr(right, QUANTITIES.get(check, check))
        assert array.tobytes() == (expected if check == "cost" else expected[layer - 1]).tobytes()


def test_a_cost_that_is_a_wider_float_is_recorded_in_the_format():
    """As a program of one's own may return it, for a float32 network."""
    network = Scenario.parse("2x3x2-tanh,sigmoid-mse-float32-m3-s1")

    def mine(problem):
        answer = asked(NUMPY, problem)
        return {"dW": answer.dW, "db": answer.db, "a": answer.a, "cost": float(answer.cost)}

    (cost,) = [r for r in records(network, partial(ask, "mine", mine)) if r.check == "cost"]
    assert {*cost.ulps} <= {"-1", "0", "1"}
    assert cost.entries == network.draws


def shifted(record):
    """The same bits on record, from an expectation that was a step lower."""
    if record.place != ("BP4", 1):
        return record
    steps = unpacked(record.steps, (2, 4, 3))
    return replace(record, steps=packed(steps + 1))


def overfull(record):
    """The same bits on record, with steps of more entries than there are."""
    if record.place != ("BP4", 1):
        return record
    return replace(record, steps=packed(np.ones(25, np.int64)))


@pytest.mark.parametrize("shifted", [shifted, overfull], ids=lambda change: change.__name__)
def test_what_cannot_be_rebuilt_is_not_counted(shifted):
    """As on a machine that rounds the reference's equation differently: changed, by no number."""

    def spoil(trace):
        trace["dW"][0][1, 0] = np.nextafter(trace["dW"][0][1, 0], np.inf)

    before = [shifted(record) for record in records(SIGMOIDS, NUMPY.trace)]
    (change,) = told(before, records(SIGMOIDS, spoiled(spoil)))
    assert (change.verdict, change.changed, change.ulps) == ("changed within bound", -1, 0)
