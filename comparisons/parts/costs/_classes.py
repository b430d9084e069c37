"""What costs have in common whose targets are the class of each sample, perhaps to be ignored."""

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, total
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.costs.protocol import Cost
from crossgrad.comparisons.parts.targets import CLASSES
from crossgrad.reference.costs import IGNORED
from crossgrad.reference.parameters import Array

#: ½, 1, 1½, 2: of the outputs in turn, again and again; and so in formulas.
WEIGHTS, IN_TURN = (0.5, 1.0, 1.5, 2.0), "w = 1/2, 1, 3/2, 2, 1/2, …"


def of_outputs(outputs: int, weights: Sequence[float] = WEIGHTS) -> Array:
    """The weight of each of them, or of each class: ``(n_L, 1)``."""
    return np.resize(weights, (outputs, 1))


def sum_of_weights(weights: Sequence[float] = (1.0,)) -> Callable[[int, Array], Array]:
    """D of n_L and y, of each network of a stack: a sum of halves, exact in every order."""

    def divisor(outputs: int, y: Array) -> Array:
        own = np.arange(outputs)[:, None] == y
        return (of_outputs(outputs, weights) * own).sum(axis=(-2, -1), keepdims=True)

    return divisor


class OfClasses(Cost):
    """y: ``(1, m)``, of each sample its class, counted from 0, or ``IGNORED``.

    With class weights w and label smoothing s, over n classes

        t = w_c ((1 - s) [c = y] + s/n), 0 where y is ignored;  D = Σ w_y of those that are not,

    and C is a sum of terms with the factor t, divided by D. So PyTorch has it; others divide by m,
    or smooth what has been weighted: of the same name, another cost.
    """

    targets = CLASSES
    #: Of the classes in turn, again and again.
    weights: tuple[float, ...] = (1.0,)
    smoothing = 0.0

    @property
    def of_shares(self) -> int:
        """Roundings of t: of w and its product; of 1 - s, s, s/n and their sum."""
        return 2 * (len(self.weights) > 1) + 4 * (self.smoothing > 0)

    def shares(self, outputs: int, y: Array) -> Pair:
        own = (np.arange(outputs)[:, None] == y).astype(np.float64)
        spread = (1 - lift(self.smoothing)) * own + lift(self.smoothing) / outputs
        return choose(y == IGNORED, 0, of_outputs(outputs, self.weights) * spread)

    def in_balls(self, outputs: int, label: Any) -> list[Any]:
        """t of one sample in balls, of a label that is one."""
        counts, spread = label * 0 + (label != IGNORED), (label * 0 + self.smoothing) / outputs
        own = [(1 - self.smoothing * counts) * (c == label) + spread for c in range(outputs)]
        return [w * t * counts for w, t in zip(cycle(self.weights), own, strict=False)]

    def divisors(self, outputs: int, y: Array) -> tuple[Array, ...]:
        return (sum_of_weights(self.weights)(outputs, y),)

    def per_network(self, terms: Pair, y: Array) -> Pair:
        """Σ ÷ D of terms, ``(n_L, m)``."""
        *stack, outputs, _ = terms.hi.shape
        whole = total(terms.map(lambda part: part.reshape(*stack, -1)))
        return whole / self.divisors(outputs, y)[0][..., 0, 0]

    def lost(self, outputs: int, y: Array, fmt: Format) -> Array:
        """What an entry may lose near 0, before it is divided by D, which may be ½, and after."""
        return fmt.omega * (1 + 1 / self.divisors(outputs, y)[0])

    def flush_gain(self, a: Array, E: Array) -> Array:
        """As D is at least the smallest of the weights."""
        return np.full_like(a, max(1.0, 1 / min(self.weights)))
