"""Correct programs that are not the reference: other orders, layouts, formats and formulas.

Each is a ``gradients(problem)`` as the contract has it, over all activations and costs, in NumPy
and with formulas of its own. What they have in common is that they are right.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

# ------------------------------------------------------------------ formulas from z
erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def logistic(z):
    """1 / (1 + e⁻ᶻ): where e⁻ᶻ overflows, the quotient is 0, as it should be."""
    return 1 / (1 + np.exp(-z))


def upper_tail(z):
    """½ erfc(-z/√2), the normal distribution function, in the format of z."""
    return (0.5 * erfc(-z / math.sqrt(2))).astype(z.dtype)


def lower_and_upper(z):
    """½ (1 + erf(z/√2)): the same, as textbooks have it."""
    return (1 + erf(z / math.sqrt(2)).astype(z.dtype)) / 2


def density(z):
    """The normal density."""
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def cubic(z):
    """The argument of gelu's tanh."""
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def cubic_prime(z):
    """Its derivative."""
    return math.sqrt(2 / math.pi) * (1 + 0.134145 * z**2)


def gelu_tanh_prime(z, _a):
    """½ (1 + t) + ½ z (1 - t²) u′, as textbooks have it."""
    t = np.tanh(cubic(z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * cubic_prime(z)


def gelu_logistic_prime(z, _a):
    """The derivative of z s(2u), by the product rule."""
    s, other = logistic(2 * cubic(z)), logistic(-2 * cubic(z))
    return s + 2 * z * s * other * cubic_prime(z)


def mish_prime(z, _a):
    """T + z (1 - t²) s."""
    t = np.tanh(np.logaddexp(0, z))
    return t + z * (1 - t * t) * logistic(z)


def mish_cosh_prime(z, _a):
    """T + z s / cosh²(softplus z)."""
    w = np.logaddexp(0, z)
    return np.tanh(w) + z * logistic(z) / np.cosh(w) ** 2


def one_where(truth, z, otherwise=0.0):
    """1 where it is true, in the format of z."""
    return np.where(truth, z.dtype.type(1), z.dtype.type(otherwise))


#: Name → σ(z) and σ′(z, a), σ′ from z.
FROM_Z = {
    "identity": (lambda z: +z, lambda z, _: z * 0 + 1),
    "sigmoid": (logistic, lambda z, _: logistic(z) * logistic(-z)),
    "tanh": (np.tanh, lambda z, _: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: np.where(z > 0, z, z.dtype.type(0)), lambda z, _: one_where(z > 0, z)),
    "leaky_relu": (
        lambda z: np.maximum(z, z.dtype.type(0.01) * z),
        lambda z, _: one_where(z > 0, z, 0.01),
    ),
    "elu": (
        lambda z: np.where(z > 0, z, np.expm1(z)),
        lambda z, _: np.where(z > 0, z.dtype.type(1), np.exp(z)),
    ),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z, _: logistic(z)),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z, _: logistic(z) * (1 + z * logistic(-z))),
    "gelu": (lambda z: z * upper_tail(z), lambda z, _: upper_tail(z) + z * density(z)),
    "gelu_tanh": (lambda z: z * logistic(2 * cubic(z)), gelu_logistic_prime),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z, _: 1 / (1 + abs(z)) ** 2),
    "log_sigmoid": (lambda z: -np.logaddexp(0, -z), lambda z, _: logistic(-z)),
    "mish": (lambda z: z * np.tanh(np.logaddexp(0, z)), mish_cosh_prime),
    "hardtanh": (lambda z: np.clip(z, -1, 1), lambda z, _: one_where(abs(z) < 1, z)),
}
#: The same as students write them: σ′ from a where it can be. (The textbook's eᶻ - 1 and
#: log(1 + eᶻ) lose all digits near 0 and far below it: expm1 and logaddexp are the least.)
FROM_A = {
    **FROM_Z,
    "sigmoid": (logistic, lambda _, a: a * (1 - a)),
    "tanh": (np.tanh, lambda _, a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda _, a: one_where(a > 0, a)),
    "leaky_relu": (FROM_Z["leaky_relu"][0], lambda _, a: one_where(a > 0, a, 0.01)),
    "elu": (FROM_Z["elu"][0], lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1)),
    "softplus": (FROM_Z["softplus"][0], lambda z, a: np.exp(z - a)),
    "silu": (lambda z: z * logistic(z), lambda z, a: a + logistic(z) * (1 - a)),
    "gelu": (lambda z: z * lower_and_upper(z), lambda z, _: lower_and_upper(z) + z * density(z)),
    "gelu_tanh": (lambda z: 0.5 * z * (1 + np.tanh(cubic(z))), gelu_tanh_prime),
    "softsign": (FROM_Z["softsign"][0], lambda _, a: (1 - abs(a)) ** 2),
    "log_sigmoid": (FROM_Z["log_sigmoid"][0], lambda z, a: np.exp(a - z)),
    "mish": (FROM_Z["mish"][0], mish_prime),
    "hardtanh": (FROM_Z["hardtanh"][0], lambda _, a: one_where(abs(a) < 1, a)),
}


# ------------------------------------------------------------------ costs, summed, not averaged
def softmax(a):
    """e^{a_j} / Σ e^{a_k}."""
    e = np.exp(a - a.max(axis=0))
    return e / e.sum(axis=0)


def log_softmax(a):
    """Its logarithm."""
    shifted = a - a.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def squares(a, y):
    """½ (a - y)²: half the cost of mse before it is averaged, all that of quadratic."""
    return 0.5 * (a - y) ** 2


#: Name → the terms of the cost, and its gradient; ``divisor`` makes the mean of them.
COST = {
    "quadratic": (squares, lambda a, y: a - y),
    "mse": (squares, lambda a, y: a - y),
    "binary_cross_entropy": (
        lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
        lambda a, y: (1 - y) / (1 - a) - y / a,
    ),
    "sigmoid_cross_entropy": (
        lambda a, y: np.maximum(a, 0) - a * y + np.log1p(np.exp(-abs(a))),
        lambda a, y: logistic(a) - y,
    ),
    "softmax_cross_entropy": (
        lambda a, y: -y * log_softmax(a),
        lambda a, y: softmax(a) - y,
    ),
}


def divisor(problem):
    """What the sum over the batch is divided by: m, for mse m n_L / 2."""
    outputs = problem.widths[-1]
    return problem.batch * outputs / 2 if problem.cost == "mse" else problem.batch


# ------------------------------------------------------------------ orders of summation
def at_once(A, B, plus=None):
    """A B + plus, the bias last."""
    return A @ B if plus is None else A @ B + plus


def backwards(A, B, plus=None):
    """A B + plus, from the bias and the last product to the first."""
    total = np.zeros((A.shape[0], B.shape[1]), A.dtype) if plus is None else plus
    for column, row in zip(A.T[::-1], B[::-1], strict=True):
        total = total + column[:, None] * row
    return total


def in_one_rounding(A, B, plus=None):
    """A B + plus in float32 by fused multiply-adds: exact products, one rounding a step."""
    if A.dtype != np.float32:
        raise NotImplementedError(f"fused multiply-adds in {A.dtype}")
    total = np.zeros((A.shape[0], B.shape[1]), A.dtype) if plus is None else plus
    for column, row in zip(A.T.astype(float), B.astype(float), strict=True):
        total = (total + column[:, None] * row).astype(A.dtype)
    return total


# ------------------------------------------------------------------ the whole pass
class Program(NamedTuple):
    """How sums of products are taken, which formulas stand for σ and σ′, and in which format."""

    dot: Callable = at_once
    formulas: dict = FROM_Z
    wider: dict = {}  # noqa: RUF012 - never written to


#: Formats in which the products of two numbers are exact, or nearly.
WIDER = {"float32": np.float64, "float64": np.longdouble}


def run(problem, program):
    """The whole trace; each equation is evaluated as the program says."""
    narrow = partial(np.asarray, dtype=problem.dtype)

    def equation(formula, *arrays):
        wide = program.wider.get(problem.dtype, problem.dtype)
        with np.errstate(all="ignore"):
            return narrow(formula(*(array.astype(wide) for array in arrays)))

    zs, activations, primes, M = [], [problem.x], [], divisor(problem)
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        sigma, sigma_prime = program.formulas[name]
        zs.append(equation(program.dot, W, activations[-1], b))
        activations.append(equation(sigma, zs[-1]))
        primes.append(sigma_prime)

    terms, gradient = COST[problem.cost]
    a, z, sigma_prime = activations[-1], zs[-1], primes[-1]
    cost = equation(lambda a, y: total(program, terms(a, y)) / M, a, problem.y)
    deltas = [equation(lambda a, y, z: gradient(a, y) / M * sigma_prime(z, a), a, problem.y, z)]
    below = zip(problem.W[1:], zs[:-1], activations[1:-1], primes[:-1], strict=True)
    for W, z, a, sigma_prime in reversed(list(below)):
        deltas.insert(0, equation(partial(bp2, program, sigma_prime), W, deltas[0], z, a))
    return {
        "cost": cost,
        "z": zs,
        "a": activations[1:],
        "delta": deltas,
        "dW": [
            equation(lambda d, a: program.dot(d, a.T), *pair)
            for pair in zip(deltas, activations[:-1], strict=True)
        ],
        "db": [equation(lambda d: program.dot(d, ones(d)), delta) for delta in deltas],
    }


def bp2(program, sigma_prime, W, delta, z, a):
    """(Wᵀ δ) ⊙ σ′."""
    return program.dot(W.T, delta) * sigma_prime(z, a)


def total(program, terms):
    """The sum of all entries, in the program's order."""
    row = terms.reshape(1, -1)
    return program.dot(row, ones(row))[0, 0]


def ones(rows):
    """A column of ones: a product with it is the sum of each row."""
    return np.ones((rows.shape[1], 1), rows.dtype)


# ------------------------------------------------------------------ the implementations
def reversed_sums(problem):
    """Every sum from its last term to its first."""
    return run(problem, Program(dot=backwards))


def fused(problem):
    """Every sum of products by fused multiply-adds; float32 only."""
    return run(problem, Program(dot=in_one_rounding))


def textbook(problem):
    """σ′ from a, as students write it."""
    return run(problem, Program(formulas=FROM_A))


def higher_precision(problem):
    """Every equation in a wider format, its result rounded, and the next from what was rounded."""
    return run(problem, Program(wider=WIDER))


def higher_precision_gradients_only(problem):
    """All in float64; only the gradients are rounded."""
    answer = run(problem.astype("float64"), Program())
    return {key: [g.astype(problem.dtype) for g in answer[key]] for key in ("dW", "db")}


def gradients_only(problem):
    """In the format, and nothing but the gradients told."""
    answer = run(problem, Program())
    return {"dW": answer["dW"], "db": answer["db"]}


def row_layout(problem):
    """Rows are samples: Z = X Wᵀ + bᵀ; transposed back at the end."""
    with np.errstate(all="ignore"):
        zs, activations = [], [problem.x.T]
        for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
            zs.append(activations[-1] @ W.T + b.T)
            activations.append(FROM_Z[name][0](zs[-1]))
        terms, gradient = COST[problem.cost]
        a, m = activations[-1], divisor(problem)
        slopes = [FROM_Z[name][1](z, None) for name, z in zip(problem.activations, zs, strict=True)]
        deltas = [gradient(a.T, problem.y).T * slopes[-1] / m]
        for W, slope in zip(problem.W[:0:-1], slopes[-2::-1], strict=True):
            deltas.insert(0, deltas[0] @ W * slope)
        dW = [(a.T @ d).T for a, d in zip(activations[:-1], deltas, strict=True)]
        rows = {"z": zs, "a": activations[1:], "delta": deltas}
        return {key: [array.T for array in arrays] for key, arrays in rows.items()} | {
            "cost": terms(a.T, problem.y).sum() / problem.x.dtype.type(m),
            "dW": dW,
            "db": [d.sum(axis=0, keepdims=True).T for d in deltas],
        }


def per_example(problem):
    """One sample at a time, its cost not averaged; sums divided at the end, and each δ too."""
    M, samples = problem.x.dtype.type(divisor(problem)), range(problem.batch)
    with np.errstate(all="ignore"):
        passes = [one_sample(problem, problem.x[:, [i]], problem.y[:, [i]]) for i in samples]
        layers = range(len(problem.W))
        answer = {
            key: [np.hstack([p[key][l] for p in passes]) for l in layers]
            for key in ("z", "a", "delta")
        }
        answer["delta"] = [delta / M for delta in answer["delta"]]
        answer["cost"] = sum(p["cost"] for p in passes) / M
        answer["dW"] = [sum(p["dW"][l] for p in passes) / M for l in layers]
        answer["db"] = [sum(p["delta"][l] for p in passes) / M for l in layers]
    return answer


def one_sample(problem, x, y):
    """Everything of one column, without any 1/m."""
    zs, activations = [], [x]
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        zs.append(W @ activations[-1] + b)
        activations.append(FROM_Z[name][0](zs[-1]))
    terms, gradient = COST[problem.cost]
    slopes = [FROM_Z[name][1](z, None) for name, z in zip(problem.activations, zs, strict=True)]
    deltas = [gradient(activations[-1], y) * slopes[-1]]
    for W, slope in zip(problem.W[:0:-1], slopes[-2::-1], strict=True):
        deltas.insert(0, W.T @ deltas[0] * slope)
    dW = [d @ a.T for d, a in zip(deltas, activations[:-1], strict=True)]
    cost = terms(activations[-1], y).sum()
    return {"z": zs, "a": activations[1:], "delta": deltas, "dW": dW, "cost": cost}


#: All of them, and a name for each.
IMPLEMENTATIONS = {
    function.__name__: function
    for function in (
        reversed_sums,
        row_layout,
        per_example,
        higher_precision,
        higher_precision_gradients_only,
        gradients_only,
        fused,
        textbook,
    )
}
