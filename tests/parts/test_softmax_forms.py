"""Softmax and its cross-entropy in every textbook form: right ones pass, and wrong ones do not."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.costs.softmax_cross_entropy import log_softmax, logsumexp
from crossgrad.comparisons.parts.costs.softmax_cross_entropy import textbook as softmax
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

NAME = "softmax_cross_entropy"
formats = pytest.mark.parametrize("dtype", FORMATS)
#: What all logits have in common, which no p depends on.
OFFSETS = pytest.mark.parametrize("offset", [0.0, 30.0, -300.0, 1e4, -1e5])


def in_turn(a):
    """e^{a - m}/Σ, the maximum and the sum brought up to date logit by logit."""
    m, total = a[:1], np.ones_like(a[:1])
    for row in a[1:, None]:
        larger = np.maximum(m, row)
        total, m = total * np.exp(m - larger) + np.exp(row - larger), larger
    return np.exp(a - m) / total


FORMS = {
    "quotient": softmax,
    "reciprocal": lambda a: np.exp(a - a.max(axis=0)) * (1 / np.exp(a - a.max(axis=0)).sum(axis=0)),
    "logsumexp": lambda a: np.exp(a - logsumexp(a)),
    "own logsumexp": lambda a: np.exp(
        a - (a.max(axis=0) + np.log(np.exp(a - a.max(axis=0)).sum(axis=0)))
    ),
    "log_softmax": lambda a: np.exp(log_softmax(a)),
    "in turn": in_turn,
}
VALUES = {
    "terms": COSTS[NAME].form.terms,
    **{made_of: form.terms for made_of, form in COSTS[NAME].otherwise.items()},
    "less the likely logit": lambda a, y: logsumexp(a) - (y * a).sum(axis=0),
    "log of p": lambda a, y: -y * np.log(softmax(a)),
    "of a product": lambda a, y: -np.log(softmax(a) ** y),
}


def answered(dtype, offset, p=softmax, terms=COSTS[NAME].form.terms):
    """A stack of networks that are one sum, and the answers of a program with this softmax."""
    scenario = Scenario.parse(f"4x9-identity-{NAME}-{dtype}-m6-s5-k1")
    (problem,) = scenario.problems()
    t = problem.x.dtype.type
    b = (problem.b[0] + t(offset)).astype(dtype)
    problem = replace(problem, b=(b,))
    z = problem.W[0] @ problem.x + b
    with np.errstate(all="ignore"):
        delta = (p(z) - problem.y) / t(6)
        cost = np.asarray(terms(z, problem.y).sum() / t(6))
    gradients = [delta @ problem.x.T], [delta.sum(axis=1, keepdims=True)]
    trace = Trace(*gradients, cost=cost, z=[z], a=[z], delta=[delta])
    return stack_problems([problem]), stack_traces([trace])


def residuals(problem: Problem, trace: Trace):
    return {check.check: check.residual.max() for check in local_checks(problem, trace)}


# ------------------------------------------------------------------ what is right
@formats
@OFFSETS
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_softmax_is_right(form, offset, dtype):
    """However large the logits are that are close to each other."""
    assert residuals(*answered(dtype, offset, p=FORMS[form]))["BP1"] <= 1


@formats
@OFFSETS
@pytest.mark.parametrize("form", VALUES)
def test_every_form_of_the_cost_is_right(form, offset, dtype):
    assert residuals(*answered(dtype, offset, terms=VALUES[form]))["cost"] <= 1


@formats
def test_without_the_size_of_the_sum_they_would_be_refused(dtype):
    """The bound of logits whose largest is 0 does not hold for these, though p is the same."""
    problem, trace = answered(dtype, 1e4, p=FORMS["logsumexp"])
    a, y = trace.a[0].astype(float), problem.y.astype(float)
    shifted = COSTS[NAME].gradient_error(a - a.max(axis=-2, keepdims=True), y, FORMATS[dtype])
    (check,) = (check for check in local_checks(problem, trace) if check.check == "BP1")
    assert (check.error > 2 * shifted).any()


# ------------------------------------------------------------------ what is wrong
WRONG = {
    "sum of the others": lambda a: softmax(a) * (1 + 2.0**-8),
    "max is not subtracted from all": lambda a: (
        np.exp(a - a.max(axis=0)) / np.exp(a - a.max()).sum(axis=0)
    ),
    "over the batch": lambda a: softmax(a.T).T,
    "wrong sign": lambda a: -softmax(a),
    "of -a": lambda a: softmax(-a),
    "not normalised": lambda a: np.exp(a - a.max(axis=0)),
    "half": lambda a: softmax(a) / 2,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}


@formats
@pytest.mark.parametrize("offset", [0.0, 30.0, -300.0])
@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_softmax_fails_bp1(fault, offset, dtype):
    """By far, and nothing else does."""
    found = residuals(*answered(dtype, offset, p=WRONG[fault]))
    assert found.pop("BP1") > 10
    assert max(found.values()) <= 1


@formats
@pytest.mark.parametrize("offset", [0.0, 30.0])
@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, y: log_softmax(a) * y,
        lambda a, y: -log_softmax(a) * (1 - y),
        lambda a, y: logsumexp(a) * y,
        lambda a, y: -1.001 * log_softmax(a) * y,
        lambda a, y: y * (logsumexp(a) - a) * 6,
    ],
    ids=["sign", "targets swapped", "no logit", "a thousandth", "not averaged"],
)
def test_a_wrong_cost_fails(wrong, offset, dtype):
    found = residuals(*answered(dtype, offset, terms=wrong))
    assert found.pop("cost") > 10
    assert max(found.values()) <= 1
