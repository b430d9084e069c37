"""A right program whose trace is not what it computed with: what to report instead.

Courses write aᴸ for the probabilities of logits, and δ for the error of one sample. Judged as what
it is called, such a quantity would fail, and the failure name a mistake that nobody made. What is
said here is compared in half the digits of the format, like ``causes``, and only of a quantity
that is wrong in them: it never changes the verdict of a right trace.
"""

from collections.abc import Sequence

import numpy as np

from comparisons.end_to_end import as_trace, trusted
from comparisons.problem import Problem, Trace
from comparisons.rounding import ALL_FORMATS, CHECKER
from reference.activations import sigmoid
from reference.costs import softmax
from reference.parameters import Array

#: As a share of u: by how much the truth that was rounded may have been another in float64.
ROUNDED = 2.0**-10
#: What a cost makes of its logits, with its name.
PROBABILITIES = {
    "softmax_cross_entropy": ("softmax", softmax),
    "sigmoid_cross_entropy": ("sigmoid", sigmoid),
}


def misreported(problem: Problem, trace: Trace) -> str:
    """One sentence, which begins with a verb, on what was reported in place of what; or nothing."""
    with np.errstate(all="ignore"):
        return probabilities_for_logits(problem, trace) or another_delta(problem, trace)


def near(reported: Array, expected: Array, dtype: str, lost: float = 0.0) -> bool:
    """In half the digits of the format, of the largest entry, or within what may be lost."""
    size = np.abs(expected).max()
    distance = np.abs(reported.astype(np.float64) - expected).max()
    return bool(distance <= np.sqrt(ALL_FORMATS[dtype].u) * size + lost)


def probabilities_for_logits(problem: Problem, trace: Trace) -> str:
    """A cost of logits, and aᴸ is the probabilities that it makes of them."""
    if problem.cost not in PROBABILITIES or not trace.a:
        return ""
    name, made = PROBABILITIES[problem.cost]
    logits = trace.z[-1].astype(np.float64) if trace.z else trusted(problem)[1].a[-1]
    a, l = trace.a[-1], len(trace.a) - 1
    if near(a, logits, problem.dtype) or not near(a, made(logits), problem.dtype):
        return ""
    return (
        f"reported {name}(z[{l}]) as a[{l}]: {problem.cost} is a cost of logits and takes"
        f" the {name} itself: report a[{l}] = z[{l}]"
    )


def another_delta(problem: Problem, trace: Trace) -> str:
    """Gradients that are right, and a δ that is the same multiple of the right one everywhere.

    Of 0 nothing can be made, and 1 is no other.
    """
    dtype, m = problem.dtype, problem.batch
    sums = [delta.astype(np.float64).sum(-1, keepdims=True) for delta in trace.delta]
    lost = m * ALL_FORMATS[dtype].omega
    if not sums or all(near(db, s, dtype, lost) for db, s in zip(trace.db, sums, strict=True)):
        return ""
    truth = trusted(problem)[1]
    factor = multiple(trace.delta[-1], truth.delta[-1])
    if near(np.array(factor), np.array(float(m)), dtype):
        factor = m
    if not factor or not np.isfinite(factor) or near(np.array(factor), np.ones(1), dtype):
        return ""
    right = [*(factor * d for d in truth.delta), *truth.gradients.dW, *truth.gradients.db]
    told = [*trace.delta, *trace.dW, *trace.db]
    if not all(near(one, other, dtype) for one, other in zip(told, right, strict=True)):
        return ""
    if factor == m:
        times, instead = f"m = {m} times as large as", "delta / m"
    elif near(np.array(factor), -np.ones(1), dtype):
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
    if fmt == CHECKER:  # nor is the truth known in a wider one
        return False
    truth = as_trace(trusted(problem)[1])

    def rounded(one: Array, other: Array) -> bool:
        near = np.abs(one - other) <= fmt.u * (1 + ROUNDED) * np.abs(other) + fmt.omega
        return bool((near | (one == other.astype(problem.dtype))).all())

    with np.errstate(all="ignore"):
        return all(
            all(map(rounded, layers(trace, name), layers(truth, name))) for name in trace.reported
        )


def layers(trace: Trace, name: str) -> Sequence[Array]:
    """A quantity at each layer; the cost at the only one where it is."""
    value = getattr(trace, name)
    return [value] if name == "cost" else value


def multiple(reported: Array, expected: Array) -> float:
    """The factor between two arrays, where the expected one is largest."""
    largest = np.argmax(np.abs(expected))
    return float(reported.astype(np.float64).flat[largest] / expected.flat[largest])
