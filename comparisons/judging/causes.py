"""What most likely went wrong, where the pattern is known: textbook mistakes, tried in turn.

A mistake is named if it *explains* the failure: at the worst entry it would have given another
number than is expected, by more than the bound, and what it would have given agrees with all that
was reported, but for the bound and for half the digits of what the mistake changes. So a small
fault at an identity layer is no missing σ′, and nothing is transposed in a 1×1 gradient.

And there is *evidence* for it: that any of all that were tried agrees so well by chance has to be
improbable (``coincidence``). One number that is off by 64u is within 4u of what one in sixteen
mistakes give, and with dozens tried some do; one that is twice as large in float64 agrees with a
mistake in 50 bits, and that is enough. In 16 bits it takes several numbers.

Those that cannot be told apart are all named. This only words a failure; it never decides one.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from math import factorial

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.equations.place import Place
from crossgrad.comparisons.equations.walk import here_of
from crossgrad.comparisons.judging.misreports import rounded_at_the_end
from crossgrad.comparisons.judging.repeats import between_calls
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise
from crossgrad.comparisons.problems.problem import NotReportedError, Problem, Trace
from crossgrad.reference.activations import ACTIVATIONS, Activation
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

Mistakes = Iterator[tuple[str, Array]]
#: So many mistakes are named that give the same numbers.
MOST = 4
#: What is not a mean over the samples, nor computed from one.
FORWARD = ("z", "a")
#: What was rounded to a narrower format was rounded so often.
ROUNDINGS = 4
#: A rate of descent is fitted to one entry: it explains what it gives in so many, if it changes
#: each by such a share.
MANY = 8
CHANGED = 1e-6
#: So many numbers are evidence enough, of so many that fail by most; how improbable a coincidence
#: has to be.
WITNESSES, HEARD = 8, 512
IMPROBABLE = 2.0**-10


def likely_cause(comparison: Comparison, problem: Problem, trace: Trace) -> str:
    """The mistakes that give what was reported; empty if none does, or none is needed."""
    if (comparison.residual <= 1).all():
        return ""
    if not np.isfinite(comparison.reported).all():
        return "not a finite number"
    if told := between_calls(comparison, problem):
        return told
    if rounded_at_the_end(problem, trace):
        return "computed in a wider format, and rounded at the end: report what was computed with"
    if name := narrower(comparison, problem.dtype):
        return f"rounded to {name}: each number that was reported is one of that format"
    digits = np.sqrt(ALL_FORMATS[problem.dtype].u)
    tried, explaining = 0, []
    with np.errstate(all="ignore"):
        for cause, candidate in mistakes(comparison, problem, trace):
            if np.shape(candidate) == comparison.reported.shape:
                tried += 1
                if explained(comparison, candidate, digits):
                    explaining.append((cause, coincidence(comparison, candidate)))
    causes = [cause for cause, chance in explaining if tried * chance <= IMPROBABLE]
    return ", or ".join([*causes[:MOST], *(["another"] if len(causes) > MOST else [])])


def narrower(comparison: Comparison, dtype: str) -> str:
    """A narrower format that has all that was reported, which is right but for rounding to it.

    And has not what was expected: the worst entry is another number there, by more than the bound.
    """
    expected, reported = wide(comparison.expected), wide(comparison.reported)
    own = ALL_FORMATS[dtype]
    worst = np.argmax(comparison.residual)
    with np.errstate(all="ignore"):
        for name, fmt in sorted(ALL_FORMATS.items(), key=lambda item: -item[1].u):
            if fmt.u <= own.u:
                break
            if not (wide(reported.astype(name)) == reported).all():
                continue
            if (np.abs(np.frexp(reported.flat[worst])[0]) == 0.5).all():  # noqa: PLR2004 - 2ᵏ
                continue  # which every format has
            changed = np.abs(wide(expected.astype(name)) - expected)
            few = ROUNDINGS * fmt.u * np.abs(expected) + fmt.omega
            within = comparison.error <= comparison.bound * (fmt.u / own.u) + few
            if within.all() and changed.flat[worst] > comparison.bound.flat[worst]:
                return name
    return ""


def explained(comparison: Comparison, candidate: Array, digits: float) -> bool:
    """Whether a mistake that gives ``candidate`` leaves nothing over of the failure."""
    changed = np.abs(candidate - comparison.expected)
    left = np.abs(comparison.reported - candidate)
    near = comparison.bound + digits * np.minimum(np.abs(candidate), changed)
    worst = np.argmax(comparison.residual)
    differs = changed.flat[worst] > comparison.bound.flat[worst]
    closer = left.flat[worst] < comparison.error.flat[worst]
    return bool(differs and closer and (left <= near).all())


def coincidence(comparison: Comparison, candidate: Array) -> float:
    """How probable it is that a mistake that was not made agrees as well with what was reported.

    Of a number that is wrong in any other way nothing is known but how far it is from the expected
    one. It comes as near to what the mistake gives as it does with a probability of p = left/error;
    nearer than the bound is no nearer. Each entry that fails is a witness, and equal numbers (of
    samples or draws that are there again) are one. The product of k independent numbers between 0
    and 1 is at most x with the probability x Σ (-log x)ʲ/j!, j < k (R. A. Fisher, *Statistical
    Methods for Research Workers*, 1932, §21.1).
    """
    failing = np.flatnonzero(comparison.residual > 1)
    failing = failing[np.argsort(-comparison.residual.flat[failing], kind="stable")][:HEARD]
    given = comparison.reported, comparison.expected, candidate, comparison.error, comparison.bound
    reported, expected, wrong, error, bound = (wide(array).flat[failing] for array in given)
    left = np.maximum(np.abs(reported - wrong), bound)
    share = np.clip(left / error, np.finfo(np.float64).tiny, 1)
    _, first = np.unique([reported, expected], axis=1, return_index=True)
    worst = np.sort(first)[:WITNESSES]
    logarithm = -np.log(share[worst]).sum()
    terms = sum(logarithm**j / factorial(j) for j in range(len(worst)))
    return float(np.exp(-logarithm) * terms)


def mistakes(comparison: Comparison, problem: Problem, trace: Trace) -> Mistakes:
    """Each known mistake of the equation, then what can happen to any."""
    check, layer = comparison.check, comparison.layer
    if check in MISTAKES:
        with suppress(NotReportedError):
            yield from MISTAKES[check](here_of(layer, problem, trace).at)
    yield from factors(comparison.expected, problem)
    if check not in FORWARD:
        yield from other_means(comparison.expected, problem)
    yield from usual_factors(comparison.expected)
    if comparison.expected.ndim > 2:  # noqa: PLR2004 - a stack of matrices
        yield "transposed", comparison.expected.mT


def factors(expected: Array, problem: Problem) -> Mistakes:
    """Constants that get lost or counted twice; of equal ones nobody knows which it was."""
    m, n = problem.batch, problem.widths[-1]
    yield "the sign is wrong", -expected
    if m == n > 1:
        both = f"m and the number of outputs are both {m}"
        yield f"1/m is missing, or a factor of the outputs too large ({both})", m * expected
        yield f"1/m is there twice, or a factor of the outputs too small ({both})", expected / m
    elif m > 1:
        yield f"1/m is missing (m = {m})", m * expected
        yield f"1/m is there twice (m = {m})", expected / m
    if n > 1 and n != m:
        yield f"a factor of the number of outputs too large ({n})", n * expected
        yield f"a factor of the number of outputs too small ({n})", expected / n


def other_means(expected: Array, problem: Problem) -> Mistakes:
    """1/n_L or 1/n_0 for 1/m, as ``m = X.shape[0]`` has it where columns are samples."""
    m, inputs, outputs = problem.batch, problem.widths[0], problem.widths[-1]
    names = {outputs: f"of outputs ({outputs})", inputs: f"of inputs ({inputs})"}
    if inputs == outputs:
        names = {inputs: f"of outputs or of inputs (both {inputs})"}
    for n, name in names.items():
        if n != m:
            yield f"divided by the number {name}, not by that of samples ({m})", expected * (m / n)


def usual_factors(expected: Array) -> Mistakes:
    """What is a mistake of any number."""
    yield "twice as large", 2 * expected
    yield "half as large", expected / 2
    yield "zero everywhere", np.zeros_like(expected)


def wide(array: Array) -> Array:
    """In float64."""
    return array.astype(np.float64)


# ------------------------------------------------------------------ by equation
def z_mistakes(at: Place) -> Mistakes:
    """Of zˡ = Wˡ aˡ⁻¹ + bˡ."""
    W, b, a = at.p["W"].array, at.p["b"].array, at.a_before.array
    yield "the bias is missing", W @ a
    yield "the bias is subtracted", W @ a - b
    if W.shape[-1] == W.shape[-2]:
        yield "W is transposed", W.mT @ a + b


def a_mistakes(at: Place) -> Mistakes:
    """Of aˡ = σ(zˡ)."""
    for what, function in at.sigma.wrong_sigma:
        yield f"σ of {at.sigma.name}: {what}", function(at.z)
    for name, activation in other_activations(at):
        a = activation.sigma(at.z)
        if name == "identity" or (a != at.z).any():  # else it is the identity, to say it shortly
            yield f"σ is {name}", a
    sigma = at.sigma.float64.sigma
    yield "σ is there twice", sigma(sigma(at.z))


def other_activations(at: Place) -> list[tuple[str, Activation]]:
    return [item for item in ACTIVATIONS.items() if item[0] != at.sigma.name]


def slopes(at: Place) -> Mistakes:
    """σ′, and what is taken for it."""
    yield "σ′ is missing", np.ones_like(at.z)
    if isinstance(at.sigma, Elementwise):
        yield from of_each_entry(at, at.sigma)
    else:
        yield "σ is taken for σ′", at.sigma.float64.sigma(at.z)
    for name, wrong in other_activations(at):
        if name in ELEMENTWISE and ((slope := wrong.sigma_prime(at.z)) != 1).any():
            yield f"σ′ is that of {name}", slope  # else it is missing, to say it shortly


def of_each_entry(at: Place, own: Elementwise) -> Mistakes:
    """Of a σ that has a slope."""
    z, (sigma, sigma_prime) = at.z, own.float64
    for kink in own.kinks:
        for side in own.other_sides(kink):
            yield (
                f"σ′({kink.z:g}) is {side:g}: the convention is the other side's",
                np.where(z == kink.z, side, sigma_prime(z)),
            )
    if ("a", at.l) in at.trace and (sigma_prime(sigma(z)) != sigma_prime(z)).any():
        yield "σ′ is taken of a, not of z", sigma_prime(at.a)
    yield "σ is taken for σ′", sigma(z)
    yield "σ′ is there twice", sigma_prime(z) ** 2
    for l, layer in enumerate(at.network.layers, start=1):
        alike = layer.sigma.name in ELEMENTWISE and at.trace["z", l].shape == z.shape
        if l != at.l and alike:
            sigma_there = layer.sigma.of(at.problem.of_layer(l)).float64
            slope = sigma_there.sigma_prime(wide(at.trace["z", l]))
            if (slope != 1).any():
                yield f"σ′ of layer {l} is used", slope


def own_slopes(at: Place, v: Array) -> Mistakes:
    """What the activation's own file says is taken for δ."""
    for what, wrong in at.sigma.wrong_pull_backs:
        yield f"σ′ of {at.sigma.name}: {what}", wrong(at.z, v)


def cost_mistakes(at: Place) -> Mistakes:
    for what, function in at.network.cost.wrong_values:
        yield f"C of {at.network.cost.name}: {what}", function(at.a, at.y)
    for name, cost in COSTS.items():
        if name != at.network.cost.name:
            yield f"C is that of {name}", cost.value(at.a, at.y)


def bp1_mistakes(at: Place) -> Mistakes:
    """Of δᴸ = ∇ₐC ⊙ σ′(zᴸ)."""
    gradient = at.network.cost.float64.gradient(at.a, at.y)
    yield from own_slopes(at, gradient)
    for cause, slope in slopes(at):
        yield cause, gradient * slope
    slope = at.sigma.float64.sigma_prime(at.z)
    yield from put_through(at, "∇ₐC", gradient)
    for what, wrong in at.network.cost.wrong_gradients:
        yield f"∇ₐC of {at.network.cost.name}: {what}", wrong(at.a, at.y) * slope
    for name, cost in COSTS.items():
        if name != at.network.cost.name:
            yield f"∇ₐC is that of {name}", cost.gradient(at.a, at.y) * slope


def bp2_mistakes(at: Place) -> Mistakes:
    """Of δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""
    above = at.l + 1
    W_next, delta_next = wide(at.problem.of_layer(above)["W"]), at.trace["delta", above]
    v, slope = W_next.mT @ delta_next, at.sigma.float64.sigma_prime(at.z)
    yield from own_slopes(at, v)
    for cause, wrong in slopes(at):
        yield cause, v * wrong
    index = superscript(above)
    yield from put_through(at, f"(W{index})ᵀδ{index}", v)
    yield from updated(at, v * slope, wide(at.trace["dW", above]).mT @ delta_next * slope)
    if W_next.shape[-1] == W_next.shape[-2]:
        yield "W is not transposed", W_next @ delta_next * slope
    for l, W in enumerate(at.problem.W, start=1):
        if l != above and W.shape == W_next.shape:
            yield f"W of layer {l} is used", W.mT @ delta_next * slope


def put_through(at: Place, name: str, v: Array) -> Mistakes:
    """σ of what is to be multiplied by σ′(z)."""
    taken = at.sigma.float64.sigma(v)
    if (taken != v).any():
        instead = f"{name} ⊙ {at.sigma.name}′(z{superscript(at.l)})"
        yield f"{at.sigma.name}({name}) is taken for {instead}", taken


def updated(at: Place, right: Array, along: Array) -> Mistakes:
    """W - η ∂C/∂W for W, with the rate η that gives the worst entry, if it gives many."""
    error = at.delta.wide - right
    largest = np.argmax(np.where(np.isfinite(error * along), np.abs(along), -1.0))
    rate = -error.flat[largest] / along.flat[largest]
    if rate > 0 and np.count_nonzero(np.abs(rate * along) > np.abs(right) * CHANGED) >= MANY:
        above = superscript(at.l + 1)
        yield f"W{above} is updated before δ{above} is passed on by it", right - rate * along


def bp3_mistakes(at: Place) -> Mistakes:
    """Of ∂C/∂bˡ = Σ δˡ."""
    delta = at.delta.wide
    if (before := before_slope(at)) is not None:
        yield (
            "the sum is taken before σ′: of what δ is a product with",
            before.sum(-1, keepdims=True),
        )
    yield (
        "the rows of ∂C/∂W are summed, not those of δ",
        wide(at.trace["dW", at.l]).sum(-1, keepdims=True),
    )
    if at.problem.batch > 1:
        yield "the last sample is dropped", delta[..., :-1].sum(-1, keepdims=True)
        yield "only the last sample is taken", delta[..., -1:]
    if at.problem.batch > 2:  # noqa: PLR2004 - of two, that is the last one dropped
        yield "only the first sample is taken", delta[..., :1]


def before_slope(at: Place) -> Array | None:
    """(Wˡ⁺¹)ᵀδˡ⁺¹, or ∇ₐC at the last layer, where δˡ is another, that times σ′(zˡ); else None."""
    if ("z", at.l) not in at.trace:
        return None
    if at.l < len(at.network.layers):
        v = wide(at.problem.of_layer(at.l + 1)["W"]).mT @ at.trace["delta", at.l + 1]
    elif ("a", at.l) in at.trace:
        v = at.network.cost.float64.gradient(at.a, at.y)
    else:
        return None
    right = v * at.sigma.float64.sigma_prime(at.z)
    digits = np.sqrt(ALL_FORMATS[at.problem.dtype].u)
    off = np.abs(at.delta.wide - right)
    is_product = (off <= digits * np.abs(right)).all() and (right != v).any()
    return v if is_product else None


def bp4_mistakes(at: Place) -> Mistakes:
    """Of ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ."""
    delta, below = at.delta.wide, at.a_before.array
    if at.problem.batch > 1:
        yield "the last sample is dropped", delta[..., :-1] @ below[..., :-1].mT
        yield "only the last sample is taken", delta[..., -1:] @ below[..., -1:].mT
    if ("a", at.l) in at.trace:
        yield "a of this layer is used, not of the one below", delta @ at.trace["a", at.l].mT
    if at.l > 1 and ("z", at.l - 1) in at.trace:
        z, sigma = wide(at.trace["z", at.l - 1]), at.network.layers[at.l - 2].sigma
        sigma = sigma.of(at.problem.of_layer(at.l - 1))
        if (sigma.float64.sigma(z) != z).any():  # else a is z, and another is not of z
            yield "z of the layer below is used, not a", delta @ z.mT
    for l, wrong in enumerate(at.trace.delta, start=1):
        if l != at.l:
            yield f"δ of layer {l} is used", wrong @ below.mT


def alpha_mistakes(at: Place) -> Mistakes:
    """Of ∂C/∂αˡ = Σ v ⊙ min(zˡ, 0)."""
    below, v = np.minimum(at.z, 0), by_a(at)
    yield "δ is taken, not ∂C/∂a", (at.delta.wide * below).sum(-1, keepdims=True)
    yield "z is taken, not min(z, 0)", (v * at.z).sum(-1, keepdims=True)
    yield "max(z, 0) is taken, not min(z, 0)", (v * np.maximum(at.z, 0)).sum(-1, keepdims=True)
    yield "a is taken, not min(z, 0)", (v * at.a).sum(-1, keepdims=True)
    if at.problem.batch > 1:
        yield "the last sample is dropped", (v * below)[..., :-1].sum(-1, keepdims=True)


def by_a(at: Place) -> Array:
    """(Wˡ⁺¹)ᵀδˡ⁺¹, or ∇ₐC at the last layer."""
    if at.l < len(at.network.layers):
        return wide(at.problem.of_layer(at.l + 1)["W"]).mT @ at.trace["delta", at.l + 1]
    return at.network.cost.float64.gradient(at.a, at.y)


MISTAKES: dict[str, Callable[[Place], Mistakes]] = {
    "z": z_mistakes,
    "a": a_mistakes,
    "cost": cost_mistakes,
    "BP1": bp1_mistakes,
    "BP2": bp2_mistakes,
    "BP3": bp3_mistakes,
    "BP4": bp4_mistakes,
    "alpha": alpha_mistakes,
}
