"""scikit-learn's multilayer perceptron: the ``_backprop`` that its fit calls, called by itself.

It knows one activation for all hidden layers, and of each loss the output activation with which
its output error is a - y. What its squared loss says and what its gradients are differ:

- the loss is Σ (a - y)² / (2 m n_L), a mean over the outputs too;
- the gradients are those of Σ (a - y)² / (2 m): n_L times as large (scikit-learn #8349).

So ``quadratic`` is what its gradients belong to, at n_L times the loss. ``mse`` is twice the loss,
and twice the gradients: wrong by n_L, as a user finds it who believes the loss.
"""

from typing import Any, NamedTuple

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.extmath import safe_sparse_dot

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

#: Of hidden layers.
ACTIVATION = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}


class Output(NamedTuple):
    """The estimator that has a cost's loss, and its output activation.

    The cost's gradients are so many times its own, and C as many times its loss, and n_L times if
    that is a mean over the outputs where C is a sum.
    """

    estimator: type[Any]
    activation: str
    scale: int = 1
    summed: bool = False


OUTPUT = {
    "quadratic": Output(MLPRegressor, "identity", summed=True),
    "mse": Output(MLPRegressor, "identity", scale=2),
    "binary_cross_entropy": Output(MLPClassifier, "logistic"),
    "sigmoid_cross_entropy": Output(MLPClassifier, "logistic"),
    "softmax_cross_entropy": Output(MLPClassifier, "softmax"),
}


def trace(problem: Problem) -> Trace:
    """Its arrays have a sample a row; its δ is not yet divided by the number of samples."""
    network, x, y = receive(problem)
    depth = problem.architecture.depth
    states, deltas, dW, db = [x, *empty(depth)], empty(depth), empty(depth), empty(depth)
    loss, dW, db = network._backprop(x, y, None, states, deltas, dW, db)  # noqa: SLF001
    zs = overwritten(network, states)
    activations = [*states[1:-1], zs[-1] if COSTS[problem.cost].probabilities else states[-1]]
    _, _, scale, summed = OUTPUT[problem.cost]
    outputs = problem.widths[-1] if summed else 1
    return Trace(
        dW=[scale * d.T for d in dW],
        db=[scale * d[:, None] for d in db],
        cost=np.asarray(scale * outputs * loss),
        z=[z.T for z in zs],
        a=[a.T for a in activations],
        delta=[scale * d.T / problem.batch for d in deltas],
    )


def empty(depth: int) -> list[Any]:
    """A place a layer, for it to fill in."""
    return [None] * depth


def overwritten(network: Any, states: list[Array]) -> list[Array]:  # noqa: ANN401
    """Each z, which a has overwritten: the same sum of the same numbers once more."""
    parts = zip(states[:-1], network.coefs_, network.intercepts_, strict=True)
    return [safe_sparse_dot(a, weights) + bias for a, weights, bias in parts]


def receive(problem: Problem) -> tuple[Any, Array, Array]:
    """The estimator, as its fit prepares it, with the problem's weights; batch and targets."""
    check(problem)
    estimator, output, *_ = OUTPUT[problem.cost]
    activation = ACTIVATION[problem.activations[0] if problem.architecture.depth > 1 else "relu"]
    network = estimator(activation=activation, alpha=0)  # no penalty
    network.n_layers_ = len(problem.widths)
    network.out_activation_ = output
    network.coefs_ = [np.ascontiguousarray(weights.T) for weights in problem.W]
    network.intercepts_ = [bias[:, 0] for bias in problem.b]
    return network, np.ascontiguousarray(problem.x.T), np.ascontiguousarray(problem.y.T)


def check(problem: Problem) -> None:
    """Raise ``NotSupportedError`` with a reason, unless scikit-learn can express it."""
    *hidden, last = problem.activations
    if problem.dtype not in ("float64", "float32"):
        raise NotSupportedError(f"sklearn: {problem.dtype}: float64 and float32 only")
    for name in hidden:
        if name not in ACTIVATION:
            raise NotSupportedError(f"sklearn: {name}: known are {', '.join(ACTIVATION)}")
    if len(set(hidden)) > 1:
        raise NotSupportedError("sklearn: one activation for all hidden layers")
    output = OUTPUT[problem.cost]
    if output.activation == "identity" != last:
        raise NotSupportedError(f"sklearn: {problem.cost} after {last}: outputs are linear")
    if output.activation == "softmax" and problem.widths[-1] == 1:
        raise NotSupportedError("sklearn: softmax of one output: it would take the logistic")
