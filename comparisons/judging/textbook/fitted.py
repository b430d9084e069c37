"""Weights that are updated before δ is passed down by them: the rate is read off the gradients.

Nobody has told the rate, but it is a short decimal number: it is fitted to the layer below the
last, and rounded to a few digits. Whether that explains all numbers is asked as of any mistake.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from crossgrad.comparisons.judging.textbook.factors import Sizes, factors
from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.planted import Planted
from crossgrad.comparisons.judging.textbook.program import Pass, Step
from crossgrad.comparisons.judging.textbook.reckoned import Number, value_of
from crossgrad.comparisons.judging.textbook.texts import Cause, Told
from crossgrad.comparisons.problems.problem import Key
from crossgrad.reference.parameters import Array

#: So many significant digits a rate has.
DIGITS = (1, 2, 3, 4)


def updated(net: Given, reported: Mapping[Key, Array], right: Pass) -> Iterator[Planted]:
    """With the rates that may be meant; ``right`` is the pass of a right program."""
    if net.depth == 1:
        return
    last, below = ("dW", net.depth), ("dW", net.depth - 1)
    sizes = len(net.x), len(net.W[-1]), net.batch
    factor = nearest(sizes, ratio(reported[last], value(right, last)))
    right.l = net.depth - 1
    v = value(right, last).mT @ value(right, ("down", net.depth))
    along = value_of(right.pulled_back(right.z, v) @ right.below.mT)
    rate = ratio(value(right, below) - reported[below] / factor, along) / factor
    if np.isfinite(rate):
        for told in dict.fromkeys(float(f"{rate:.{digits}g}") for digits in DIGITS):
            if told > 0:
                yield with_rate(net, told, told * factor)


def nearest(sizes: Sizes, ratio: float) -> float:
    """The factor of the last layer's gradient, which nothing of this reaches: 1/m, or so.

    The step is one of the gradients as they are, with the factor.
    """
    values = factors(sizes)[1][0]
    return float(values[np.argmin(np.abs(values - ratio))])


def with_rate(net: Given, told: float, rate: float) -> Planted:
    """(W - η ∂C/∂W)ᵀ δ, layer by layer."""

    def v(at: Pass) -> Number:
        W = at.W_next - rate * at.of_layer("dW", at.l + 1)
        return W.mT @ at.of_layer("down", at.l + 1)

    steps: dict[Key, Step] = {("v", l): v for l in range(1, net.depth)}
    return Planted((Told(Cause.UPDATED, {"rate": f"{told:g}"}),), net, steps)


def value(right: Pass, key: Key) -> Array:
    return value_of(right.found[key])


def ratio(one: Array, other: Array) -> float:
    """The factor by which they agree best."""
    with np.errstate(all="ignore"):
        return float(np.vdot(other, one) / np.vdot(other, other))
