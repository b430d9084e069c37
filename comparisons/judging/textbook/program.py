"""The plain program that mistakes are planted in: backpropagation of one draw, step by step.

Shapes are those of ``reference``; layers are counted 1 … L. A program with a mistake computes all
that follows from it, rightly. It runs on plain float64, or on numbers that come with their error.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.equations.penalty import cost_error as penalty_error
from crossgrad.comparisons.equations.penalty import of_weights
from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.reckoned import (
    Number,
    Reckoned,
    affine,
    error_of,
    exact,
    rectified,
    value_of,
)
from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE, Activation
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Key
from crossgrad.reference.parameters import Array


class NoSuchThingError(Exception):
    """A mistake that nobody can make here."""


class Pass:
    """A pass under way, at layer ``l``: all that a step there can use, or misuse.

    Without a format it computes plain numbers; with one, numbers with the errors of that format.
    """

    def __init__(
        self,
        net: Given,
        wrong: Mapping[Key, "Step"],
        fmt: Format | None = None,
        right: "Pass | None" = None,
    ) -> None:
        self.net, self.wrong, self.fmt, self.l = net, wrong, fmt, 0
        self.zs: dict[int, Number] = {}
        self.activations: dict[int, Number] = {0: exact(net.x, fmt) if fmt else net.x}
        self.found: dict[Key, Number] = {}
        self.right = right if right and right.net is net else None
        #: σ′ of each z of the right pass, which many mistakes leave as it is.
        self.slopes: dict[tuple[str, int], Number] = {}

    # ---------------------------------------------------------------- what a step may use
    @property
    def W(self) -> Array:
        return self.net.W[self.l - 1]

    @property
    def b(self) -> Array:
        return self.net.b[self.l - 1]

    @property
    def W_next(self) -> Array:
        """Of the layer above."""
        return self.net.W[self.l]

    @property
    def is_last(self) -> bool:
        return self.l == self.net.depth

    @property
    def below(self) -> Number:
        """aˡ⁻¹."""
        return self.activations[self.l - 1]

    @property
    def z(self) -> Number:
        return self.zs[self.l]

    @property
    def a(self) -> Number:
        return self.activations[self.l]

    @property
    def v(self) -> Number:
        """∂C/∂aˡ."""
        return self.found["v", self.l]

    @property
    def delta(self) -> Number:
        return self.found["delta", self.l]

    @property
    def slope(self) -> Number:
        """σ′(zˡ)."""
        return self.prime(self.z)

    def gradient_of_W(self, delta: Number, a: Number) -> Number:
        """δ aᵀ, and what the penalty adds."""
        found = delta @ a.mT
        return found + self.net.l2 * self.W if self.net.l2 else found

    def of_layer(self, name: str, l: int) -> Number:
        """What was computed of another layer: delta, v, dW."""
        return self.found[name, l]

    # ---------------------------------------------------------------- functions, with their errors
    def sigma(self, z: Number, name: str = "") -> Number:
        """σ of this layer, or another."""
        sigma = self.named(name)
        if not isinstance(z, Reckoned):
            return sigma.float64.sigma(z)
        error, _ = sigma.propagated(z.value, z.error, z.fmt)
        return Reckoned(sigma.float64.sigma(z.value), error, z.fmt)

    def prime(self, z: Number, name: str = "") -> Number:
        """σ′ of each z."""
        sigma = self.named(name)
        if sigma.name not in ELEMENTWISE:
            raise NoSuchThingError
        if isinstance(z, Reckoned):
            _, error = sigma.propagated(z.value, z.error, z.fmt)
            return Reckoned(sigma.float64.sigma_prime(z.value), error, z.fmt)
        if self.right is None or z is not self.right.zs[self.l]:
            return sigma.float64.sigma_prime(z)
        key = name, self.l
        if key not in self.right.slopes:
            self.right.slopes[key] = sigma.float64.sigma_prime(z)
        return self.right.slopes[key]

    def pulled_back(self, z: Number, v: Number) -> Number:
        """(∂a/∂z)ᵀ v."""
        sigma = self.named()
        if not (isinstance(z, Reckoned) and isinstance(v, Reckoned)):
            if sigma.name in ELEMENTWISE:
                return v * self.prime(z)
            return v * sigma.float64.sigma_prime(value_of(z))
        _, slope = sigma.propagated(z.value, z.error, z.fmt)
        of = z.value, z.error, v.value, v.error, slope, z.fmt
        error = sigma.pulled_back(*of) + z.fmt.omega * sigma.gain(z.reach)
        return Reckoned(v.value * sigma.float64.sigma_prime(z.value), error, z.fmt)

    def named(self, name: str = "") -> Activation:
        return ACTIVATIONS[name] if name else self.net.sigma(self.l)

    def gradient(self, name: str = "") -> Number:
        """∇ₐC of the cost, or of another."""
        cost, a, y = COSTS[name or self.net.cost], self.activations[self.net.depth], self.net.y
        value = cost.float64.gradient(value_of(a), y)
        if not isinstance(a, Reckoned):
            return value
        error = cost.propagated(a.value, y, a.error, a.fmt.cost)
        return Reckoned(value, error + a.fmt.u * (np.abs(value) + error) + a.fmt.omega, a.fmt)

    def value(self) -> Number:
        """C with its penalty: E(C) as ``propagation.cost_error`` has it."""
        net, cost = self.net, COSTS[self.net.cost]
        a, z = self.activations[net.depth], self.zs[net.depth]
        found: Array = np.asarray(cost.float64.value(value_of(a), net.y))
        problem: Any = net  # which has what is needed of one
        if net.l2:
            found = found + of_weights(problem).nearest
        if not (isinstance(a, Reckoned) and isinstance(z, Reckoned)):
            return found
        gradient, fmt = self.gradient(), a.fmt
        error = 2 * (np.abs(value_of(gradient)) + error_of(gradient)) * a.error
        local = cost.largest_value_error(a.value, net.y, a.error, fmt.cost)
        if logits := cost.of_logits:
            other = logits.largest_value_error(z.value, net.y, z.error, fmt.cost)
            local = np.maximum(local, other)
        total = error.sum(axis=(-2, -1)) + local
        total = total + penalty_error(problem, found, total, fmt.cost)
        return Reckoned(found, np.asarray(total), fmt)

    # ---------------------------------------------------------------- all of it
    def run(self, fits: "Callable[[Pass], bool]" = lambda _: True) -> dict[Key, Number]:
        """What it computes, by quantity and layer.

        Raises ``NoSuchThingError`` where a step is not there, or where a layer does not fit. The
        cost is left out of plain numbers: it is asked for last.
        """
        self.forward()
        if self.fmt:
            self.l = self.net.depth
            self.found["cost", self.l] = self.step("cost")
        for l in range(self.net.depth, 0, -1):
            self.l = l
            self.backward()
            if not fits(self):
                raise NoSuchThingError
        self.found |= {("z", l): z for l, z in self.zs.items()}
        return self.found | {("a", l): a for l, a in self.activations.items() if l}

    def backward(self) -> None:
        """What a layer has of the way back; above all mistakes that of the right pass."""
        l = self.l
        names = ["v", "delta", "dW", "db", "down"]
        names += ["dalpha"] if self.net.alpha[l - 1] is not None else []
        if self.right and self.zs is self.right.zs and all(l > wrong for _, wrong in self.wrong):
            self.found |= {(name, l): self.right.found[name, l] for name in names}
            return
        for name in names:
            self.found[name, l] = self.step(name)

    def forward(self) -> None:
        """z and a of each layer; those of the right pass, if no mistake is made on that way."""
        if self.right and not any(name in ("z", "a") for name, _ in self.wrong):
            self.zs, self.activations = self.right.zs, self.right.activations
            return
        for l in range(1, self.net.depth + 1):
            self.l = l
            self.zs[l] = self.step("z")
            self.activations[l] = self.step("a")

    def step(self, name: str) -> Number:
        return self.wrong.get((name, self.l), RIGHT[name])(self)


#: A step, done right or wrong.
Step = Callable[[Pass], Number]


def by_a(at: Pass) -> Number:
    """∇ₐC, or (Wˡ⁺¹)ᵀδˡ⁺¹."""
    return at.gradient() if at.is_last else at.W_next.mT @ at.of_layer("down", at.l + 1)


def below_zero(z: Number) -> Number:
    """min(z, 0)."""
    return -rectified(-z)


#: Each step of a layer. ``down`` is what is passed on to the layer below.
RIGHT: dict[str, Step] = {
    "z": lambda at: affine(at.W, at.below, at.b),
    "a": lambda at: at.sigma(at.z),
    "cost": lambda at: at.value(),
    "v": by_a,
    "delta": lambda at: at.pulled_back(at.z, at.v),
    "dW": lambda at: at.gradient_of_W(at.delta, at.below),
    "db": lambda at: at.delta.sum(-1, keepdims=True),
    "dalpha": lambda at: (at.v * below_zero(at.z)).sum(-1, keepdims=True),
    "down": lambda at: at.delta,
}
