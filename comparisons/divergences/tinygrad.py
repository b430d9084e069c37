"""tinygrad's divergences; what keeps its backend from an activation, or a z, no check meets."""

from functools import partial

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import BP, SIGMA, Divergence, above, below
from crossgrad.comparisons.divergences.parts import at_ends, at_zero, farthest, of_exp2, steep
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise, Errors
from crossgrad.reference.activations import HARD_END, RELU6_END, sigmoid, sigmoid_prime
from crossgrad.reference.parameters import Array

divergence = partial(
    Divergence, backend="tinygrad", dtypes=("float64", "float32"), seen=("0.14.0",)
)


def value(z: str, a: str, right: str, digits: int = 2) -> str:
    return f"""
from tinygrad import Tensor
print(f"{{Tensor([{z}]).{a}.item():.{digits}g}}", "{right}")
"""


def slope(z: str, a: str, right: str) -> str:
    """Another: ∂a/∂z."""
    return f"""
from tinygrad import Tensor
z = Tensor([{z}])
print(f"{{z.{a}.sum().gradient(z)[0].item():.2g}}", "{right}")
"""


# ------------------------------------------------------------------ sigmoids
def chain(z: Array, fmt: Format) -> Errors:
    """Of s = 1/(1 + e), e = 2^(-z/log 2), and of s′ as s · s · e · log 2 / log 2, or s (1 - s).

    e errs by η and κ, 1 + e by its share of that and a rounding, its reciprocal by one more. In s′
    are two s, an e, two constants and five products; or an error of s gives what it gives in
    ``sigmoid_errors``: where e is multiplied by s, tinygrad may take 1 - s for the product.
    """
    s, d = sigmoid(z), sigmoid_prime(z)
    of_e = of_exp2(z, fmt) + fmt.kappa.exp * fmt.u
    relative = sigmoid(-z) * of_e + 2 * fmt.u
    error = relative * s
    product = (2 * relative + of_e + 7 * fmt.u) * d
    from_s = error * np.abs(1 - 2 * s) + error * error + 4 * fmt.u * d
    return error, np.maximum(product, from_s) + s_lost(z, d, fmt)


def s_lost(z: Array, d: Array, fmt: Format) -> Array:
    """v s s may be below the smallest subnormal, which is uω, where v s′ is above ω: if e > 1/4u.

    All of it is lost then, or it is rounded up to no more than twice as much.
    """
    return np.where(z < np.log(4 * fmt.u), 2 * d, 0.0)


def sigmoid_in_tinygrad() -> Elementwise:
    def errors(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(z, fmt)
        return e0 + 2 * fmt.omega, e1 + 2 * fmt.omega

    return ELEMENTWISE["sigmoid"].changed(errors=errors)


def silu_in_tinygrad() -> Elementwise:
    """z s; s + z s′: two products and a sum more."""

    def errors(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(z, fmt)
        size, flushed = np.abs(z), fmt.omega * (2 + np.abs(z))
        rounded = 3 * fmt.u * (sigmoid(z) + size * sigmoid_prime(z))
        return size * e0 + fmt.u * a + flushed, e0 + size * e1 + rounded + flushed

    return ELEMENTWISE["silu"].changed(errors=errors)


def tanh_in_tinygrad() -> Elementwise:
    """2 sigmoid(2z) - 1: an error relative to 1; its derivative is 4 s′(2z)."""

    def errors(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(2 * z, fmt)
        return 2 * e0 + fmt.u * a + 2 * fmt.omega, 4 * e1 + 2 * fmt.omega

    return ELEMENTWISE["tanh"].changed(errors=errors)


def chain_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of sigmoid, silu and tanh: 5(1 + |z|) times what a chain of 2|z| errs by, of the largest s.

    With the largest |z| in the exponents, which are in s′ three times, and 19 roundings, κ of exp
    three times; all of s′ is lost below log 4u only, where it is no more than s there.
    """
    size, limit = farthest(low, high), np.log(4 * fmt.u)
    relative = 3 * (of_exp2(2 * size, fmt) + fmt.kappa.exp * fmt.u) + 19 * fmt.u
    times = 5 * (1 + size)
    off = times * relative * np.maximum(sigmoid(high), sigmoid(2 * high))
    reached = 2 * times * sigmoid(np.minimum(np.maximum(high, 2 * high), limit))
    return off, off + np.where(2 * np.minimum(low, 0) < limit, reached, 0.0)


# ------------------------------------------------------------------ where relu6 ends
def at_six(z: Array) -> Array:
    """The upper kink of relu6."""
    return z == RELU6_END


def at_three(z: Array) -> Array:
    return z == HARD_END


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="tinygrad-sigmoid-exp2",
        checks=SIGMA,
        where=below(0),
        place="z < 0, the further from 0, the more",
        at=-76.8,
        part=sigmoid_in_tinygrad(),
        deviation=chain_is_rough,
        reason="1/(1 + e), e = 2 to the power -z / log 2, which is rounded; in its derivative e s²"
        " the square may underflow",
        scenario="3x4-sigmoid-quadratic-float64-m3-s4",
        reproduction=value("-76.8", "sigmoid()", "4.4277e-34", 5),
    ),
    divergence(
        name="tinygrad-silu-exp2",
        checks=SIGMA,
        where=below(0),
        place="z < 0, the further from 0, the more",
        at=-85.8,
        part=silu_in_tinygrad(),
        deviation=chain_is_rough,
        reason="z times the sigmoid: see tinygrad-sigmoid-exp2",
        scenario="3x4-silu-quadratic-float64-m3-s10",
        reproduction=value("-85.8", "silu()", "-4.6883e-36", 5),
    ),
    divergence(
        name="tinygrad-tanh-cancels",
        checks=SIGMA,
        place="the nearer to 0, the more",
        at=1e-8,
        part=tanh_in_tinygrad(),
        deviation=chain_is_rough,
        reason="tanh is 2 sigmoid(2z) - 1, which cancels",
        scenario="1x2x1-tanh,identity-quadratic-float64-m3-s3",
        reproduction=value("1e-8", "tanh()", "1e-08"),
    ),
    divergence(
        name="tinygrad-leaky-relu-kink",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=steep("leaky_relu", at_zero),
        reason="the derivative at 0 is taken from the right: 1, where torch takes the slope",
        scenario="1x1-leaky_relu-quadratic-float64-m3-s1",
        reproduction=slope("0.0", "leaky_relu()", "0.01"),
    ),
    divergence(
        name="tinygrad-hardtanh-kink",
        checks=BP,
        where=at_ends,
        place="z = -1 and z = 1",
        at=1.0,
        part=steep("hardtanh", at_ends),
        reason="the derivative at -1 and 1 is 1, where torch takes 0",
        scenario="1x1-hardtanh-quadratic-float64-m3-s1",
        reproduction=slope("1.0", "hardtanh()", "0"),
    ),
    divergence(
        name="tinygrad-relu6-kink",
        checks=BP,
        where=at_six,
        place="z = 6",
        at=6.0,
        part=steep("relu6", at_six),
        reason="relu6 is relu(z) - relu(z - 6): the derivative at 6 is 1, where torch takes 0",
        scenario="12x4-relu6-quadratic-float32-m8-s11",
        reproduction=slope("6.0", "relu6()", "0"),
    ),
    divergence(
        name="tinygrad-hardswish-kink",
        checks=BP,
        where=at_three,
        place="z = 3",
        at=3.0,
        part=ELEMENTWISE["hardswish"].replaced(at_three, sigma_prime=1.5),
        reason="it is z relu6(z + 3)/6, and the derivative of relu6 at 6 is 1: 3/2, where torch"
        " takes 1",
        scenario="4x1-hardswish-quadratic-float64-m8-s28",
        reproduction=slope("3.0", "hardswish()", "1"),
    ),
    divergence(
        name="tinygrad-softplus-absolute",
        subject="softplus",
        checks=("a",),
        where=below(0),
        place="z < 0",
        at=-20.0,
        reason="it is the logarithm of a rounded 1 + exp(z): no digit is left below z = -17 in"
        " float32",
        reproduction=value("-20.0", "softplus()", "2.1e-09"),
    ),
    divergence(
        name="tinygrad-log-sigmoid-absolute",
        subject="log_sigmoid",
        checks=("a",),
        where=above(0),
        place="z > 0",
        at=20.0,
        reason="it is -softplus(-z): see tinygrad-softplus-absolute",
        reproduction=value("20.0", "logsigmoid()", "-2.1e-09"),
    ),
    divergence(
        name="tinygrad-mish-absolute",
        subject="mish",
        checks=SIGMA,
        where=below(0),
        place="z < 0",
        at=-20.0,
        reason="it is z tanh(softplus(z)): see tinygrad-softplus-absolute, tinygrad-tanh-cancels",
        reproduction=value("-20.0", "mish()", "-4.1e-08"),
    ),
    divergence(
        name="tinygrad-gelu-erf",
        subject="gelu",
        checks=SIGMA,
        place="any z",
        at=1.0,
        reason="erf is a polynomial of seven digits (Abramowitz and Stegun, 7.1.26), for doubles"
        " too",
        reproduction=value("1.0", "cast('float64').gelu(approximate='none')", "0.841344746", 9),
    ),
    divergence(
        name="tinygrad-elu-cancels",
        subject="elu",
        checks=("a",),
        where=below(0),
        place="z < 0",
        at=-1e-8,
        reason="elu is relu(z) - relu(1 - exp(z)), which cancels",
        reproduction=value("-1e-8", "elu()", "-1e-08"),
    ),
    divergence(
        name="tinygrad-elu-slope",
        subject="elu",
        checks=BP,
        where=at_zero,
        place="z = 0, and where exp(z) is 1",
        at=0.0,
        reason="both relu have the derivative 0 there",
        reproduction=slope("0.0", "elu()", "1"),
    ),
    divergence(
        name="tinygrad-elu-nan",
        subject="elu",
        checks=BP,
        where=lambda z: z > np.log(np.finfo(np.float32).max),
        place="exp(z) overflows",
        at=100.0,
        reason="the derivative of exp is ∞, and is multiplied by 0",
        link="https://github.com/tinygrad/tinygrad/pull/17852",
        reproduction=slope("100.0", "elu()", "1"),
    ),
    divergence(
        name="tinygrad-sigmoid-nan",
        subject="sigmoid",
        checks=BP,
        where=lambda z: z < -np.log(np.finfo(np.float32).max),
        place="exp(-z) overflows",
        at=-89.0,
        reason="the derivative of exp is ∞, and is multiplied by 0, where a is computed as well",
        link="https://github.com/tinygrad/tinygrad/pull/1113",
        reproduction="""
from tinygrad import Tensor
z = Tensor([-89.0])
a = z.sigmoid()
Tensor.realize(a, slope := a.gradient(z, gradient=Tensor([1.0]))[0])
print(f"{slope.item():.2g}", "2.2e-39")
""",
    ),
    divergence(
        name="tinygrad-sigmoid-slope",
        subject="sigmoid",
        checks=BP,
        where=below(-52),
        place="s² is 0: from z = -52 on in float32",
        at=-60.0,
        reason="its derivative is e s², whose square underflows, where a is computed as well",
        reproduction="""
from tinygrad import Tensor
z = Tensor([-60.0])
a = z.sigmoid()
Tensor.realize(a, slope := a.gradient(z, gradient=Tensor([1.0]))[0])
print(f"{slope.item():.2g}", "8.8e-27")
""",
    ),
)
