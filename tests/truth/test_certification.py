"""The certification is itself checked: a bound that is too small, and a wrong checker, fail it."""

import pytest
from ball_network import trace as true_trace
from certification import wrong_equations, wrong_gradients
from small_networks import NETWORKS, draws

from crossgrad.comparisons.arithmetic import rounding
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.backends.variants.programs import reversed_sums
from crossgrad.comparisons.equations import propagation as end_to_end
from crossgrad.comparisons.parts.activations import Elementwise
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Trace

#: What is made a thousandth of itself stays below some error of some correct program.
FAR_TOO_SMALL = 2.0**-10


# ------------------------------------------------------------------ end to end
def scaled(f, part=None):
    """The bound, or one part of what a function gives, a thousandth of what it was."""

    def smaller(*arguments):
        found = f(*arguments)
        if part is None:
            return found * FAR_TOO_SMALL
        return tuple(x * FAR_TOO_SMALL if i == part else x for i, x in enumerate(found))

    return smaller


#: Each term of the propagated bound: the function, the part of its result, and a network where
#: somebody was seen beyond it.
TERMS = {
    "E(z)": ("affine_error", None, 1),
    "E(a)": ("propagated", 0, 1),
    "E(σ′)": ("propagated", 1, 1),
    "L₁": ("steepest", 0, 1),
    "L₂": ("steepest", 1, 280),
    "a kink within reach": ("jump", None, 14),
    "E(∇ₐC)": ("cost_gradient_error", 1, 2),
    "E(v ⊙ σ′)": ("pulled_back", None, 1),
    "E(Wᵀδ)": ("transposed_error", 1, 1),
    "γ": ("gamma", None, 1),
}
FIRST_OF_COST = {
    "quadratic": 13,
    "mse": 10,
    "binary_cross_entropy": 6,
    "sigmoid_cross_entropy": 3,
    "softmax_cross_entropy": 4,
}


def answers(problem):
    """NumPy's and torch's; and sums whose order, unlike theirs, does not depend on the processor.

    A kink within reach is rare: on some processors those two never come out on its other side.
    """
    yield "numpy", load_backend("numpy").trace(problem)
    yield "torch", load_backend("torch").trace(problem)
    yield "numpy", Trace(**reversed_sums(problem))


def first_beyond(start):
    """A network where a gradient is beyond the bound, this one or the first of all; or none."""
    for index in (start, *NETWORKS):
        for problem in (problem for dtype in FORMATS for problem in draws(index, dtype)):
            truth = true_trace(problem)
            if any(wrong_gradients(problem, *answer, truth) for answer in answers(problem)):
                return index
    return None


@pytest.mark.parametrize(("function", "part", "start"), TERMS.values(), ids=TERMS)
def test_a_term_that_is_far_too_small_is_noticed(function, part, start, monkeypatch):
    """2⁻¹⁰ of any term of the propagated bound: somebody who is right is beyond it."""
    places = (rounding, Elementwise, end_to_end)  # sums ask the format for γ
    where = next(place for place in places if hasattr(place, function))
    monkeypatch.setattr(where, function, scaled(getattr(where, function), part))
    assert first_beyond(start) is not None


@pytest.mark.parametrize(("cost", "start"), FIRST_OF_COST.items(), ids=FIRST_OF_COST)
def test_a_cost_whose_bound_is_far_too_small_is_noticed(cost, start, monkeypatch):
    """2⁻¹⁰ of E(∇ₐC) of one cost."""
    monkeypatch.setattr(COSTS[cost], "propagated", scaled(COSTS[cost].propagated))
    assert first_beyond(start) is not None


# ------------------------------------------------------------------ equation by equation
FAULTS = {
    "a bound far too small": (
        lambda case: case._replace(bound=case.bound * FAR_TOO_SMALL),
        ("z", "a", "cost", "BP1", "BP2", "BP3", "BP4"),
        "numpy",
    ),
    "an expected value without lo": (
        lambda case: case._replace(lo=0 * case.lo),
        ("z", "BP2", "BP3", "BP4"),
        "the checker",
    ),
    "a checker that claims to be exact": (
        lambda case: case._replace(own=0 * case.own),
        ("z", "a", "cost", "BP1", "BP2", "BP3", "BP4"),
        "the checker",
    ),
}


@pytest.mark.parametrize(("fault", "checks", "whose"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_checker_is_noticed_in_every_check(fault, checks, whose):
    """In some network of the first ones, each check where the fault makes a difference."""
    found = set()
    for index in NETWORKS[:12]:
        for problem in draws(index, "float64"):
            answer = load_backend("numpy").trace(problem)
            found.update(wrong_equations(problem, "numpy", answer, seen=fault))
    assert {f"{check}: {whose}" for check in checks} <= {without_layer(text) for text in found}


def without_layer(text):
    """The check and whose fault it is."""
    return f"{text.partition(',')[0]}: {text.partition(': ')[2]}"
