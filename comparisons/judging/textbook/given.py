"""What a program takes its problem to be: one draw, in float64."""

from typing import NamedTuple

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Activation
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.parameters import Array


class Given(NamedTuple):
    """What a program takes its problem to be. Sequences are over the layers.

    ``before`` is the problem that it was asked before, if that has much in common with this one.
    """

    W: tuple[Array, ...]
    b: tuple[Array, ...]
    alpha: tuple[Array | None, ...]
    activations: tuple[str, ...]
    cost: str
    x: Array
    y: Array
    l2: float = 0.0
    before: "Given | None" = None

    @property
    def depth(self) -> int:
        return len(self.W)

    @property
    def batch(self) -> int:
        return self.x.shape[-1]

    def sigma(self, l: int) -> Activation:
        """σ of a layer, with its α."""
        alpha = self.alpha[l - 1]
        return ACTIVATIONS[self.activations[l - 1]].of({} if alpha is None else {"alpha": alpha})

    def with_sigma(self, layers: range, name: str) -> "Given":
        """Another σ in some layers."""
        names = [name if l in layers else own for l, own in enumerate(self.activations, start=1)]
        return self._replace(activations=tuple(names))


def given(problem: Problem, draw: int) -> Given:
    """One draw of a stack in float64."""
    W, b = (tuple(array[draw] for array in layers) for layers in (problem.W, problem.b))
    alpha = tuple(None if array is None else array[draw] for array in problem.alpha)
    names, cost = problem.activations, problem.cost
    return Given(W, b, alpha, names, cost, problem.x[draw], problem.y[draw], problem.l2)
