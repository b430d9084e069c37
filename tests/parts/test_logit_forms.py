"""∇ₐC of the sigmoid cross-entropy in every textbook form: right ones pass, wrong ones do not."""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.commands.atlas.arguments import types
from crossgrad.comparisons.equations.walk import compare
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture

NAME = "sigmoid_cross_entropy"
formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
targets = pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
#: From where nothing is left of one sigmoid to where nothing is left of the other, by eighths.
LOGITS = np.arange(-100, 100, 0.125)


def softplus(a):
    return np.logaddexp(a.dtype.type(0), a)


def to_the_last_but_four_digits(a):
    """What only nearly is the softplus of a: off by 32 u of it."""
    return softplus(a) * (1 + 16 * np.finfo(a.dtype).eps)


FORMS = {
    "sigmoid": COSTS[NAME].form.gradient,
    "logaddexp": COSTS[NAME].otherwise["logaddexp"].gradient,
    "log1p": lambda a, y: np.exp(a - (np.maximum(a, 0) + np.log1p(np.exp(-abs(a))))) - y,
    "both": lambda a, y: (1 - y) * np.exp(a - softplus(a)) - y * np.exp(-a - softplus(-a)),
}
WRONG = {
    "softplus of few digits": lambda a, y: np.exp(a - to_the_last_but_four_digits(a)) - y,
    "one minus": lambda a, y: 1 - np.exp(-softplus(a)) - y,
    "no target": lambda a, y: np.exp(a - softplus(a)) - y * 0,
    "sign": lambda a, y: y - np.exp(a - softplus(a)),
    "half": lambda a, y: np.exp(a - softplus(a)) / 2 - y,
    "of -a": lambda a, y: np.exp(-a - softplus(-a)) - y,
}


def residuals(gradient, y, fmt):
    """Of BP1 of one identity layer, each logit a network of its own."""
    held = np.float64 if fmt.name == "float64" else np.float32
    a = LOGITS.astype(types(fmt)[0]).astype(held).reshape(-1, 1, 1)
    nothing, targets = np.zeros_like(a), np.full_like(a, y)
    layers = Architecture((1, 1), ("identity",), NAME)
    problem = Problem(layers, fmt.name, (nothing,), (nothing,), nothing, targets)
    with np.errstate(all="ignore"):
        delta = gradient(a, targets).astype(types(fmt)[0]).astype(held)
    trace = Trace(dW=(), db=(), z=(a,), a=(a,), delta=(delta,))
    return compare("BP1", 1, problem, trace, fmt).residual.ravel()


@formats
@targets
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_right(form, y, fmt):
    """At every logit; without the error of e^{a - softplus(a)} at y = 1 two would be refused."""
    assert residuals(FORMS[form], y, fmt).max() <= 1


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_one_is_refused(fault, fmt):
    """By one target or another, by far."""
    assert max(residuals(WRONG[fault], y, fmt).max() for y in (0.0, 0.25, 1.0)) > 2


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_what_is_wrong_by_little_is_refused_where_the_form_has_no_excuse(fmt):
    """Off by a thousandth: below 3 whatever the target is, and anywhere if p - y cannot cancel."""
    for y in (0.0, 0.25, 1.0):
        found = residuals(lambda a, y: 1.001 * FORMS["sigmoid"](a, y), y, fmt)
        assert (found[(LOGITS > -75) & ((3 if y == 1 else 80) > LOGITS)] > 1).all()
