"""What a file of a layer has to say: z from a, v = ∂C/∂a from δ, ∂C/∂ each parameter.

Each is an equation: a ``Sum`` where the layer is linear in its input and its parameters, else
``Derived``. A layer ends in an activation: a = σ(z), and δ = ∂C/∂z. So z, a and δ are what they
are in the book, and BP1 and BP2 are one equation: δ = (∂a/∂z)ᵀ v, where v is ∇ₐC, or what the
layers above hand back.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from crossgrad.comparisons.arithmetic.expected import Equation
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.sums import Sum
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Activation


class Inputs(Protocol):
    """What the equations of a layer are made of: what was reported, or how large it may be."""

    @property
    def p(self) -> Mapping[str, Number]:
        """Its parameters, by name."""

    @property
    def a_before(self) -> Number:
        """Its input, aˡ⁻¹ as a rule."""

    @property
    def delta(self) -> Number:
        """δˡ."""

    def given(self, which: int) -> Number:
        """One of several inputs."""

    def reported(self, statistic: str) -> Number | None:
        """What else the backend reports of the layer, if it does."""


@dataclass(frozen=True, kw_only=True)
class Layer(ABC):
    """Settings are fields. Parameters are none: they come with the problem."""

    #: As which equation of the book the gradient of each parameter is judged, in their order.
    labels: ClassVar[Mapping[str, str]] = {}
    sigma: Activation = ACTIVATIONS["identity"]
    #: Whose a it is given, counted from itself: as a rule that of the layer before.
    inputs: tuple[int, ...] = (-1,)

    @abstractmethod
    def forward(self, at: Inputs) -> Equation:
        """z, from a of the layers below."""

    @abstractmethod
    def pull_back(self, at: Inputs, which: int = 0) -> Equation:
        """v = (∂z/∂a)ᵀ δ, for one of its inputs."""

    @property
    def gradients(self) -> Mapping[str, Callable[[Inputs], Equation]]:
        """∂C/∂ each parameter, by its name: one that lacks a quantity must not hide another."""
        return {}

    @property
    def statistics(self) -> Mapping[str, Callable[[Inputs], Equation]]:
        """What a backend may report on the way to z; where it does, z and v are judged from it."""
        return {}


class Linear(Layer):
    """One that is linear in its input and its parameters: its equations hand on any error."""

    @abstractmethod
    def forward(self, at: Inputs) -> Sum: ...

    @abstractmethod
    def pull_back(self, at: Inputs, which: int = 0) -> Sum: ...

    @property
    def gradients(self) -> Mapping[str, Callable[[Inputs], Sum]]:
        return {}
