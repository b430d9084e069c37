"""How a program of somebody's own lays out its arrays, and of which cost its numbers are.

The suite's own: columns are samples, W is (out, in), b a column; the cost is a mean over the batch,
and δ is ∂C/∂z of that. Any other is the same numbers in another order, or times a known number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import are_distributions
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.parameters import Array

#: What each of them may be; the first is the suite's own.
CHOICES = {
    "samples": ("columns", "rows"),
    "weights": ("out, in", "in, out"),
    "bias": ("column", "row", "vector", "none"),
    "targets": ("numbers", "classes"),
    "reduction": ("mean", "sum"),
    "delta_of": ("batch", "sample"),
}
#: How each quantity, and each array of a problem, is laid out.
KINDS = dict.fromkeys(("x", "y", "z", "a", "delta"), "samples")
KINDS |= dict.fromkeys(("W", "dW"), "weights") | dict.fromkeys(("b", "db"), "bias")
KINDS |= dict.fromkeys(("alpha", "dalpha"), "bias")


def is_number(value: object) -> bool:
    return isinstance(value, Real) and isfinite(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Each field is said, or found out, by the name of an argument of ``network``."""

    samples: str = "columns"
    weights: str = "out, in"
    bias: str = "column"
    targets: str = "numbers"
    reduction: str = "mean"
    scale: float = 1.0
    delta_of: str = "batch"
    l2: float | Callable[[Problem], float] = 0.0
    kinks: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ``ValueError``, with one line that names the culprit."""
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                listed = ", ".join(map(repr, known))
                raise ValueError(f"{name} {getattr(self, name)!r}: known are {listed}")
        if not (is_number(self.scale) and self.scale):
            raise ValueError(f"scale {self.scale!r}: a number other than 0 is needed")
        if not (callable(self.l2) or is_number(self.l2)):
            raise ValueError(f"l2 {self.l2!r}: a number is needed, or a function of the problem")
        if not isinstance(self.kinks, Mapping):
            raise ValueError(f'kinks {self.kinks!r}: {{"relu": 1}} is needed')  # noqa: TRY004
        for name, slope in self.kinks.items():
            with_kinks = [n for n, sigma in ELEMENTWISE.items() if not sigma.learnt and sigma.kinks]
            if name not in with_kinks:
                raise ValueError(f"kinks of {name!r}: known are {', '.join(with_kinks)}")
            if not is_number(slope):
                raise ValueError(f"kinks: {name}′ {slope!r}: a number is needed")

    def __str__(self) -> str:
        """What is not the suite's own, as it is written."""
        return ", ".join(f"{name}={value!r}" for name, value in self.changed().items())

    def changed(self) -> dict[str, Any]:
        names = [field.name for field in fields(self)]
        return {n: getattr(self, n) for n in names if getattr(self, n) != getattr(USUAL, n)}

    # ---------------------------------------------------------------- what a program is asked
    def can_pose(self, problem: Problem) -> bool:
        """Whether the targets have this form: classes are labels."""
        y = problem.y
        if self.targets != "classes" or problem.has_classes:
            return True
        ones = y.sum(axis=0) if len(y) > 1 else np.ones(1)
        return bool(((y == 0) | (y == 1)).all() and (ones == 1).all())

    def judged(self, problem: Problem) -> Problem:
        """The problem that its numbers are of: without biases, or with a penalty."""
        if self.bias == "none":
            problem = replace(problem, b=tuple(map(np.zeros_like, problem.b)))
        l2 = float(self.l2(problem) if callable(self.l2) else self.l2)
        return replace(problem, l2=l2) if l2 else problem

    def posed(self, problem: Problem) -> "Posed":
        """The same problem in this layout; arrays that can be views are."""
        W, b = ([self.given(name, v) for v in getattr(problem, name)] for name in "Wb")
        others = {key: self.given(key[0], value) for key, value in problem.others.items()}
        y = self.classes(problem) if self.targets == "classes" else self.given("y", problem.y)
        x = self.given("x", problem.x)
        rest = problem.architecture, problem.dtype, tuple(W), tuple(b), x, y, others
        return Posed(*rest, rows=self.samples == "rows")

    def classes(self, problem: Problem) -> Array:
        """The class of each sample, (m,), of one-hot targets; of a single output 0 or 1."""
        y = problem.y
        if problem.has_classes:
            return y[0]
        single = len(y) == 1 and COSTS[problem.cost].targets.are is not are_distributions
        return (y[0] if single else y.argmax(axis=0)).astype(np.int64)

    def given(self, name: str, array: Array) -> Array:
        """An array of the suite's in this layout."""
        kind = KINDS[name]
        if kind == "bias":
            return array.reshape(self.shape(name, array.shape))
        return array.mT if self.is_transposed(kind) else array

    def is_transposed(self, kind: str) -> bool:
        return getattr(self, kind) != CHOICES[kind][0]

    # ---------------------------------------------------------------- what it answers
    def shape(self, name: str, usual: tuple[int, ...]) -> tuple[int, ...]:
        """Of a quantity that has this shape in the suite."""
        kind = KINDS[name]
        if kind == "bias":
            n = usual[0]
            return {"row": (1, n), "vector": (n,)}.get(self.bias, (n, 1))
        return usual[::-1] if self.is_transposed(kind) else usual

    def entry(self, name: str, entry: tuple[int, ...]) -> tuple[int, ...]:
        """Where an entry of the suite's is here."""
        kind = KINDS.get(name)
        if kind == "bias":
            return {"row": (0, entry[0]), "vector": entry[:1]}.get(self.bias, entry)
        return entry[::-1] if kind and self.is_transposed(kind) else entry

    def standard(self, name: str, array: Array, problem: Problem) -> Array:
        """A quantity as the suite has it: of the mean over the batch."""
        kind = KINDS.get(name)
        if kind == "bias":
            array = array.reshape(-1, 1)
        elif kind and self.is_transposed(kind):
            array = array.mT
        divisor = self.divisor(name, problem)
        if divisor == 1:
            return array
        return np.asarray(array.astype(np.float64) / divisor).astype(array.dtype)

    def divisor(self, name: str, problem: Problem) -> float:
        """How many times as large a quantity is here: nothing is, on the way forward."""
        if name in ("z", "a"):
            return 1.0
        y, outputs = problem.y, problem.widths[-1]
        divisors = COSTS[problem.cost].divisors(outputs, y)
        factor = float(self.scale)
        if self.reduction == "sum":
            factor *= float(np.prod([np.ravel(d)[0] for d in divisors]))
        elif name == "delta" and self.delta_of == "sample":
            factor *= float(np.ravel(divisors[0])[0])
        return factor


#: The suite's own.
USUAL = Layout()


@dataclass(frozen=True, slots=True)
class Posed(Problem):
    """A problem as a program is asked it."""

    rows: bool = False

    @property
    def batch(self) -> int:
        """The number of samples."""
        return self.x.shape[0 if self.rows else -1]
