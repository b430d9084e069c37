"""A gradient step of scikit-learn's perceptron: ``_backprop``, as its fit calls it."""

from crossgrad.comparisons.backends.sklearn_mlp import empty, receive
from crossgrad.comparisons.commands.bench.timing import Work
from crossgrad.comparisons.problems.problem import Problem


def sklearn_step(problem: Problem) -> Work:
    """Loss and gradients, into lists that it fills."""
    network, x, y = receive(problem)
    depth = problem.architecture.depth

    def work() -> None:
        states, deltas, dW, db = [x, *empty(depth)], empty(depth), empty(depth), empty(depth)
        network._backprop(x, y, None, states, deltas, dW, db)  # noqa: SLF001

    return work
