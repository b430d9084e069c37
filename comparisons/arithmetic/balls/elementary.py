"""exp, log and the like in balls: what the κ of ``rounding`` are declared of."""

from collections.abc import Callable

import numpy as np
from flint import arb

from crossgrad.comparisons.arithmetic.balls.balls import sharp


def sigmoid(z: arb) -> arb:
    """With e^{-|z|}, which never overflows."""
    e = (-abs(z)).exp()
    return (1 if z > 0 else e) / (1 + e)


def softplus(z: arb) -> arb:
    """max(z, 0) + log(1 + e^{-|z|})."""
    return max(z, arb(0)) + (-abs(z)).exp().log1p()


ELEMENTARY: dict[str, Callable[[arb], arb]] = {
    "exp": arb.exp,
    "log": arb.log,
    "log1p": arb.log1p,
    "expm1": arb.expm1,
    "tanh": arb.tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": arb.erf,
}


def true_values(name: str, z: np.ndarray) -> np.ndarray:
    function = ELEMENTARY[name]

    def one(number: float) -> arb:
        return sharp(lambda: [function(arb(float(number)))])[0]

    return np.asarray(np.frompyfunc(one, 1, 1)(z), object)
