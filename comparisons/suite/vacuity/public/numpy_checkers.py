"""Tests of a gradient in NumPy, with the thresholds that their authors gave them."""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.suite.vacuity.public import layer
from crossgrad.comparisons.suite.vacuity.public.layer import B, Style, W, X, Y
from crossgrad.reference.parameters import Array

Kernel = Callable[..., dict[str, Array]]
#: Stanford's CS231n, "Gradient checks": h about 1e-5; 1e-7 and less "you should be happy".
CS231N_STEP, CS231N_HAPPY = 1e-5, 1e-7
#: A. Ng, *Deep Learning*, course 2, week 1: "a mistake" is what is larger than 2e-7.
NG_STEP, NG_MISTAKE = 1e-7, 2e-7
RATE = 0.1


def allclose(kernel: Kernel) -> None:
    """rtol 1e-5, atol 1e-8."""
    given, right = kernel(W, B, X, Y), layer.trusted()
    for name, array in right.items():
        assert np.allclose(given[name], array)


def assert_allclose(kernel: Kernel) -> None:
    """rtol 1e-7, atol 0."""
    given, right = kernel(W, B, X, Y), layer.trusted()
    for name, array in right.items():
        np.testing.assert_allclose(given[name], array)


def relative_error(kernel: Kernel) -> None:
    """CS231n: the largest |a - b| / max(|a|, |b|)."""
    given, numeric = kernel(W, B, X, Y), layer.differences(CS231N_STEP)
    for name, b in numeric.items():
        a = given[name]
        assert np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))) < CS231N_HAPPY


def gradient_check(kernel: Kernel) -> bool:
    """Ng: ‖a - b‖ / (‖a‖ + ‖b‖), and an if that takes a NaN for no mistake."""
    given, numeric = kernel(W, B, X, Y), layer.differences(NG_STEP)
    a, b = (np.concatenate([side[n].ravel() for n in ("dW", "db")]) for side in (given, numeric))
    difference = np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))
    if difference > NG_MISTAKE:  # noqa: SIM103 - as it is published
        return False
    return True


def loss_goes_down(kernel: Kernel) -> None:
    """One step of gradient descent."""
    given = kernel(W, B, X, Y)
    assert layer.cost(W - RATE * given["dW"], B - RATE * given["db"], X, Y) < layer.cost(W, B, X, Y)


LIKE = (W, B, X, Y)
STYLES = (
    Style("`numpy.allclose` with a trusted gradient", allclose, layer.gradients, LIKE),
    Style("`numpy.testing.assert_allclose`", assert_allclose, layer.gradients, LIKE),
    Style("CS231n: relative error below 1e-7", relative_error, layer.gradients, LIKE),
    Style("Ng: norms, no more than 2e-7", gradient_check, layer.gradients, LIKE),
    Style("the loss goes down after a step", loss_goes_down, layer.gradients, LIKE),
)
