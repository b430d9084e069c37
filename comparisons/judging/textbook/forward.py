"""Mistakes of those who write the forward pass down."""

from collections.abc import Callable, Iterator
from typing import Any

from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.planted import ANYWHERE, everywhere, wrong
from crossgrad.comparisons.judging.textbook.program import NoSuchThingError, Pass
from crossgrad.comparisons.judging.textbook.reckoned import Number, affine, first_order
from crossgrad.comparisons.judging.textbook.texts import Cause
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.reference.parameters import Array


@wrong("z", Cause.NO_BIAS, *ANYWHERE, with_another=(everywhere,))
def no_bias(at: Pass) -> Number:
    return at.W @ at.below


@wrong("z", Cause.BIAS_SUBTRACTED, *ANYWHERE)
def bias_subtracted(at: Pass) -> Number:
    """The bias taken for a threshold."""
    return affine(at.W, at.below, -at.b)


@wrong("z", Cause.W_TRANSPOSED, *ANYWHERE)
def weights_transposed(at: Pass) -> Number:
    """Rows and columns of W confused, in a layer as wide as the one below."""
    if at.W.shape[0] != at.W.shape[1] or at.W.size == 1:
        raise NoSuchThingError
    return affine(at.W.mT, at.below, at.b)


@wrong("a", Cause.SIGMA_TWICE, *ANYWHERE)
def sigma_twice(at: Pass) -> Number:
    """And then differentiated once: of σ(σ(z)) that is written down, σ′ is that of σ(z)."""
    return at.sigma(at.sigma(at.z))


def own_sigmas(net: Given) -> Iterator[dict[str, Any]]:
    """What the files of the network's activations say is taken for σ."""
    for name in dict.fromkeys(net.activations):
        for what, function in ACTIVATIONS[name].wrong_sigma:
            yield {"name": name, "what": what, "function": function}


@wrong("a", Cause.OWN_SIGMA, everywhere, each=own_sigmas)
def own_sigma(at: Pass, name: str, _what: str, function: Callable[[Array], Array]) -> Number:
    """Wherever the network has that activation."""
    here = at.net.activations[at.l - 1] == name
    return first_order(function, at.z) if here else at.sigma(at.z)
