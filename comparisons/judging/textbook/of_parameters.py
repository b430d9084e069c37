"""Mistakes of those who write BP3 and BP4 down: what ∂C/∂b and ∂C/∂W are sums of."""

from crossgrad.comparisons.judging.textbook.planted import (
    ANYWHERE,
    above_first,
    at_one,
    at_output,
    everywhere,
    wrong,
)
from crossgrad.comparisons.judging.textbook.program import NoSuchThingError, Pass
from crossgrad.comparisons.judging.textbook.reckoned import Number, broadcast
from crossgrad.comparisons.judging.textbook.texts import Cause


def total(delta: Number) -> Number:
    """Over the batch."""
    return delta.sum(-1, keepdims=True)


# ------------------------------------------------------------------ ∂C/∂b
@wrong("db", Cause.B_BEFORE_SLOPE, *ANYWHERE, with_another=(everywhere,))
def bias_before_slope(at: Pass) -> Number:
    return total(at.v)


@wrong("db", Cause.B_IS_ROW_SUMS, *ANYWHERE, with_another=(everywhere,))
def bias_as_row_sums(at: Pass) -> Number:
    return total(at.of_layer("dW", at.l))


@wrong("db", Cause.B_OF_ALL_UNITS, *ANYWHERE)
def bias_of_all_units(at: Pass) -> Number:
    """One number a layer."""
    return broadcast(total(at.delta).sum(-2, keepdims=True), at.b.shape)


@wrong("db", Cause.B_LAST_SAMPLE, *ANYWHERE)
def bias_of_last_sample(at: Pass) -> Number:
    return at.delta[:, -1:]


@wrong("db", Cause.B_FIRST_SAMPLE, *ANYWHERE)
def bias_of_first_sample(at: Pass) -> Number:
    return at.delta[:, :1]


@wrong("db", Cause.B_WITHOUT_LAST, *ANYWHERE)
def bias_without_last_sample(at: Pass) -> Number:
    return total(at.delta[:, :-1])


@wrong("db", Cause.B_ZERO, *ANYWHERE)
def bias_forgotten(at: Pass) -> Number:
    return 0 * total(at.delta)


# ------------------------------------------------------------------ ∂C/∂W
@wrong("dW", Cause.W_BEFORE_SLOPE, *ANYWHERE, with_another=(at_output,))
def weights_before_slope(at: Pass) -> Number:
    return at.gradient_of_W(at.v, at.below)


@wrong("dW", Cause.W_OF_Z, at_one, at_output, above_first)
def weights_of_z(at: Pass) -> Number:
    """Of the layer below; below the first there is x."""
    if at.l == 1:
        raise NoSuchThingError
    return at.gradient_of_W(at.delta, at.zs[at.l - 1])


@wrong("dW", Cause.W_OF_OWN_A, *ANYWHERE)
def weights_of_own_a(at: Pass) -> Number:
    return at.gradient_of_W(at.delta, at.a)


@wrong("dW", Cause.W_OF_X, at_one, at_output, above_first)
def weights_of_x(at: Pass) -> Number:
    return at.gradient_of_W(at.delta, at.activations[0])


@wrong("dW", Cause.W_GRADIENT_TRANSPOSED, *ANYWHERE)
def weights_gradient_transposed(at: Pass) -> Number:
    return at.gradient_of_W(at.delta, at.below).mT


@wrong("dW", Cause.W_LAST_SAMPLE, *ANYWHERE)
def weights_of_last_sample(at: Pass) -> Number:
    return at.gradient_of_W(at.delta[:, -1:], at.below[:, -1:])


@wrong("dW", Cause.W_WITHOUT_LAST, *ANYWHERE)
def weights_without_last_sample(at: Pass) -> Number:
    return at.gradient_of_W(at.delta[:, :-1], at.below[:, :-1])


@wrong("dW", Cause.W_ZERO, *ANYWHERE)
def weights_forgotten(at: Pass) -> Number:
    return 0 * at.gradient_of_W(at.delta, at.below)


# ------------------------------------------------------------------ both
def of_samples(at: Pass, name: str, samples: slice) -> Number:
    """Either gradient, of some samples."""
    delta = at.delta[:, samples]
    return total(delta) if name == "db" else at.gradient_of_W(delta, at.below[:, samples])


@wrong("dW db", Cause.LAST_SAMPLE, everywhere)
def last_sample(at: Pass, name: str) -> Number:
    """A loop that assigns where it should add."""
    return of_samples(at, name, slice(-1, None))


@wrong("dW db", Cause.FIRST_SAMPLE, everywhere)
def first_sample(at: Pass, name: str) -> Number:
    """A loop that returns too soon."""
    return of_samples(at, name, slice(0, 1))


@wrong("dW db", Cause.WITHOUT_LAST, everywhere)
def without_last_sample(at: Pass, name: str) -> Number:
    """A loop that ends one short."""
    return of_samples(at, name, slice(0, -1))
