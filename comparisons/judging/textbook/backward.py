"""Mistakes of those who write BP1 and BP2 down: ∇ₐC, σ′, and what is passed from layer to layer."""

from collections.abc import Callable, Iterator
from typing import Any

from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.of_problem import activations
from crossgrad.comparisons.judging.textbook.planted import (
    ANYWHERE,
    ROUGHLY,
    above_first,
    at_one,
    at_output,
    below_last,
    everywhere,
    in_hidden,
    only_last,
    wrong,
)
from crossgrad.comparisons.judging.textbook.program import NoSuchThingError, Pass
from crossgrad.comparisons.judging.textbook.reckoned import (
    Number,
    broadcast,
    first_order,
    rectified,
    value_of,
)
from crossgrad.comparisons.judging.textbook.texts import Cause
from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ ∇ₐC
def other_costs(net: Given) -> Iterator[dict[str, Any]]:
    """With the same kind of targets."""
    for name, cost in COSTS.items():
        if name != net.cost and cost.targets is COSTS[net.cost].targets:
            yield {"name": name}
    if net.cost != "quadratic" and net.y.shape == (len(net.W[-1]), net.batch):
        yield {"name": "quadratic"}


@wrong("v", Cause.ANOTHER_COST, only_last, each=other_costs)
def another_cost(at: Pass, name: str) -> Number:
    return at.gradient(name)


def own_gradients(net: Given) -> Iterator[dict[str, Any]]:
    """What the cost's file says is taken for ∇ₐC."""
    for what, function in COSTS[net.cost].wrong_gradients:
        yield {"name": net.cost, "what": what, "function": function}


@wrong("v", Cause.OWN_GRADIENT, only_last, each=own_gradients)
def own_gradient(at: Pass, _name: str, _what: str, function: Callable[..., Array]) -> Number:
    return first_order(lambda a: function(a, at.net.y), at.a)


# ------------------------------------------------------------------ σ′
@wrong("delta", Cause.NO_SLOPE, *ANYWHERE, with_another=(at_output, in_hidden))
def no_slope(at: Pass) -> Number:
    return at.v


@wrong("delta", Cause.SLOPE_OF_A, *ANYWHERE, with_another=(everywhere,))
def slope_of_a(at: Pass) -> Number:
    return at.v * at.prime(at.a)


@wrong("delta", Cause.SLOPE_TWICE, *ANYWHERE)
def slope_twice(at: Pass) -> Number:
    return at.v * at.slope * at.slope


@wrong("delta", Cause.SIGMA_FOR_SLOPE, *ANYWHERE)
def sigma_for_slope(at: Pass) -> Number:
    return at.v * at.a


@wrong("delta", Cause.SLOPE_OF_ANOTHER, *ROUGHLY, each=activations)
def slope_of_another(at: Pass, name: str) -> Number:
    """One that is 1 everywhere is missing, to say it shortly."""
    slope = at.prime(at.z, name)
    if (value_of(slope) == 1).all():
        raise NoSuchThingError
    return at.v * slope


def rectifiers(net: Given) -> Iterator[dict[str, Any]]:
    """Those hidden activations that are an error where it is positive."""
    for name in dict.fromkeys(net.activations[:-1]):
        if name in ("relu", "leaky_relu"):
            yield {"name": name}


@wrong("delta", Cause.SIGMA_OF_ERROR, in_hidden, at_one, each=rectifiers)
def sigma_of_error(at: Pass, name: str) -> Number:
    """σ is put around what σ′ is to be multiplied by."""
    own = at.net.activations[at.l - 1] == name
    return at.sigma(at.v) if own else at.pulled_back(at.z, at.v)


@wrong("delta", Cause.ERROR_RECTIFIED, in_hidden, at_one, each=rectifiers)
def error_rectified(at: Pass, name: str) -> Number:
    """The sign of the error is tested as well as that of z."""
    own = at.net.activations[at.l - 1] == name
    return at.pulled_back(at.z, rectified(at.v) if own else at.v)


@wrong("delta", Cause.SOFTMAX_DIAGONAL, only_last)
def softmax_diagonal(at: Pass) -> Number:
    """v ⊙ p (1 - p), of a softmax at the end of the network or in the cost."""
    made = COSTS[at.net.cost].probabilities
    if at.net.activations[-1] != "softmax" and (made is None or made.name != "softmax"):
        raise NoSuchThingError
    p = at.sigma(at.z, "softmax")
    return at.v * p * (1 - p)


def own_slopes(net: Given) -> Iterator[dict[str, Any]]:
    """What the files of the network's activations say is taken for δ."""
    for name in dict.fromkeys(net.activations):
        for what, function in ACTIVATIONS[name].wrong_pull_backs:
            if name in ELEMENTWISE or "diagonal" not in what:  # which has an error of its own
                yield {"name": name, "what": what, "function": function}


@wrong("delta", Cause.OWN_SLOPE, *ANYWHERE, each=own_slopes)
def own_slope(at: Pass, name: str, _what: str, function: Callable[..., Array]) -> Number:
    """In layers that have that activation."""
    if at.net.activations[at.l - 1] != name:
        return at.pulled_back(at.z, at.v)
    return first_order(function, at.z, at.v)


# ------------------------------------------------------------------ what is passed down
@wrong("down", Cause.DOWN_WITHOUT_SLOPE, above_first, with_another=(above_first,))
def down_without_slope(at: Pass) -> Number:
    """∂C/∂a is handed on in place of δ; each layer's own gradients have their σ′."""
    return at.v


@wrong("v", Cause.ERROR_OF_OUTPUT, below_last, with_another=(below_last,))
def error_of_output(at: Pass) -> Number:
    """∇ₐC in every layer: of one output, or of layers of one width."""
    return broadcast(at.of_layer("v", at.net.depth), at.a.shape)


@wrong("v", Cause.DELTA_OF_OUTPUT, below_last, with_another=(below_last,))
def delta_of_output(at: Pass) -> Number:
    return broadcast(at.of_layer("delta", at.net.depth), at.a.shape)


@wrong("v", Cause.W_NOT_TRANSPOSED, at_one, below_last)
def weights_not_transposed(at: Pass) -> Number:
    return at.W_next @ at.of_layer("down", at.l + 1)


@wrong("v", Cause.W_OF_THIS_LAYER, at_one, below_last)
def weights_of_this_layer(at: Pass) -> Number:
    return at.W.mT @ at.of_layer("down", at.l + 1)
