"""The programs: other orders, layouts, formats and formulas, all of them right."""

import numpy as np

from comparisons.problem import Problem
from comparisons.variants.costs import COST, divisor
from comparisons.variants.formulas import FROM_A, FROM_Z
from comparisons.variants.passes import WIDER, Answer, Way, backwards, in_one_rounding, run
from reference.parameters import Array


# ------------------------------------------------------------------ one pass, other ways
def reversed_sums(problem: Problem) -> Answer:
    """Every sum from its last term to its first."""
    return run(problem, Way(dot=backwards))


def fused(problem: Problem) -> Answer:
    """Every sum of products by fused multiply-adds; float32 only."""
    return run(problem, Way(dot=in_one_rounding))


def textbook(problem: Problem) -> Answer:
    """σ′ from a, as students write it."""
    return run(problem, Way(formulas=FROM_A))


def higher_precision(problem: Problem) -> Answer:
    """Every equation in a wider format, its result rounded, and the next from what was rounded."""
    return run(problem, Way(wider=WIDER))


def higher_precision_gradients_only(problem: Problem) -> Answer:
    """All in float64; only the gradients are rounded."""
    answer = run(problem.astype("float64"), Way())
    return {key: [g.astype(problem.dtype) for g in answer[key]] for key in ("dW", "db")}


def gradients_only(problem: Problem) -> Answer:
    """In the format, and nothing but the gradients told."""
    answer = run(problem, Way())
    return {"dW": answer["dW"], "db": answer["db"]}


# ------------------------------------------------------------------ rows are samples
def row_layout(problem: Problem) -> Answer:
    """Rows are samples: Z = X Wᵀ + bᵀ; transposed back at the end."""
    with np.errstate(all="ignore"):
        zs, activations = forward_in_rows(problem)
        deltas = backward_in_rows(problem, zs, activations)
        rows = {"z": zs, "a": activations[1:], "delta": deltas}
        terms, m = COST[problem.cost][0], problem.x.dtype.type(divisor(problem))
        return {key: [array.T for array in arrays] for key, arrays in rows.items()} | {
            "cost": terms(activations[-1].T, problem.y).sum() / m,
            "dW": [(a.T @ d).T for a, d in zip(activations[:-1], deltas, strict=True)],
            "db": [d.sum(axis=0, keepdims=True).T for d in deltas],
        }


def forward_in_rows(problem: Problem) -> tuple[list[Array], list[Array]]:
    """Z of each layer, and A from the input on."""
    zs, activations = list[Array](), [problem.x.T]
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        zs.append(activations[-1] @ W.T + b.T)
        activations.append(FROM_Z[name][0](zs[-1]))
    return zs, activations


def backward_in_rows(problem: Problem, zs: list[Array], activations: list[Array]) -> list[Array]:
    """Δ of each layer."""
    *slopes, last = slopes_of(problem, zs, activations[1:])
    gradient = COST[problem.cost][1](activations[-1].T, problem.y).T
    deltas = [gradient * last / divisor(problem)]
    for W, slope in zip(problem.W[:0:-1], slopes[::-1], strict=True):
        deltas.insert(0, deltas[0] @ W * slope)
    return deltas


def slopes_of(problem: Problem, zs: list[Array], activations: list[Array]) -> list[Array]:
    """σ′ of each layer."""
    layers = zip(problem.activations, zs, activations, strict=True)
    return [FROM_Z[name][1](z, a) for name, z, a in layers]


# ------------------------------------------------------------------ one sample at a time
def per_example(problem: Problem) -> Answer:
    """One sample at a time, its cost not averaged; sums divided at the end, and each δ too."""
    M, samples = problem.x.dtype.type(divisor(problem)), range(problem.batch)
    with np.errstate(all="ignore"):
        passes = [one_sample(problem, problem.x[:, [i]], problem.y[:, [i]]) for i in samples]
        layers = range(len(problem.W))
        answer: Answer = {
            key: [np.hstack([p[key][l] for p in passes]) for l in layers]
            for key in ("z", "a", "delta")
        }
        answer["delta"] = [delta / M for delta in answer["delta"]]
        answer["cost"] = sum(p["cost"] for p in passes) / M
        answer["dW"] = [sum(p["dW"][l] for p in passes) / M for l in layers]
        answer["db"] = [sum(p["delta"][l] for p in passes) / M for l in layers]
    return answer


def one_sample(problem: Problem, x: Array, y: Array) -> Answer:
    """Everything of one column, without any 1/m."""
    zs, activations = list[Array](), [x]
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        zs.append(W @ activations[-1] + b)
        activations.append(FROM_Z[name][0](zs[-1]))
    terms, gradient = COST[problem.cost]
    *slopes, last = slopes_of(problem, zs, activations[1:])
    deltas = [gradient(activations[-1], y) * last]
    for W, slope in zip(problem.W[:0:-1], slopes[::-1], strict=True):
        deltas.insert(0, W.T @ deltas[0] * slope)
    dW = [d @ a.T for d, a in zip(deltas, activations[:-1], strict=True)]
    cost = terms(activations[-1], y).sum()
    return {"z": zs, "a": activations[1:], "delta": deltas, "dW": dW, "cost": cost}
