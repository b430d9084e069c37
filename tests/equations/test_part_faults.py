"""What is taken for an activation or a cost is caught in the default run, where it was taken."""

import numpy as np
import pytest
from answers import stored

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.commands.power import runs
from crossgrad.comparisons.commands.power.runs import EVERYTHING, LAST, planted, run_of
from crossgrad.comparisons.commands.power.suite import Verdict, whole_trace
from crossgrad.comparisons.equations.faults import OF_PARTS
from crossgrad.comparisons.equations.faults.parts import Z, behind, differ, first_that_differs
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import QUANTITIES
from crossgrad.comparisons.problems.scenario import Scenario

#: Hidden layers in which each is planted.
HIDDEN = (1, 2, 3)
#: At kinks of 3 and 6, which sums of ones and zeros come to by chance: if not in the default run,
#: then in a wide network of ten times as many draws.
BY_CHANCE = {"σ′ of relu6: 1 at 6", "σ′ of hardsigmoid: 1/6 at the kinks"}
WIDE = "16x18x18x18x18-{0},{0},{0},{0}-mse-float64-m16-s1-k210-g2"
activations = pytest.mark.parametrize("name", ACTIVATIONS)
costs = pytest.mark.parametrize("name", COSTS)


def faults_of(name, group=""):
    """Those of an activation or a cost."""
    return [
        fault
        for fault in OF_PARTS
        if (name,) in (fault.kind.activations, fault.kind.costs) and group in ("", fault.group)
    ]


def first_failure(fault, layer, scenarios=()):
    """The first that fails of the default run's networks, and what is blamed; none if none does."""
    faulty = planted(fault, layer)
    for scenario in scenarios or run_of(EVERYTHING, fault.dtypes):
        if not runs.fits_in(fault, layer, scenario.architecture):
            continue
        problems, right = runs.problems_of(scenario), runs.answers_of(scenario)
        answers = [faulty(problem.copy()) for problem in problems]
        if all(runs.same(*pair, QUANTITIES) for pair in zip(answers, right, strict=True)):
            continue
        told = iter(answers)
        verdict = whole_trace(scenario, problems, lambda _: next(told))  # noqa: B023 - used now
        if verdict.caught:
            return scenario.architecture, verdict
    return None, Verdict(caught=False)


@activations
def test_every_activation_has_faults_of_its_own(name):
    """Of σ and of σ′; and some that come with any name, if it acts entry by entry."""
    both = {"a", "BP2"}
    assert {fault.check for fault in faults_of(name, "own")} == both
    assert {fault.check for fault in faults_of(name, "any")} == (
        both if name in ELEMENTWISE else set()
    )


@costs
def test_every_cost_has_faults_of_its_own(name):
    """Of C and of ∇ₐC, and some that come with any name."""
    own = faults_of(name, "own")
    assert {fault.check for fault in own} == {"cost", "BP1"}
    assert {fault.check for fault in faults_of(name, "any")} == {"cost", "BP1"}


@activations
def test_what_is_taken_for_an_activation_is_caught_in_hidden_layers(name):
    """At the layer in which it was, and at its equation: nothing before that is blamed."""
    for fault in faults_of(name):
        many = [Scenario.parse(WIDE.format(name))] if fault.name in BY_CHANCE else []
        for layer in HIDDEN:
            _, found = first_failure(fault, layer, many)
            assert (found.check, found.layer) == (fault.check, layer), fault


@activations
def test_what_is_taken_for_a_slope_is_caught_in_the_last_layer(name):
    """There it is BP1."""
    for fault in faults_of(name):
        if fault.check == "BP2" and fault.name not in BY_CHANCE:
            net, found = first_failure(fault._replace(check="BP1"), LAST)
            assert net, fault
            assert (found.check, found.layer) == ("BP1", net.depth), fault


@pytest.mark.parametrize("dtype", SIXTEEN)
@pytest.mark.parametrize("name", sorted({*ACTIVATIONS} - {*ELEMENTWISE}))
def test_what_is_taken_for_one_over_units_is_caught_in_16_bits_too(name, dtype):
    """Its sums are the longest that an activation has."""
    scenario = Scenario.parse(f"5x6x4x3-{name},{name},{name}-mse-{dtype}-m6-s11-k63-g2")
    problems = scenario.problems()[::21]  # of the ordinary regime

    def judged(gradients):
        return whole_trace(scenario, problems, lambda p: stored(gradients(p), dtype))

    assert judged(program()) == Verdict(caught=False)
    for fault in faults_of(name):
        found = judged(fault.make())
        assert (found.check, found.layer) == (fault.check, fault.layer), fault


@costs
def test_what_is_taken_for_a_cost_is_caught(name):
    for fault in faults_of(name):
        net, found = first_failure(fault, LAST)
        assert net, fault
        assert (found.check, found.layer) == (fault.check, net.depth), fault


# ------------------------------------------------------------------ which function is another
def test_another_function_is_the_next_that_differs():
    """In the order of the table, from its place on; none that gives what is known already."""
    assert behind("b", ["a", "b", "c"]) == ["c", "a"]
    elu, celu, selu, same = (np.exp, np.exp, np.tanh, np.positive)
    assert first_that_differs([elu, same], [celu, same, selu], Z) is selu


def test_functions_differ_where_any_number_does():
    assert differ(np.abs, np.positive, Z)
    assert not differ(lambda z: z + 1e-3, np.positive, Z)
