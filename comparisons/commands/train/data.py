"""The data to learn from, each with its own network and rate: xor, three spirals, digits.

``x``: ``(n_0, m)`` and ``y``: ``(n_L, m)``, one column a sample; all samples make each step.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.machine.location import require
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference import descent
from crossgrad.reference.parameters import Array

DIGITS = 10
BRIGHTEST = 16  # of scikit-learn's pixels: a power of two, so that the division is exact


class Data(NamedTuple):
    """What it is, the scenario of its own network, a rate at which that learns, its samples."""

    what: str
    scenario: str
    rate: float
    samples: Callable[[Scenario], tuple[Array, Array]]


def xor(scenario: Scenario) -> tuple[Array, Array]:
    """Two inputs and one output; four samples."""
    return descent.xor(scenario.dtype)


def spirals(scenario: Scenario) -> tuple[Array, Array]:
    """Two inputs and three classes; 100 samples of each, drawn by the scenario's seed."""
    return descent.three_spirals(scenario.seed, dtype=scenario.dtype)


def digits(scenario: Scenario) -> tuple[Array, Array]:
    """8 × 8 pixels between 0 and 1, and ten classes; 1,797 samples, written by hand.

    Raises ``ValueError`` without scikit-learn, in whose package they are.
    """
    require("sklearn", "--data digits", "study")
    from sklearn.datasets import load_digits  # noqa: PLC0415 - optional, and slow to import

    pixels, digit = load_digits(return_X_y=True)
    one_hot = np.eye(DIGITS, dtype=scenario.dtype)[:, digit]
    return np.ascontiguousarray(pixels.T / BRIGHTEST, scenario.dtype), one_hot


DATA = {
    "xor": Data(
        "exclusive or, four samples",
        "2x2x1-sigmoid,sigmoid-quadratic-float32-m4-s1",
        8.0,
        xor,
    ),
    "spirals": Data(
        "three spirals, 300 samples",
        "2x100x3-relu,identity-softmax_cross_entropy-float32-m300-s1",
        1.0,
        spirals,
    ),
    "digits": Data(
        "scikit-learn's digits, 1,797 samples",
        "64x30x10-relu,identity-softmax_cross_entropy-float32-m1797-s1",
        0.5,
        digits,
    ),
}
