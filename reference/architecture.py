"""What a network is made of: widths, one activation per layer, a cost."""

from dataclasses import dataclass

from crossgrad.reference.activations import ACTIVATIONS, Learnt
from crossgrad.reference.costs import COSTS


@dataclass(frozen=True, slots=True)
class Architecture:
    """Widths ``(n_0, …, n_L)``, activations of layers 1 … L, and the cost.

    Raises ``ValueError``, with one line that names the culprit, unless it is a network.
    """

    widths: tuple[int, ...]
    activations: tuple[str, ...]
    cost: str

    def __post_init__(self) -> None:
        """Validate once, so that nobody has to again."""
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "activations", tuple(self.activations))
        if len(self.widths) < 2:  # noqa: PLR2004 - an input and one layer
            raise ValueError(f"widths {self.widths}: at least an input and one layer are needed")
        for width in self.widths:
            if type(width) is not int or width < 1:
                raise ValueError(f"width {width!r}: a whole number of at least 1 is needed")
        if len(self.activations) != self.depth:
            given, needed = len(self.activations), self.depth
            raise ValueError(f"{given} activations for {needed} layers: one per layer is needed")
        for name in self.activations:
            if name not in ACTIVATIONS:
                raise ValueError(f"activation {name!r}: known are {', '.join(ACTIVATIONS)}")
        if self.cost not in COSTS:
            raise ValueError(f"cost {self.cost!r}: known are {', '.join(COSTS)}")
        last = self.activations[-1]
        fixed = COSTS[self.cost].last or last
        if last != fixed:
            raise ValueError(f"cost {self.cost} after {last}: the last layer must be {fixed}")

    @property
    def depth(self) -> int:
        """L, the number of layers that have weights."""
        return len(self.widths) - 1

    def has_alpha(self, l: int) -> bool:
        """Whether σ of layer l, 1 … L, has a parameter."""
        return isinstance(ACTIVATIONS[self.activations[l - 1]], Learnt)
