"""The programs: other orders, layouts, formats and formulas, all of them right."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from crossgrad.comparisons.backends.variants.formulas import (
    COST,
    FROM_A,
    FROM_Z,
    OTHERWISE,
    divisor,
    of_layers,
)
from crossgrad.comparisons.backends.variants.passes import (
    WIDER,
    Answer,
    Way,
    backwards,
    in_one_rounding,
    refuse_storage,
    run,
)
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Form
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.activations import Jacobian
from crossgrad.reference.parameters import Array


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


def slope_in_another_order(problem: Problem) -> Answer:
    """σ′ of gelu_tanh, say, as ½t + x + ½, in that order."""
    if not {*problem.activations} & {*OTHERWISE}:
        raise NotImplementedError(f"{', '.join(OTHERWISE)}, otherwise: no layer has it")
    return run(problem, Way(formulas=FROM_A | OTHERWISE))


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


def separate_orders(problem: Problem) -> Answer:
    """Gradients only: ∂C/∂W of sums from the last term, ∂C/∂b of another pass, from the first."""
    return {"dW": run(problem, Way(dot=backwards))["dW"], "db": run(problem, Way())["db"]}


# ------------------------------------------------------------------ costs, otherwise
def cost_by(problem: Problem, made_of: str) -> Answer:
    """With another formula of the cost, if it has one that is made of this."""
    if not (form := COSTS[problem.cost].otherwise.get(made_of)):
        raise NotImplementedError(f"{problem.cost} by {made_of}")
    return run(problem, Way(costs={problem.cost: form}))


def softmax_by_logsumexp(problem: Problem) -> Answer:
    """P = e^{a - logsumexp(a)}, as SciPy has it."""
    return cost_by(problem, "logsumexp")


def softmax_by_unshifted_sum(problem: Problem) -> Answer:
    """P = e^{a - log Σ eᵃ}, and C the sum less the likely logit, as tutorials have it."""
    return cost_by(problem, "unshifted sum")


def softmax_by_log_softmax(problem: Problem) -> Answer:
    """P = e^{log_softmax(a)}."""
    return cost_by(problem, "log_softmax")


def logits_by_logaddexp(problem: Problem) -> Answer:
    """C = logaddexp(0, a) - ya, and its gradient as ``jax.grad`` has it: e^{a - logaddexp} - y."""
    return cost_by(problem, "logaddexp")


def cost_from_logits(problem: Problem) -> Answer:
    """A cost of a = σ(z) as that of z: of the binary cross-entropy, of logits, δ = (aᴸ - y)/m."""
    *hidden, output = problem.activations
    if not (cost := COSTS[problem.cost].of_logits):
        raise NotImplementedError(f"cost from logits: {problem.cost}")
    of_logits = replace(problem.architecture, activations=(*hidden, str(cost.last)), cost=cost.name)
    answer = run(replace(problem, architecture=of_logits), Way())
    with np.errstate(all="ignore"):
        return answer | {"a": [*answer["a"][:-1], FROM_Z[output].sigma(answer["z"][-1])]}


# ------------------------------------------------------------------ scaled
def loss_scaled_by_1000(problem: Problem) -> Answer:
    """As mixed precision does it, but by no power of two."""
    refuse_storage(problem)
    return run(problem, Way(scale=1000.0))


def loss_scaled_by_3(problem: Problem) -> Answer:
    refuse_storage(problem)
    return run(problem, Way(dot=backwards, scale=3.0))


def loss_scaled_dynamically(problem: Problem) -> Answer:
    """By a power of two, which is halved until nothing overflows: mixed precision's own way."""
    scale = 1024.0
    while True:
        answer = run(problem, Way(scale=scale))
        told = (array for name in ("dW", "db", "delta") for array in answer[name])
        if scale == 1 or all(np.isfinite(array).all() for array in told):
            return answer
        scale /= 2


def divided_last(problem: Problem) -> Answer:
    """The costs of the samples are summed; every derivative is divided by m n_L at the end."""
    return run(problem, Way(mean_last=True))


def micro_batches(problem: Problem) -> Answer:
    """The gradients of three samples at a time, the last perhaps of fewer, weighted by k/m.

    Of classes k and m are what counts; of three samples of which none does there is no mean.
    """
    return accumulated(problem, partial(run, way=Way()))


def micro_batches_divided_last(problem: Problem) -> Answer:
    """Likewise, each sum divided by k when it is complete."""
    return accumulated(problem, per_example)


def accumulated(problem: Problem, answered: Callable[[Problem], Answer]) -> Answer:
    """The answers to micro-batches of three, each the mean of its own, as one."""
    refuse_storage(problem)
    starts, t = range(0, problem.batch, 3), problem.x.dtype.type
    parts = [replace(problem, x=problem.x[:, s : s + 3], y=problem.y[:, s : s + 3]) for s in starts]
    if not all(map(divisor, parts)):
        raise NotImplementedError("micro-batches of which no sample counts")
    weights = [t(divisor(part)) / t(divisor(problem)) for part in parts]
    answers, layers = [answered(part) for part in parts], range(len(problem.W))
    weighted = list(zip(weights, answers, strict=True))
    with np.errstate(all="ignore"):
        answer: Answer = {
            name: [np.hstack([a[name][l] for a in answers]) for l in layers] for name in ("z", "a")
        }
        answer["delta"] = [np.hstack([w * a["delta"][l] for w, a in weighted]) for l in layers]
        for name in ("dW", "db"):
            answer[name] = [sum(w * a[name][l] for w, a in weighted) for l in layers]
        return answer | {"cost": sum(w * a["cost"] for w, a in weighted)}


# ------------------------------------------------------------------ rows are samples
def row_layout(problem: Problem) -> Answer:
    """Rows are samples: Z = X Wᵀ + bᵀ; transposed back at the end."""
    refuse_storage(problem)
    with np.errstate(all="ignore"):
        zs, activations = forward_in_rows(problem)
        deltas = backward_in_rows(problem, zs, activations)
        rows = {"z": zs, "a": activations[1:], "delta": deltas}
        terms, m = COST[problem.cost].terms, problem.x.dtype.type(divisor(problem))
        return {key: [array.T for array in arrays] for key, arrays in rows.items()} | {
            "cost": terms(activations[-1].T, problem.y).sum() / m,
            "dW": [(a.T @ d).T for a, d in zip(activations[:-1], deltas, strict=True)],
            "db": [d.sum(axis=0, keepdims=True).T for d in deltas],
        }


def forward_in_rows(problem: Problem) -> tuple[list[Array], list[Array]]:
    """Z of each layer, and A from the input on."""
    zs, activations = list[Array](), [problem.x.T]
    for W, b, form in zip(problem.W, problem.b, all_in_rows(problem), strict=True):
        zs.append(activations[-1] @ W.T + b.T)
        activations.append(form.sigma(zs[-1]))
    return zs, activations


def backward_in_rows(problem: Problem, zs: list[Array], activations: list[Array]) -> list[Array]:
    layers = zip(all_in_rows(problem), zs, activations[1:], strict=True)
    *slopes, last = [form.sigma_prime(z, a) for form, z, a in layers]
    gradient = COST[problem.cost].gradient(activations[-1].T, problem.y).T
    deltas = [gradient * last / divisor(problem)]
    for W, slope in zip(problem.W[:0:-1], slopes[::-1], strict=True):
        deltas.insert(0, deltas[0] @ W * slope)
    return deltas


def all_in_rows(problem: Problem) -> list[Form]:
    """Those of each layer; α is a row."""
    layers = zip(problem.activations, problem.alpha, strict=True)
    return [in_rows(name).of(None if alpha is None else alpha.T) for name, alpha in layers]


def in_rows(name: str) -> Form:
    columns = FROM_Z[name]
    if name in ELEMENTWISE:
        return columns

    def jacobian(z: Array, a: Array) -> Jacobian:
        slope = columns.sigma_prime(z.T, a.T)
        return Jacobian(lambda v: (v.T * slope).T)

    return Form(lambda z: columns.sigma(z.T).T, jacobian)


def slopes_of(problem: Problem, zs: list[Array], activations: list[Array]) -> list[Array]:
    """σ′ of each layer."""
    layers = zip(of_layers(FROM_Z, problem), zs, activations, strict=True)
    return [form.sigma_prime(z, a) for form, z, a in layers]


# ------------------------------------------------------------------ one sample at a time
def per_example(problem: Problem) -> Answer:
    """One sample at a time, its cost not averaged; sums divided at the end, and each δ too."""
    refuse_storage(problem)
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
    for W, b, form in zip(problem.W, problem.b, of_layers(FROM_Z, problem), strict=True):
        zs.append(W @ activations[-1] + b)
        activations.append(form.sigma(zs[-1]))
    cost_form = COST[problem.cost]
    *slopes, last = slopes_of(problem, zs, activations[1:])
    deltas = [cost_form.gradient(activations[-1], y) * last]
    for W, slope in zip(problem.W[:0:-1], slopes[::-1], strict=True):
        deltas.insert(0, W.T @ deltas[0] * slope)
    dW = [d @ a.T for d, a in zip(deltas, activations[:-1], strict=True)]
    cost = cost_form.terms(activations[-1], y).sum()
    return {"z": zs, "a": activations[1:], "delta": deltas, "dW": dW, "cost": cost}
