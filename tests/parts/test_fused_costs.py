"""The binary cross-entropy of sigmoid(z) is computed from a or from z: right, and wrong."""

from dataclasses import replace

import numpy as np
import pytest
from answers import asked, judged

from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.parts.activations.sigmoid import textbook as logistic
from crossgrad.comparisons.problems.scenario import Scenario

#: In the second, |z| is up to 32: 1 - a has no digit left. In the third all are ordinary.
NETWORKS = (
    "2x8-sigmoid-binary_cross_entropy-{}-m4-s1",
    "1x4-sigmoid-binary_cross_entropy-{}-m1-s4",
    "3x4x2-tanh,sigmoid-binary_cross_entropy-{}-m5-s2",
)
networks = pytest.mark.parametrize("network", NETWORKS)
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


def of_logits(network, dtype, change=lambda _problem, answer: answer):
    """Scenario, stack and answers of a program whose cost is of the logits, changed."""
    scenario = Scenario.parse(network.format(dtype))

    def program(problem):
        with np.errstate(all="ignore"):
            return change(problem, VARIANTS["cost_from_logits"](problem))

    return scenario, *asked(scenario, program)


def failed(rows):
    return {(row.check, row.layer) for row in rows if row.status != "pass"}


def formula(z, y):
    """log(1 + eᶻ) - yz, of which nothing overflows."""
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z)))


# ------------------------------------------------------------------ what is right
@formats
@networks
def test_the_cost_of_logits_is_right(network, dtype):
    """As is everything else of that program."""
    assert failed(judged(*of_logits(network, dtype))) == set()


SLOPES = {
    "a - y": lambda z, y: logistic(z) - y,
    "two sigmoids": lambda z, y: (1 - y) * logistic(z) - y * logistic(-z),
    "divided": lambda z, y: (
        (logistic(z) - y) / (logistic(z) * logistic(-z)) * logistic(z) * logistic(-z)
    ),
}


@formats
@networks
@pytest.mark.parametrize("form", SLOPES)
def test_every_fused_delta_is_right(form, network, dtype):
    """Of which one is (a - y)/m with the reported a, and others are with a sigmoid of their own."""

    def change(problem, answer):
        z, y, m = answer["z"][-1], problem.y, problem.x.dtype.type(problem.batch)
        return answer | {"delta": [*answer["delta"][:-1], SLOPES[form](z, y) / m]}

    _, problem, trace = of_logits(network, dtype, change)
    (check,) = (check for check in local_checks(problem, trace) if check.check == "BP1")
    assert (check.residual <= 1).all()


@formats
def test_a_cost_of_the_rounded_a_would_not_have_been_near(dtype):
    """The case: C of a is further from C of z than rounding explains."""
    _, problem, trace = of_logits(NETWORKS[0], dtype)
    a, y, z = (q.astype(float) for q in (trace.a[-1], problem.y, trace.z[-1]))
    with np.errstate(all="ignore"):
        of_a = -(y * np.log(a) + (1 - y) * np.log1p(-a)).sum(axis=(-2, -1)) / problem.batch
    of_z = formula(z, y).sum(axis=(-2, -1)) / problem.batch
    assert (abs(of_a - of_z) > 8 * np.finfo(dtype).eps * of_z).any()


def test_without_z_the_cost_is_not_judged():
    """What was computed from z cannot be told from what was not."""
    _, problem, trace = of_logits(NETWORKS[0], "float64")
    assert "cost" not in {c.check for c in local_checks(problem, replace(trace, z=()))}
    assert "cost" in {c.check for c in local_checks(problem, trace)}


# ------------------------------------------------------------------ what is wrong
COSTS = {
    "sign of yz": lambda z, y: np.maximum(z, 0) + z * y + np.log1p(np.exp(-abs(z))),
    "targets swapped": lambda z, y: formula(z, 1 - y),
    "of -z": lambda z, y: formula(-z, y),
    "no logarithm": lambda z, y: np.maximum(z, 0) - z * y,
    "|z| is missing": lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-z)),
    "a thousandth": lambda z, y: 1.001 * formula(z, y),
    "not averaged": lambda z, y: y.shape[-1] * formula(z, y),
    "of a as logits": lambda z, y: formula(logistic(z), y),
    "softplus alone": lambda z, y: 0 * y + np.log1p(np.exp(-abs(z))),
}


@formats
@pytest.mark.parametrize("fault", COSTS)
def test_a_wrong_cost_of_logits_fails(fault, dtype):
    def change(problem, answer):
        cost = COSTS[fault](answer["z"][-1], problem.y).sum() / problem.batch
        return answer | {"cost": np.asarray(cost, dtype)}

    rows = judged(*of_logits(NETWORKS[2], dtype, change))
    assert failed(rows) == {("cost", 2)}
    assert max(row.residual for row in rows) > 10


DELTAS = {
    "sign": lambda a, y: y - a,
    "targets swapped": lambda a, y: a - (1 - y),
    "1/m is missing": lambda a, y: y.shape[-1] * (a - y),
    "σ′ is there again": lambda a, y: (a - y) * a * (1 - a),
    "not fused": lambda a, y: (a - y) / (a * (1 - a)),
    "a thousandth": lambda a, y: 1.001 * (a - y),
}


@formats
@pytest.mark.parametrize("fault", DELTAS)
def test_a_wrong_fused_delta_fails(fault, dtype):
    """At BP1; the gradients of that layer are then none of that δ, and the layer below neither."""

    def change(problem, answer):
        a = answer["a"][-1]
        delta = (DELTAS[fault](a, problem.y) / problem.batch).astype(dtype)
        return answer | {"delta": [*answer["delta"][:-1], delta]}

    _, problem, trace = of_logits(NETWORKS[2], dtype, change)
    checks = {(check.check, check.layer): check for check in local_checks(problem, trace)}
    wrong = {place for place, check in checks.items() if not (check.residual <= 1).all()}
    assert ("BP1", 2) in wrong
    assert wrong <= {("BP1", 2), ("BP2", 1), ("BP3", 2), ("BP4", 2)}
