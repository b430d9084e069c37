"""One layer of sigmoids on five samples, with the quadratic cost: what all the tests are about."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from crossgrad.reference.parameters import Array

SAMPLES = 5


def numbers(rows: int, columns: int, seed: float) -> Array:
    """Between -1 and 1, the same everywhere, without a pattern."""
    return np.sin(seed + 7.3 * np.arange(rows * columns)).reshape(rows, columns)


W, B, X, Y = numbers(4, 4, 1), numbers(4, 1, 2), numbers(4, SAMPLES, 3), numbers(4, SAMPLES, 4)


class Style(NamedTuple):
    """A way to test a kernel: what it is called, the test, a right kernel and its arguments."""

    name: str
    test: Callable[[Any], Any]
    kernel: Callable[..., Any]
    like: tuple[Any, ...]


def cost(W: Array, b: Array, x: Array, y: Array) -> float:
    """The mean over the samples of ½‖a - y‖²."""
    a = 1 / (1 + np.exp(-(W @ x + b)))
    return float(((a - y) ** 2).sum() / 2 / x.shape[1])


def gradients(W: Array, b: Array, x: Array, y: Array) -> dict[str, Array]:
    """By hand."""
    a = 1 / (1 + np.exp(-(W @ x + b)))
    delta = (a - y) * a * (1 - a) / x.shape[1]
    return {"dW": delta @ x.T, "db": delta.sum(axis=1, keepdims=True)}


def trusted() -> dict[str, Array]:
    """The same sums in another order, as another framework would have them."""
    a = 1 / (1 + np.exp(-(W @ X + B)))
    delta = (a - Y) * a * (1 - a)
    dW = sum(np.outer(d, x) for d, x in zip(delta.T, X.T, strict=True)) / SAMPLES
    return {"dW": dW, "db": delta.mean(axis=1, keepdims=True)}


def differences(step: float) -> dict[str, Array]:
    """The gradient by central differences, entry by entry."""
    found = {}
    for name, array in (("dW", W), ("db", B)):
        slopes = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            moved = np.zeros_like(array)
            moved[place] = step
            shifts = [(sign * moved, 0) if name == "dW" else (0, sign * moved) for sign in (1, -1)]
            high, low = (cost(W + w, B + b, X, Y) for w, b in shifts)
            slopes[place] = (high - low) / (2 * step)
        found[name] = slopes
    return found
