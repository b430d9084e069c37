"""All that is said of a whole program, in one place: what is wrong, where, and by which factor.

A template has parameters in braces: a layer, a name, a number. ``{where}`` is one of ``Where``, and
empty where there is one layer only. What a file of an activation or of a cost says of itself is
``{what}``.
"""

from enum import StrEnum
from typing import NamedTuple


class Where(StrEnum):
    """In which layers."""

    NOWHERE_ELSE = ""
    LAYER = "at layer {layer}"
    OUTPUT = "at the output layer"
    HIDDEN = "in the hidden layers"
    ALL = "in all layers"


class Cause(StrEnum):
    """What is wrong."""

    # ---------------------------------------------------------------- on the way forward
    NO_BIAS = "the bias is ignored {where}"
    BIAS_SUBTRACTED = "the bias is subtracted {where}"
    W_TRANSPOSED = "W is transposed {where}"
    ANOTHER_SIGMA = "σ is {name} {where}"
    NO_SIGMA = "σ is left out {where}"
    SIGMA_TWICE = "σ is there twice {where}"
    OWN_SIGMA = "σ of {name}: {what} {where}"
    PROBABILITIES_TWICE = "the {name} is there twice: {cost} is of logits"
    # ---------------------------------------------------------------- ∇ₐC
    ANOTHER_COST = "∇ₐC is that of {name}"
    OWN_GRADIENT = "∇ₐC of {name}: {what}"
    SOFTMAX_DIAGONAL = "of the Jacobian of the softmax only the diagonal is taken"
    # ---------------------------------------------------------------- σ′
    NO_SLOPE = "σ′ is missing {where}"
    SLOPE_OF_A = "σ′ is taken of a instead of z {where}"
    SLOPE_TWICE = "σ′ is there twice {where}"
    SLOPE_OF_ANOTHER = "σ′ is that of {name} {where}"
    SIGMA_FOR_SLOPE = "σ is taken for σ′ {where}"
    SIGMA_OF_ERROR = "{name} of ∂C/∂a is taken for ∂C/∂a ⊙ {name}′(z) {where}"
    ERROR_RECTIFIED = "∂C/∂a is cut off at 0, and then multiplied by {name}′(z) {where}"
    OWN_SLOPE = "σ′ of {name}: {what} {where}"
    # ---------------------------------------------------------------- what is passed down
    DOWN_WITHOUT_SLOPE = "the error is passed down without σ′ {where}"
    ERROR_OF_OUTPUT = "the output's error is used in the hidden layers, without W"
    DELTA_OF_OUTPUT = "the output's δ is used in the hidden layers, without W"
    W_NOT_TRANSPOSED = "W is not transposed as δ is passed down {where}"
    W_OF_THIS_LAYER = "W of the layer below is used as δ is passed down {where}"
    UPDATED = "the weights are updated before δ is passed down by them (rate {rate})"
    # ---------------------------------------------------------------- ∂C/∂b and ∂C/∂W
    B_BEFORE_SLOPE = "∂C/∂b is taken before σ′ {where}"
    B_IS_ROW_SUMS = "∂C/∂b is the row sums of ∂C/∂W {where}"
    B_OF_ALL_UNITS = "∂C/∂b is the sum over all units {where}"
    B_LAST_SAMPLE = "∂C/∂b is of the last sample only {where}"
    B_FIRST_SAMPLE = "∂C/∂b is of the first sample only {where}"
    B_WITHOUT_LAST = "∂C/∂b is without the last sample {where}"
    B_ZERO = "∂C/∂b is zero {where}"
    W_BEFORE_SLOPE = "∂C/∂W is taken before σ′ {where}"
    W_OF_Z = "∂C/∂W is of z of the layer below, not of a {where}"
    W_OF_OWN_A = "∂C/∂W is of a of its own layer, not of the one below {where}"
    W_OF_X = "∂C/∂W is of x, not of a of the layer below {where}"
    W_GRADIENT_TRANSPOSED = "∂C/∂W is transposed {where}"
    W_LAST_SAMPLE = "∂C/∂W is of the last sample only {where}"
    W_WITHOUT_LAST = "∂C/∂W is without the last sample {where}"
    W_ZERO = "∂C/∂W is zero {where}"
    LAST_SAMPLE = "the gradients are of the last sample only"
    FIRST_SAMPLE = "the gradients are of the first sample only"
    WITHOUT_LAST = "the gradients are without the last sample"
    # ---------------------------------------------------------------- the problem is another
    LAYERS_REVERSED = "the weights are taken in the opposite order of layers"
    SIGMAS_REVERSED = "the activations are taken in the opposite order of layers"
    TARGETS_SHIFTED = "the targets are those of the {which} sample"
    STALE_FORWARD = "z and a are kept from the problem before, which has the same x or weights"
    NO_PENALTY = "λW of the penalty is missing in ∂C/∂W"
    PENALTY_OF_BIASES = "the penalty is of the biases too"
    PENALTY_TIMES = "λ of the penalty is {times} times as large"
    # ---------------------------------------------------------------- digits
    NARROWER = "computed in {name}"
    INACCURATE = "{name} as {what}, which loses digits near 0"


class Lost(StrEnum):
    """What a factor is that gets lost, or is there once too often."""

    SIGN = "the sign is wrong {of}"
    M = "1/m is missing {of} (m = {m})"
    PER_M = "1/m is there twice {of} (m = {m})"
    OUTPUTS = "a factor of the number of outputs too large {of} ({n})"
    PER_OUTPUTS = "a factor of the number of outputs too small {of} ({n})"
    OF_OUTPUTS = "divided by the number of outputs ({n}), not by that of samples ({m}) {of}"
    OF_INPUTS = "divided by the number of inputs ({inputs}), not by that of samples ({m}) {of}"
    LESS_ONE = "divided by m - 1, not by m {of} (m = {m})"
    TWICE = "twice as large {of}"
    HALF = "half as large {of}"


class Of(StrEnum):
    """Of which gradients."""

    ALL = ""
    W = "in ∂C/∂W alone"
    B = "in ∂C/∂b alone"


class Told(NamedTuple):
    """A cause with its parameters."""

    template: Cause | Lost
    names: dict[str, object]

    def __str__(self) -> str:
        """As a sentence; what is empty leaves no gap."""
        return " ".join(self.template.format(**self.names).split())
