"""The algorithm as Nielsen's book states it, example by example; sigmoid neurons only.

Michael Nielsen, *Neural Networks and Deep Learning*, ch. 2: for each training example of the
mini-batch, feed forward, take the output error, propagate it backward; then the mean of what the
examples say. With the cross-entropy (ch. 3) the output error is a - y: σ′ has cancelled.
"""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

Example = tuple[Array, Array]  # x and y, each a column
States = list[Array]  # a column, or a matrix, a layer


def trace(problem: Problem) -> Trace:
    """The sums of what the examples say, divided by their number, as a step of descent does it."""
    W, b, x, y = receive(problem)
    examples = zip(columns(x), columns(y), strict=True)
    with np.errstate(over="ignore"):  # e⁻ᶻ is ∞ where the neuron is silent
        answers = [backprop(W, b, example, problem.cost) for example in examples]
    costs, zs, activations, deltas, nabla_w, nabla_b = zip(*answers, strict=True)
    m = problem.batch
    return Trace(
        dW=[sum(terms) / m for terms in zip(*nabla_w, strict=True)],
        db=[sum(terms) / m for terms in zip(*nabla_b, strict=True)],
        cost=sum(costs) / m,
        z=side_by_side(zs),
        a=side_by_side(activations),
        delta=[delta / m for delta in side_by_side(deltas)],
    )


def receive(problem: Problem) -> tuple[tuple[Array, ...], tuple[Array, ...], Array, Array]:
    """The problem's arrays; raises ``NotSupportedError`` for what the book does not speak of."""
    if set(problem.activations) != {"sigmoid"}:
        other = next(name for name in problem.activations if name != "sigmoid")
        raise NotSupportedError(f"nielsen: {other}: the book's neurons are sigmoids")
    if problem.cost not in COST:
        raise NotSupportedError(f"nielsen: {problem.cost}: the book has {' and '.join(COST)}")
    if problem.dtype not in ("float64", "float32"):
        raise NotSupportedError(f"nielsen: {problem.dtype}: NumPy would add up in 16 bits")
    return problem.W, problem.b, problem.x, problem.y


# ------------------------------------------------------------------ one example
def backprop(
    W: tuple[Array, ...], b: tuple[Array, ...], example: Example, cost: str
) -> tuple[Array, States, States, States, States, States]:
    """The cost of one example, z, a and δ of each layer, and what it says of w and b."""
    x, y = example
    zs, activations = feedforward(W, b, x)
    value, error = COST[cost]
    deltas = [error(activations[-1], y, zs[-1])]
    for weights, z in zip(reversed(W[1:]), reversed(zs[:-1]), strict=True):
        deltas.insert(0, weights.T @ deltas[0] * sigmoid_prime(z))
    below = [x, *activations[:-1]]
    nabla_w = [delta @ a.T for delta, a in zip(deltas, below, strict=True)]
    return value(activations[-1], y), zs, activations, deltas, nabla_w, deltas


def feedforward(W: tuple[Array, ...], b: tuple[Array, ...], a: Array) -> tuple[States, States]:
    zs, activations = [], []
    for weights, bias in zip(W, b, strict=True):
        z = weights @ a + bias
        a = sigmoid(z)
        zs.append(z)
        activations.append(a)
    return zs, activations


# ------------------------------------------------------------------ functions
def sigmoid(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ)."""
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z: Array) -> Array:
    """σ (1 - σ)."""
    return sigmoid(z) * (1 - sigmoid(z))


def cross_entropy(a: Array, y: Array) -> Array:
    """-Σ y log a + (1 - y) log(1 - a)."""
    return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))


#: Of one example: the cost, and the output error by a, y and z.
COST: dict[str, tuple[Callable[[Array, Array], Array], Callable[[Array, Array, Array], Array]]] = {
    "quadratic": (
        lambda a, y: np.sum((a - y) ** 2) / 2,
        lambda a, y, z: (a - y) * sigmoid_prime(z),
    ),
    "binary_cross_entropy": (cross_entropy, lambda a, y, _z: a - y),
}


# ------------------------------------------------------------------ shapes
def columns(array: Array) -> list[Array]:
    """Each sample as a column of its own."""
    return [array[:, [k]] for k in range(array.shape[1])]


def side_by_side(examples: tuple[States, ...]) -> States:
    """[example][layer] of columns → layer of matrices."""
    return [np.hstack(layer) for layer in zip(*examples, strict=True)]
