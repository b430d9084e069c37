"""Known divergences: where a framework is known to compute something else, and what.

A divergence does not excuse an entry; it *explains* it: it names the backend, the equation and
the place, and gives the definition that the framework follows there instead. Only an entry
that is within the bound of that other definition counts as explained; any other residual above
1 is a failure. Each has the scenario that shows it: one that no longer does fails the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comparisons.definitions import (
    ACTIVATION_DEFINITIONS,
    COST_DEFINITIONS,
    ActivationDefinition,
    CostDefinition,
)
from comparisons.end_to_end import no_deviation
from comparisons.pairs import Pair, choose, lift, sum_of
from comparisons.rounding import Format
from reference.parameters import Array


@dataclass(frozen=True, slots=True)
class Divergence:
    """One backend, one activation or cost (``subject``), the checks and entries it shows in.

    ``where`` selects entries by z (of an activation) or a (of a cost); ``sigma`` or ``cost`` is
    what is computed there; ``deviation`` is how far σ and σ′ then are from the definition, for
    the end-to-end bound, at most, for z (or a) anywhere between two arrays.
    """

    name: str
    backend: str
    subject: str
    checks: tuple[str, ...]
    where: Callable[[Array], Array]
    reason: str
    link: str
    scenario: str
    sigma: ActivationDefinition | None = None
    cost: CostDefinition | None = None
    deviation: Callable[[Array, Array], tuple[Array, Array]] | None = None


# ------------------------------------------------------------------ torch: softplus past 20
TORCH_THRESHOLD = 20.0


def beyond_threshold(z: Array) -> Array:
    """Where softplus is z, and its derivative 1."""
    return z > TORCH_THRESHOLD


def past_threshold(low: Array, high: Array) -> tuple[Array, Array]:
    """log(1 + e⁻ᶻ) and 1 - sigmoid(z), both below e⁻ᶻ, at the lowest z past the threshold."""
    lost = np.where(high > TORCH_THRESHOLD, np.exp(-np.maximum(low, TORCH_THRESHOLD)), 0.0)
    return lost, lost


# ------------------------------------------------------------------ torch: cross-entropy's clamp
TORCH_EPSILON = float(np.float32(1e-12))  # torch holds it as a float, for doubles too


def clamped_gradient(a: Array, y: Array) -> Pair:
    """(a - y) / max(a (1 - a), 10⁻¹²) / m."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].pairs.gradient(a, y)
    share = lift(a) * sum_of(1.0, -a) / TORCH_EPSILON
    return choose(share.hi < 1, usual * share, usual)


def clamped_error(a: Array, y: Array, fmt: Format) -> Array:
    """As without the clamp, scaled by it; two roundings more."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].gradient_error(a, y, fmt)
    return 2 * usual * np.minimum(a * (1 - a) / TORCH_EPSILON, 1.0)


def clamp_within(low: Array, high: Array) -> tuple[Array, Array]:
    """All of the gradient may be lost where the interval of a reaches the clamp."""
    nearest = np.minimum(low * (1 - low), high * (1 - high))
    return np.zeros_like(low), np.where(nearest < TORCH_EPSILON, 1.0, 0.0)


# ------------------------------------------------------------------ XLA: log1p in float64
LOG1P_HOLE = float(np.sqrt(2.0) - 1)
LOG1P_WORST = 400.0  # in u; measured: 241 at the hole's end, halving every 0.01 above -0.41


def rough_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """What log1p(-a) adds in the hole, which ends at √2 - 1."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].value_error(a, y, fmt)
    if fmt.name != "float64":
        return usual
    rough = fmt.u * LOG1P_WORST * np.exp2(-100 * (LOG1P_HOLE - a))
    terms = np.where(in_log1p_hole(a), -(1 - y) * np.log1p(-a) * rough, 0.0)
    return usual + terms.sum(axis=(-2, -1)) / a.shape[-1]


def in_log1p_hole(a: Array) -> Array:
    """Where XLA's rational approximation of log1p(-a) is used beyond its interval."""
    return (a > 1 - np.sqrt(0.5)) & (a < LOG1P_HOLE)


DIVERGENCES = (
    Divergence(
        name="torch-softplus-threshold",
        backend="torch",
        subject="softplus",
        checks=("a", "BP1", "BP2"),
        where=beyond_threshold,
        sigma=ACTIVATION_DEFINITIONS["softplus"].replaced(
            beyond_threshold, sigma_prime=1, sigma=np.positive
        ),
        deviation=past_threshold,
        reason="softplus is z, and its derivative 1, past the default threshold of 20",
        link="https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html",
        scenario="1x1-softplus-quadratic-float64-m32-s1",
    ),
    Divergence(
        name="torch-bce-clamp",
        backend="torch",
        subject="binary_cross_entropy",
        checks=("BP1",),
        where=lambda a: a * (1 - a) < TORCH_EPSILON,
        cost=COST_DEFINITIONS["binary_cross_entropy"]._replace(
            gradient=lambda a, y: clamped_gradient(a, y).nearest,
            pairs=COST_DEFINITIONS["binary_cross_entropy"].pairs._replace(
                gradient=clamped_gradient
            ),
            gradient_error=clamped_error,
        ),
        deviation=clamp_within,
        reason="the gradient is divided by max(a (1 - a), 1e-12)",
        link="https://github.com/pytorch/pytorch/issues/103316",
        scenario="1x4-sigmoid-binary_cross_entropy-float64-m4-s4",
    ),
    Divergence(
        name="jax-log1p-float64",
        backend="jax",
        subject="binary_cross_entropy",
        checks=("cost",),
        where=in_log1p_hole,
        cost=COST_DEFINITIONS["binary_cross_entropy"]._replace(value_error=rough_value_error),
        reason="log1p in float64 errs by up to 241 u near -0.4142 on CPU",
        link="https://github.com/jax-ml/jax/issues/39707",
        scenario="1x2x4x2-mish,mish,sigmoid-binary_cross_entropy-float64-m4-s256705",
    ),
    Divergence(
        name="jax-leaky-relu-kink",
        backend="jax",
        subject="leaky_relu",
        checks=("BP1", "BP2"),
        where=lambda z: z == 0,
        sigma=ACTIVATION_DEFINITIONS["leaky_relu"].replaced(lambda z: z == 0, sigma_prime=1),
        reason="the derivative at 0 is taken from the right: 1, where torch takes the slope",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.leaky_relu.html",
        scenario="1x1-leaky_relu-quadratic-float64-m8-s1",
    ),
    Divergence(
        name="jax-hardtanh-kink",
        backend="jax",
        subject="hardtanh",
        checks=("BP1", "BP2"),
        where=lambda z: np.abs(z) == 1,
        sigma=ACTIVATION_DEFINITIONS["hardtanh"].replaced(lambda z: np.abs(z) == 1, sigma_prime=1),
        reason="the derivative at -1 and 1 is 1, where torch takes 0",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.hard_tanh.html",
        scenario="1x1-hardtanh-quadratic-float64-m8-s1",
    ),
)


def divergences_of(backend: str, check: str, activation: str, cost: str) -> list[Divergence]:
    """Those that may show in a check of a layer with this activation and, if last, this cost."""
    subjects = (activation, cost) if check in ("cost", "BP1") else (activation,)
    return [
        d
        for d in DIVERGENCES
        if d.backend == backend and check in d.checks and d.subject in subjects
    ]


def deviating(backend: str) -> set[str]:
    """The activations and costs in which final gradients may deviate."""
    return {d.subject for d in DIVERGENCES if d.backend == backend and d.deviation}


def deviation_of(backend: str) -> Callable[[str, Array, Array], tuple[Array, Array]]:
    """How far a backend's σ and σ′ are known to be from the definition, for ``end_to_end``."""
    known = {d.subject: d.deviation for d in DIVERGENCES if d.backend == backend and d.deviation}

    def deviation(name: str, low: Array, high: Array) -> tuple[Array, Array]:
        return known[name](low, high) if name in known else no_deviation(name, low, high)

    return deviation
