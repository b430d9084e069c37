"""Gradient descent, w ← w - η ∂C/∂w, and two sets of data that are made by code.

``x``: ``(n_0, m)`` and ``y``: ``(n_L, m)``, one column a sample, as everywhere. Data are drawn
from raw bits, as weights are; the whole batch makes each step, so nothing else is random.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop
from crossgrad.reference.parameters import Array, Gradients, Parameters, raw_bits, uniform

CLASSES = 3
NOISE = 0.2  # standard deviation of the angle, in radians (cs231n, *Minimal neural network*)


class Step(NamedTuple):
    """Parameters on the way down, and the cost that they have."""

    parameters: Parameters
    cost: Array


def descend(
    architecture: Architecture,
    parameters: Parameters,
    x: Array,
    y: Array,
    rate: float,
    steps: int,
) -> Iterator[Step]:
    """Yield the start and what each of ``steps`` steps leads to, with the cost there."""
    for _ in range(steps + 1):
        result = backprop(architecture, parameters, x, y)
        yield Step(parameters, result.cost)
        parameters = step(parameters, result.gradients, rate)


def step(parameters: Parameters, gradients: Gradients, rate: float) -> Parameters:
    """W ← W - η ∂C/∂W and b ← b - η ∂C/∂b, in every layer, and α where there is one."""
    return Parameters(
        W=tuple(W - rate * dW for W, dW in zip(parameters.W, gradients.dW, strict=True)),
        b=tuple(b - rate * db for b, db in zip(parameters.b, gradients.db, strict=True)),
        alpha=tuple(
            None if alpha is None or dalpha is None else alpha - rate * dalpha
            for alpha, dalpha in zip(parameters.alpha, gradients.dalpha, strict=True)
        ),
    )


def accuracy(a: Array, y: Array) -> float:
    """The share of samples whose largest output is the right one; of one output, ½ decides."""
    return float((decision(a) == decision(y)).mean())


def decision(a: Array) -> Array:
    """The class of each sample: the place of its largest output, or whether its only one is > ½."""
    return a.argmax(axis=-2) if a.shape[-2] > 1 else a[..., 0, :] > 0.5  # noqa: PLR2004


# ------------------------------------------------------------------ data
def xor(dtype: str = "float64") -> tuple[Array, Array]:
    """The four samples of exclusive or, which no single neuron can tell apart."""
    x = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype)
    return x, np.array([[0, 1, 1, 0]], dtype)


def three_spirals(seed: int, points: int = 100, dtype: str = "float64") -> tuple[Array, Array]:
    """Three arms of ``points`` samples each, as in cs231n and machinelearningcoban.com.

    Class c: radius 0 … 1, angle 4c … 4(c + 1) with noise of 0.2, the sum of three uniform
    numbers in (-1, 1), whose variance is 1. Targets are one-hot columns.
    """
    draws = uniform(raw_bits((3, CLASSES, points), seed, draw=0, stream=0), "float64")
    noise = NOISE * (draws[0] + draws[1] + draws[2])
    radius = np.linspace(0, 1, points)
    angle = 4 * (np.arange(CLASSES)[:, None] + radius) + noise
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)]).reshape(2, -1)
    return x.astype(dtype), np.repeat(np.eye(CLASSES, dtype=dtype), points, axis=1)
