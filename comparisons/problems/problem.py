"""What a backend is asked, and what it answers.

Shapes are those of ``reference``: columns are samples, leading axes run over a stack of draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, Self, TypeVar, cast

import ml_dtypes  # noqa: F401 - NumPy knows bfloat16 from here on
import numpy as np

from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array, Parameters

#: A quantity and its layer, 1 … L: ("z", 2), ("delta", 1), ("mean", 3); the cost at the last.
Key = tuple[str, int]
T = TypeVar("T")
#: What a trace may report of dense layers.
QUANTITIES = ("dW", "db", "cost", "z", "a", "delta")


class NotReportedError(KeyError):
    """A quantity that a trace does not have: what needs it is not judged."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An architecture with weights, a batch ``x``: ``(n_0, m)`` and targets ``y``: ``(n_L, m)``.

    Where the cost asks for the class of each sample, y is ``(1, m)``, in int64. ``others`` has what
    layers have besides weights and biases, by name and layer: ("alpha", 2), ``(n_l, 1)``.
    """

    architecture: Architecture
    dtype: str
    W: tuple[Array, ...]
    b: tuple[Array, ...]
    x: Array
    y: Array
    others: Mapping[Key, Array] = field(default_factory=dict)
    #: λ of a penalty ½λ Σw², which the cost has besides.
    l2: float = 0.0
    #: What was made of its arrays: see ``made``.
    kept: dict[Key, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Nobody changes what everybody was given."""
        for array in self.arrays:
            array.flags.writeable = False

    @property
    def widths(self) -> tuple[int, ...]:
        """(n_0, …, n_L)."""
        return self.architecture.widths

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation of each layer, by name."""
        return self.architecture.activations

    @property
    def cost(self) -> str:
        return self.architecture.cost

    @property
    def has_classes(self) -> bool:
        """Whether targets are the classes of the samples."""
        return self.y.dtype.kind == "i"

    @property
    def batch(self) -> int:
        return self.x.shape[-1]

    @property
    def alpha(self) -> tuple[Array | None, ...]:
        """α of each layer: ``(n_l, 1)`` where its activation has one, else None."""
        return self.of_each_layer("alpha")

    def of_each_layer(self, name: str) -> tuple[Array | None, ...]:
        return tuple(self.others.get((name, l)) for l in range(1, len(self.W) + 1))

    @property
    def parameters(self) -> Parameters:
        return Parameters(self.W, self.b, self.alpha)

    def of_layer(self, l: int) -> dict[str, Array]:
        """The parameters of layer l, 1 … L, by name."""
        others = {name: array for (name, at), array in self.others.items() if at == l}
        return {"W": self.W[l - 1], "b": self.b[l - 1], **others}

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All arrays: weights, biases, what else layers have, batch, targets."""
        return (*self.W, *self.b, *self.others.values(), self.x, self.y)

    def made(self, key: Key, make: Callable[[], T]) -> T:
        """What is made of its arrays, for one answer to it, is kept for the next."""
        if key not in self.kept:
            self.kept[key] = make()
        return cast("T", self.kept[key])

    def map(self, change: Callable[[Array], Array], dtype: str | None = None) -> Self:
        """The same problem with each array changed."""
        W, b = tuple(map(change, self.W)), tuple(map(change, self.b))
        others = {key: change(array) for key, array in self.others.items()}
        x, y = change(self.x), change(self.y)
        return replace(self, dtype=dtype or self.dtype, W=W, b=b, x=x, y=y, others=others)

    def astype(self, dtype: str) -> "Problem":
        """The same numbers in another format; classes stay whole numbers."""
        changed = self.map(lambda array: array.astype(dtype), dtype)
        return replace(changed, y=self.y) if self.has_classes else changed

    def copy(self) -> Self:
        """A copy whose arrays may be written to: for those who are not trusted not to."""
        twin = self.map(np.copy)
        for array in twin.arrays:
            array.flags.writeable = True
        return twin


@dataclass(frozen=True, slots=True)
class Trace:
    """A backend's answer, a sequence over the layers each; what it does not report is empty.

    ``cost``: a number; ``z``, ``a``, ``delta``: ``(n_l, m)``; ``dW``, ``db``: like ``W``, ``b``.
    ``delta`` is ∂C/∂z of the cost of the whole batch. ``others`` has what some layers only report,
    by quantity and layer: ("dalpha", 2). ``opened``: what was not reported, but read off another
    quantity. ``doubts``: by how much a number may be off from what the program computed, by
    quantity and layer: of what was read off new weights.
    """

    dW: Sequence[Array]
    db: Sequence[Array]
    cost: Array | None = None
    z: Sequence[Array] = ()
    a: Sequence[Array] = ()
    delta: Sequence[Array] = ()
    others: Mapping[Key, Array] = field(default_factory=dict)
    opened: Mapping[Key, Key] = field(default_factory=dict)
    doubts: Mapping[Key, Array] = field(default_factory=dict)

    def __getitem__(self, key: Key) -> Array:
        """A quantity at a layer, 1 … L; raises ``NotReportedError``."""
        if key in self.others:
            return self.others[key]
        quantity, l = key
        reported = getattr(self, quantity, None)
        if quantity == "cost" and reported is not None:
            return reported
        if quantity not in QUANTITIES or not reported:
            raise NotReportedError(key)
        return reported[l - 1]

    def __contains__(self, key: Key) -> bool:
        try:
            return self[key] is not None
        except NotReportedError:
            return False

    def map(self, change: Callable[[Array], Array]) -> "Trace":
        """The same answer with each array changed."""
        layers: dict[str, Any] = {
            name: [change(array) for array in getattr(self, name)]
            for name in ("dW", "db", "z", "a", "delta")
        }
        cost = None if self.cost is None else change(self.cost)
        others = {key: change(array) for key, array in self.others.items()}
        return replace(self, **layers, cost=cost, others=others)

    def has(self, quantity: str) -> bool:
        return self.cost is not None if quantity == "cost" else bool(getattr(self, quantity))

    @property
    def whole(self) -> bool:
        """Whether every equation can be judged where it happens."""
        return all(map(self.has, ("z", "a", "delta")))

    @property
    def reported(self) -> tuple[str, ...]:
        """The names of the quantities that were."""
        return tuple(filter(self.has, QUANTITIES))


def stack_problems(problems: Sequence[Problem]) -> Problem:
    """Problems of one architecture as one, with a leading axis over them."""
    first = problems[0]
    return Problem(
        first.architecture,
        first.dtype,
        stack_layers([p.W for p in problems]),
        stack_layers([p.b for p in problems]),
        np.stack([p.x for p in problems]),
        np.stack([p.y for p in problems]),
        stack_others([p.others for p in problems]),
        first.l2,
    )


def unstack_problems(stack: Problem) -> list[Problem]:
    """The problems of a stack, one by one; what they have are views of it."""
    return [stack.map(itemgetter(draw)) for draw in range(len(stack.x))]


def stack_traces(traces: Sequence[Trace]) -> Trace:
    """Traces of one architecture, which report the same quantities, as one."""
    layers: dict[str, Any] = {
        name: stack_layers([getattr(t, name) for t in traces])
        for name in traces[0].reported
        if name != "cost"
    }
    costs = [t.cost for t in traces if t.cost is not None]
    others = stack_others([t.others for t in traces])
    doubts = stack_others([t.doubts for t in traces])
    layers.setdefault("db", ())  # of a network without biases
    return Trace(cost=np.stack(costs) if costs else None, others=others, doubts=doubts, **layers)


def stack_others(others: Sequence[Mapping[Key, Array]]) -> dict[Key, Array]:
    """[draw][quantity and layer] → quantity and layer → (draws, …)."""
    return {key: np.stack([each[key] for each in others]) for key in others[0]}


def of_layers_with_any(quantity: str, layers: Sequence[Array | None]) -> dict[Key, Array]:
    """What some layers have, None of the others, as ``Trace.others`` has it."""
    return {(quantity, l): array for l, array in enumerate(layers, 1) if array is not None}


def stack_layers(layers: Sequence[Sequence[Array]]) -> tuple[Array, ...]:
    return tuple(np.array(draws) for draws in zip(*layers, strict=True))
