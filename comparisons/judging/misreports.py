"""A right program whose trace is not what it computed with: what to report instead.

Courses write aᴸ for the probabilities of logits, and δ for the error of one sample. Judged as what
it is called, such a quantity would fail, and the failure name a mistake that nobody made. What is
said here is compared in half the digits of the format, like ``causes``, and only of a quantity
that is wrong in them: it never changes the verdict of a right trace.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, CHECKER
from crossgrad.comparisons.equations.propagation import Bounds, as_trace, propagate, trusted
from crossgrad.comparisons.equations.walk import PROBABILITIES
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.reference.backprop import Backpropagation, backprop
from crossgrad.reference.parameters import Array

#: As a share of u: by how much the truth that was rounded may have been another in float64.
ROUNDED = 2.0**-10


class Meant(NamedTuple):
    """A trace as it was meant; in words, what was taken as what, or what is wrong with its form.

    ``instead`` is one sentence, which begins with a verb, on what was reported in place of what.
    """

    trace: Trace
    notes: tuple[str, ...] = ()
    instead: str = ""


def as_meant(problem: Problem, trace: Trace) -> Meant:
    """With the logits for aᴸ, where that is what a cost makes of them, and δ of the whole batch.

    Of one draw, or of a stack of them: what no draw contradicts, and some show. The probabilities
    are judged by themselves, as the softmax or the sigmoid of zᴸ.
    """
    notes = []
    with np.errstate(all="ignore"):
        if told := probabilities_for_logits(*stacked(problem, trace)):
            notes.append(told)
            logits = [*trace.a[:-1], trace.z[-1]] if trace.z else []
            others = {**trace.others, (PROBABILITIES, len(trace.a)): trace.a[-1]}
            trace = replace(trace, a=logits, others=others)
        instead = a_for_z(*stacked(problem, trace)) or another_delta(*stacked(problem, trace))
    if instead == instead_of_delta(problem.batch, problem):
        delta = [as_share(delta, problem.batch) for delta in trace.delta]
        trace, instead = replace(trace, delta=delta), ""
        notes.append("δ is that of each sample by itself, and 1/m comes later")
    return Meant(trace, tuple(notes), instead)


def as_share(array: Array, number: int) -> Array:
    """Divided, and rounded to its format once."""
    return np.asarray(array.astype(np.float64) / number).astype(array.dtype)


def stacked(problem: Problem, trace: Trace) -> tuple[Problem, Trace]:
    """As a stack, if it is of one draw."""
    if problem.x.ndim == 2:  # noqa: PLR2004 - columns of samples
        return stack_problems([problem]), stack_traces([trace])
    return problem, trace


def near(reported: Array, expected: Array, dtype: str, lost: float | Array = 0.0) -> Array:
    """Of each draw: in half the digits of the largest entry, or within what may be lost."""
    size = np.abs(expected).max(axis=(-2, -1))
    distance = np.abs(reported.astype(np.float64) - expected).max(axis=(-2, -1))
    return np.asarray(distance <= np.sqrt(ALL_FORMATS[dtype].u) * size + lost)


def probabilities_for_logits(problem: Problem, trace: Trace) -> str:
    """A cost of logits, and aᴸ is the probabilities that it makes of them."""
    probabilities = COSTS[problem.cost].probabilities
    if probabilities is None or not trace.a:
        return ""
    name, made = probabilities
    logits = trace.z[-1].astype(np.float64) if trace.z else trusted(problem)[1].a[-1]
    a = trace.a[-1]
    right, other = near(a, logits, problem.dtype), near(a, made(logits), problem.dtype)
    if not (other & ~right).any() or (right & ~other).any():
        return ""
    return f"with {problem.cost}, aᴸ is the {name} of zᴸ, and judged as that"


def a_for_z(problem: Problem, trace: Trace) -> str:
    """What is reported as zˡ is σ of it, bit by bit what is reported as aˡ.

    Where aˡ is what is reported as zˡ, and is no σ(zˡ), σ is what is missing.
    """
    for l, (z, a) in enumerate(zip(trace.z, trace.a, strict=False)):
        if z.tobytes() != a.tobytes():
            continue
        below = trace.a[l - 1] if l else problem.x
        W, b, x = (array.astype(np.float64) for array in (problem.W[l], problem.b[l], below))
        right = W @ x + b
        itself = near(z, right, problem.dtype)
        sigma = ACTIVATIONS[problem.activations[l]].of(problem.of_layer(l + 1)).float64.sigma
        made = near(z, sigma(right), problem.dtype)
        if (made & ~itself).any() and not (itself & ~made).any():
            told = f"reported a[{l}] as z[{l}], as if it was overwritten"
            return f"{told}: report z as it was before σ"
    return ""


def another_delta(problem: Problem, trace: Trace) -> str:
    """Gradients that are right, and a δ that is ∂C/∂a, or a multiple of the right one everywhere.

    Of 0 nothing can be made, and 1 is no other; a δ of zeros agrees with any multiple. So some
    draw shows the multiple in each layer, and none shows the right δ in any.
    """
    if not trace.delta or not trace.db:
        return ""
    dtype, m = problem.dtype, problem.batch
    sums = [delta.astype(np.float64).sum(-1, keepdims=True) for delta in trace.delta]
    lost = m * ALL_FORMATS[dtype].omega
    fits = [near(db, s, dtype, lost) for db, s in zip(trace.db, sums, strict=True)]
    if np.all(fits):
        return ""
    exact, truth = trusted(problem)
    if told := derivative_by_a(exact, truth, trace, dtype, 1):
        return told
    for draw in np.flatnonzero(~np.all(fits, axis=0)):
        factor = multiple(trace.delta[-1][draw], truth.delta[-1][draw])
        if is_near(factor, m, dtype):
            factor = m
        is_other = factor and np.isfinite(factor) and not is_near(factor, 1, dtype)
        if is_other and everywhere(trace, truth, factor, int(draw), dtype):
            return instead_of_delta(factor, problem)
    return derivative_by_a(exact, truth, trace, dtype, m)


def everywhere(trace: Trace, truth: Backpropagation, factor: float, draw: int, dtype: str) -> bool:
    """Whether a draw's gradients are right, and δ is this multiple wherever it can be told."""
    sound = right_gradients(trace, truth, dtype)
    if not sound[draw]:
        return False
    for reported, known in zip(trace.delta, truth.delta, strict=True):
        multiplied, itself = near(reported, factor * known, dtype), near(reported, known, dtype)
        shown = multiplied & ~itself & sound
        if not multiplied[draw] or not shown.any() or (itself & ~multiplied).any():
            return False
    return True


def right_gradients(trace: Trace, truth: Backpropagation, dtype: str) -> Array:
    """Of each draw, whether all of them are."""
    told, right = [*trace.dW, *trace.db], [*truth.gradients.dW, *truth.gradients.db]
    pairs = zip(told, right, strict=True)
    return np.all([near(one, other, dtype) for one, other in pairs], axis=0)


def derivative_by_a(
    problem: Problem, truth: Backpropagation, trace: Trace, dtype: str, factor: int
) -> str:
    """∂C/∂a for δ, so many times as large: (Wˡ⁺¹)ᵀδˡ⁺¹, and ∇ₐC at the last layer.

    So it is in each layer of each draw whose gradients are right; and some draw shows that it is
    not δ.
    """
    m, sound = problem.batch, right_gradients(trace, truth, dtype)
    above = [W.mT @ delta for W, delta in zip(problem.W[1:], truth.delta[1:], strict=True)]
    by_a = [*above, COSTS[problem.cost].float64.gradient(truth.a[-1], problem.y)]
    sums = [2 * W.shape[-2] + np.abs(W).sum(-2).max(-1) for W in problem.W[1:]]
    lost = [m * ALL_FORMATS[dtype].omega * count for count in (*sums, 2.0)]

    def alike(known: Sequence[Array], factor: int = 1) -> Array:
        layers = zip(trace.delta, known, lost, strict=True)
        return np.all([near(delta, factor * v, dtype, least) for delta, v, least in layers], axis=0)

    if not (sound & ~alike(truth.delta)).any() or (sound & ~alike(by_a, factor)).any():
        return ""
    name, instead = ("∂C/∂a", "") if factor == 1 else (f"m = {m} times ∂C/∂a", " / m")
    return f"reported {name} as delta: delta is ∂C/∂z: report delta * σ′(z){instead}"


def is_near(one: float, other: float, dtype: str) -> bool:
    return bool(abs(one - other) <= np.sqrt(ALL_FORMATS[dtype].u) * abs(other))


def instead_of_delta(factor: float, problem: Problem) -> str:
    """What is told of another δ."""
    m, dtype = problem.batch, problem.dtype
    if factor == m:
        times, instead = f"m = {m} times as large as", "delta / m"
    elif is_near(factor, -1, dtype):
        times, instead = "with another sign than", "-delta"
    else:
        times, instead = f"{factor:.4g} times as large as", f"delta / {factor:.4g}"
    return (
        f"reported delta {times} the one that its dW and db are of: delta is ∂C/∂z"
        f" of the cost of the whole batch: report {instead}"
    )


def rounded_at_the_end(problem: Problem, trace: Trace) -> bool:
    """Whether all that was reported is the truth, rounded once: computed in a wider format.

    What the next equation was evaluated from was then another number.
    """
    fmt = ALL_FORMATS[problem.dtype]
    if fmt == CHECKER:
        return rounded_from_longdouble(problem, trace)
    truth = as_trace(trusted(problem)[1])

    def rounded(one: Array, other: Array) -> bool:
        near = np.abs(one - other) <= fmt.u * (1 + ROUNDED) * np.abs(other) + fmt.omega
        return bool((near | (one == other.astype(problem.dtype))).all())

    with np.errstate(all="ignore"):
        return all(
            all(map(rounded, layers(trace, name), layers(truth, name))) for name in trace.reported
        )


def rounded_from_longdouble(problem: Problem, trace: Trace) -> bool:
    """The same of float64, where NumPy has a wider format: of so few more digits that it errs too.

    By as much as the propagated bound has it, of u as that format has it.
    """
    if np.finfo(np.longdouble).eps >= CHECKER.u:
        return False
    if not all(ACTIVATIONS[name].has_longdouble for name in problem.activations):
        return False
    wide, about = trusted(problem)
    with np.errstate(all="ignore"):
        for name in set(trace.reported) - {"cost"}:  # most faults are much larger
            sides = zip(layers(trace, name), layers(as_trace(about), name), strict=True)
            if not all(near(one, other, problem.dtype).all() for one, other in sides):
                return False
        exact = problem.map(lambda array: array.astype(np.longdouble))
        truth = as_trace(backprop(exact.architecture, exact.parameters, exact.x, exact.y))
        bounds = propagate(wide, about, CHECKER._replace(u=float(np.finfo(np.longdouble).eps)))

        def rounded(one: Array, other: Array, bound: Array) -> bool:
            lost = np.where(np.isfinite(bound), bound, 0.0) + CHECKER.omega
            near = np.abs(one - other) <= CHECKER.u * np.abs(other) + lost
            return bool((near | (one == other.astype(problem.dtype))).all())

        return all(
            all(map(rounded, *(layers(side, name) for side in (trace, truth, bounds))))
            for name in trace.reported
        )


def layers(trace: Trace | Bounds, name: str) -> Sequence[Array]:
    """A quantity at each layer; the cost at the only one where it is."""
    value = getattr(trace, name)
    return [value] if name == "cost" else value


def multiple(reported: Array, expected: Array) -> float:
    """The factor between two arrays, where the expected one is largest."""
    largest = np.argmax(np.abs(expected))
    return float(reported.astype(np.float64).flat[largest] / expected.flat[largest])
