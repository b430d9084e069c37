"""Mistakes of those who take the problem for another: its activations, order, penalty, targets."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.planted import (
    ANYWHERE,
    ROUGHLY,
    at_output,
    everywhere,
    only_last,
    takes_for,
    wrong,
)
from crossgrad.comparisons.judging.textbook.program import NoSuchThingError, Pass
from crossgrad.comparisons.judging.textbook.reckoned import Number
from crossgrad.comparisons.judging.textbook.texts import Cause
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS

#: What is taken for another: the usual ones, and those of the network.
USUAL = ("sigmoid", "tanh", "relu", "leaky_relu")


def activations(net: Given) -> Iterator[dict[str, Any]]:
    """The names of what σ, or σ′, may be taken for."""
    for name in dict.fromkeys((*USUAL, *net.activations)):
        if name != "identity" and not ACTIVATIONS[name].learnt:
            yield {"name": name}


@takes_for(Cause.ANOTHER_SIGMA, *ROUGHLY, each=activations)
def another_sigma(net: Given, layers: range, name: str) -> Given:
    """Forward and back."""
    return net.with_sigma(layers, name)


@takes_for(Cause.NO_SIGMA, *ANYWHERE, with_another=(at_output,))
def no_sigma(net: Given, layers: range) -> Given:
    """A final activation that is dropped, or one that a framework was not told of."""
    return net.with_sigma(layers, "identity")


def probabilities(net: Given) -> Iterator[dict[str, Any]]:
    """Of a cost of logits, what it makes of them."""
    if made := COSTS[net.cost].probabilities:
        yield {"name": made.name, "cost": net.cost}


@takes_for(Cause.PROBABILITIES_TWICE, only_last, each=probabilities)
def probabilities_twice(net: Given, layers: range, name: str, _cost: str) -> Given:
    """A softmax at the end of the network, and one in the cost."""
    return net.with_sigma(layers, name)


@takes_for(Cause.LAYERS_REVERSED)
def layers_reversed(net: Given) -> Given | None:
    """Of layers of equal shapes: what is told of one is then of another."""
    if net.depth == 1 or len({W.shape for W in net.W}) > 1:
        return None
    return net._replace(W=net.W[::-1], b=net.b[::-1])


@takes_for(Cause.SIGMAS_REVERSED)
def sigmas_reversed(net: Given) -> Given | None:
    if any(alpha is not None for alpha in net.alpha):
        return None
    return net._replace(activations=net.activations[::-1])


def neighbours(_net: Given) -> Iterator[dict[str, Any]]:
    yield {"which": "next", "by": -1}
    yield {"which": "previous", "by": 1}


@takes_for(Cause.TARGETS_SHIFTED, each=neighbours)
def targets_shifted(net: Given, _which: str, by: int) -> Given:
    """Labels that are off by one sample."""
    return net._replace(y=np.roll(net.y, by, axis=-1))


# ------------------------------------------------------------------ the penalty
@takes_for(Cause.NO_PENALTY)
def no_penalty(net: Given) -> Given | None:
    return net._replace(l2=0.0) if net.l2 else None


def multiples(net: Given) -> Iterator[dict[str, Any]]:
    """Of λ: ½λw² for λw², and a mean over the batch that is forgotten, or not meant."""
    m = net.batch
    for times, text in ((2.0, "2"), (0.5, "½"), (float(m), "m"), (1 / m, "1/m")):
        if net.l2 and times != 1:
            yield {"times": text, "factor": times}


@takes_for(Cause.PENALTY_TIMES, each=multiples)
def penalty_times(net: Given, _text: str, times: float) -> Given:
    return net._replace(l2=net.l2 * times)


def if_penalised(net: Given) -> Iterator[dict[str, Any]]:
    if net.l2:
        yield {}


@wrong("db", Cause.PENALTY_OF_BIASES, everywhere, each=if_penalised)
def penalty_of_biases(at: Pass) -> Number:
    return at.delta.sum(-1, keepdims=True) + at.net.l2 * at.b


# ------------------------------------------------------------------ what was asked before
def if_asked_before(net: Given) -> Iterator[dict[str, Any]]:
    if net.before is not None:
        yield {}


@wrong("z a", Cause.STALE_FORWARD, everywhere, each=if_asked_before)
def stale_forward(at: Pass, name: str) -> Number:
    """The forward pass is that of the problem before, kept by its x or by its weights."""
    if at.net.before is None:
        raise NoSuchThingError
    earlier = Pass(at.net.before, {}, at.fmt)
    return earlier.run()[name, at.l]
