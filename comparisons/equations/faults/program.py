"""A program with one fault in it: the pass of the reference, one equation of it replaced.

What lies downstream is computed from the faulty result, as a program with that fault would, so
that its trace is at odds with itself at one place only. A program is a ``gradients(problem)`` as
anybody's own backend is, and is judged as one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossgrad.comparisons.equations.faults.formats import rounded
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.activations import ACTIVATIONS, Activation, prelu_alpha
from crossgrad.reference.backprop import bp1, bp2, bp3, bp4
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

Answer = dict[str, Any]
Program = Callable[[Problem], Answer]


@dataclass(slots=True)
class Step:
    """A pass under way, at layer ``l`` (from 0): all that an equation there can use, or misuse.

    ``below`` is aˡ⁻¹, ``slope`` σ′(zˡ), ``gradient`` ∇ₐC. ``memory`` outlives the call.
    """

    problem: Problem
    memory: dict[str, Any]
    l: int = 0
    zs: list[Array] = field(default_factory=list)
    activations: list[Array] = field(default_factory=list)
    deltas: dict[int, Array] = field(default_factory=dict)

    @property
    def W(self) -> Array:
        """The weights of this layer."""
        return self.problem.W[self.l]

    @property
    def b(self) -> Array:
        """The biases of this layer."""
        return self.problem.b[self.l]

    @property
    def y(self) -> Array:
        """The targets."""
        return self.problem.y

    @property
    def m(self) -> int:
        """The number of samples."""
        return self.problem.batch

    @property
    def name(self) -> str:
        """The activation of this layer."""
        return self.problem.activations[self.l]

    @property
    def below(self) -> Array:
        """The activations of the layer below, or the input."""
        return self.activations[self.l]

    @property
    def z(self) -> Array:
        """The weighted sums of this layer."""
        return self.zs[self.l]

    @property
    def a(self) -> Array:
        """The activations of this layer."""
        return self.activations[self.l + 1]

    @property
    def slope(self) -> Array:
        """σ′(z) of this layer."""
        return self.sigma_prime(self.z)

    @property
    def gradient(self) -> Array:
        """∇ₐC."""
        return COSTS[self.problem.cost].gradient(self.a, self.y)

    @property
    def W_next(self) -> Array:
        """The weights of the layer above."""
        return self.problem.W[self.l + 1]

    @property
    def delta_next(self) -> Array:
        """δ of the layer above."""
        return self.deltas[self.l + 1]

    @property
    def delta(self) -> Array:
        """δ of this layer."""
        return self.deltas[self.l]

    @property
    def v(self) -> Array:
        """(Wˡ⁺¹)ᵀ δˡ⁺¹."""
        return self.W_next.mT @ self.delta_next

    @property
    def by_hand(self) -> Activation:
        """The activation of this layer, with its α."""
        return ACTIVATIONS[self.name].of(self.problem.of_layer(self.l + 1).get("alpha"))

    @property
    def by_a(self) -> Array:
        """∂C/∂a of this layer."""
        return self.v if self.l + 1 < len(self.problem.W) else self.gradient

    def sigma(self, z: Array) -> Array:
        """σ of this layer."""
        return self.by_hand.sigma(z)

    def sigma_prime(self, z: Array) -> Array:
        """σ′ of this layer."""
        return self.by_hand.sigma_prime(z)

    def number(self, value: object) -> Array:
        """In the problem's format; bfloat16 is held in float32."""
        if self.problem.dtype == "bfloat16":
            return rounded(np.asarray(value, dtype=np.float32), 8)
        return np.asarray(value, dtype=self.problem.dtype)


#: Each equation, done right.
RIGHT: dict[str, Callable[[Step], Any]] = {
    "z": lambda at: at.W @ at.below + at.b,
    "a": lambda at: at.sigma(at.z),
    "cost": lambda at: COSTS[at.problem.cost].value(at.a, at.y),
    "BP1": lambda at: bp1(at.gradient, at.slope),
    "BP2": lambda at: bp2(at.W_next, at.delta_next, at.slope),
    "BP3": lambda at: bp3(at.delta),
    "BP4": lambda at: bp4(at.delta, at.below),
}
#: ∂C/∂ what is learnt of an activation.
OF_SIGMA: dict[str, Callable[[Step], Any]] = {"alpha": lambda at: prelu_alpha(at.by_a, at.z)}
EQUATIONS = RIGHT | OF_SIGMA


def program(wrong: Mapping[tuple[str, int], Callable[[Step], Any]] | None = None) -> Program:
    """The pass, with (equation, layer from 1) replaced by what is wrong; with memory of its own."""
    replaced, memory = dict(wrong or {}), dict[str, Any]()

    def gradients(problem: Problem) -> Answer:
        with np.errstate(all="ignore"):
            return run(problem, replaced, memory)

    return gradients


def run(
    problem: Problem, wrong: Mapping[tuple[str, int], Callable[[Step], Any]], memory: dict[str, Any]
) -> Answer:
    """Forward, then backward, as ``reference/backprop.py`` goes."""
    at = Step(problem, memory, activations=[problem.x])

    def result(check: str, l: int) -> Array:
        at.l = l
        return at.number(wrong.get((check, l + 1), EQUATIONS[check])(at))

    layers = range(len(problem.W))
    for l in layers:
        at.zs.append(result("z", l))
        at.activations.append(result("a", l))
    cost = result("cost", layers[-1])
    for l in reversed(layers):
        at.deltas[l] = result("BP1" if l == layers[-1] else "BP2", l)
    given = [alpha is not None for alpha in problem.alpha]
    dalpha = [result("alpha", l) if given[l] else None for l in layers]
    return ({"dalpha": dalpha} if any(given) else {}) | {
        "db": [result("BP3", l) for l in layers],
        "dW": [result("BP4", l) for l in layers],
        "cost": cost,
        "z": at.zs,
        "a": at.activations[1:],
        "delta": [at.deltas[l] for l in layers],
    }
