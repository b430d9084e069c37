"""C and ∇ₐC in balls: the cost of one sample as a textbook has it, and nothing else.

Of a power series a + t it gives the derivative too, so that no gradient of a cost is written
down. A sample is its outputs and its targets; the mean over the batch is taken here.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from flint import arb, arb_series

from crossgrad.comparisons.truth.balls import balls, sharp

Outputs = Sequence[arb_series]
Targets = Sequence[arb]


def total(terms: Iterable[arb_series]) -> arb_series:
    """The sum of the terms."""
    return sum(terms, arb_series([0]))


def quadratic(a: Outputs, y: Targets) -> arb_series:
    """½‖a - y‖²."""
    return total((p - q) * (p - q) for p, q in zip(a, y, strict=True)) / 2


def mse(a: Outputs, y: Targets) -> arb_series:
    """(a - y)², mean over the outputs."""
    return total((p - q) * (p - q) for p, q in zip(a, y, strict=True)) / len(a)


def binary_cross_entropy(a: Outputs, y: Targets) -> arb_series:
    """-y log a - (1 - y) log(1 - a)."""
    return -total(q * p.log() + (1 - q) * (1 - p).log() for p, q in zip(a, y, strict=True))


def sigmoid_cross_entropy(a: Outputs, y: Targets) -> arb_series:
    """log(1 + eᵃ) - ya."""
    return total((1 + p.exp()).log() - q * p for p, q in zip(a, y, strict=True))


def softmax_cross_entropy(a: Outputs, y: Targets) -> arb_series:
    """-Σ y log p, p = eᵃ / Σeᵃ."""
    log_sum = total(p.exp() for p in a).log()
    return total(q * (log_sum - p) for p, q in zip(a, y, strict=True))


COST: dict[str, Callable[[Outputs, Targets], arb_series]] = {
    f.__name__: f
    for f in (quadratic, mse, binary_cross_entropy, sigmoid_cross_entropy, softmax_cross_entropy)
}


# ------------------------------------------------------------------ in the bits that are set
def mean_cost(name: str, a: np.ndarray, y: np.ndarray) -> arb:
    """C, the mean over the samples, which are columns."""
    costs = (COST[name](constants(p), q)[0] for p, q in zip(a.T, y.T, strict=True))
    return sum(costs, arb(0)) / a.shape[1]


def cost_gradient(name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∇ₐC, entry by entry."""
    slopes = [[slope(name, p, q, j) for j in range(p.size)] for p, q in zip(a.T, y.T, strict=True)]
    return np.array(slopes, object).T / a.shape[1]


def slope(name: str, a: np.ndarray, y: np.ndarray, output: int) -> arb:
    """The derivative of one sample's cost by one of its outputs."""
    moved = [arb_series([ball, int(k == output)], 2) for k, ball in enumerate(a)]
    return COST[name](moved, y)[1]


def constants(a: np.ndarray) -> list[arb_series]:
    """Power series that do not depend on t."""
    return [arb_series([ball], 1) for ball in a]


# ------------------------------------------------------------------ at floats, and sharp
def true_cost(name: str, a: np.ndarray, y: np.ndarray) -> arb:
    """C of outputs and targets that are floats."""
    return sharp(lambda: [mean_cost(name, balls(a), balls(y))])[0]


def true_cost_gradient(name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∇ₐC of outputs and targets that are floats, in as many bits as each sample takes."""

    def sample(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return sharp(lambda: cost_gradient(name, balls(p), balls(q)) / a.shape[1], np.ravel)

    columns = zip(np.hsplit(a, a.shape[1]), np.hsplit(y, a.shape[1]), strict=True)
    return np.hstack([sample(p, q) for p, q in columns])


def true_costs(name: str, a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """C and ∇ₐC of stacked batches."""
    batches = list(zip(a, y, strict=True))
    costs = np.array([true_cost(name, *batch) for batch in batches], object)
    return costs, np.stack([true_cost_gradient(name, *batch) for batch in batches])
