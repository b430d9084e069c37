"""C and ∇ₐC in balls, from the cost of one sample as a textbook has it, and nothing else.

Of a power series a + t that gives the derivative too, so that no gradient of a cost is written
down. A sample is its outputs and its targets; the mean over the batch is taken here.
"""

import numpy as np
from flint import arb, arb_series

from crossgrad.comparisons.arithmetic.balls.balls import balls, floats, sharp
from crossgrad.comparisons.parts.costs import COSTS


# ------------------------------------------------------------------ in the bits that are set
def mean_cost(name: str, a: np.ndarray, y: np.ndarray) -> arb:
    """C, the mean over the samples, which are columns."""
    costs = (COSTS[name].truth(constants(p), q)[0] for p, q in zip(a.T, y.T, strict=True))
    return sum(costs, arb(0)) / samples(name, a, y)


def cost_gradient(name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∇ₐC, entry by entry."""
    return slopes(name, a, y) / samples(name, a, y)


def samples(name: str, a: np.ndarray, y: np.ndarray) -> float:
    """What the mean divides by: how many samples there are, or what they count."""
    mean, *_ = COSTS[name].divisors(len(a), floats(y).astype(float))
    return float(np.squeeze(mean))


def slopes(name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The derivative of each sample's cost by each of its outputs."""
    found = [[slope(name, p, q, j) for j in range(p.size)] for p, q in zip(a.T, y.T, strict=True)]
    return np.array(found, object).T


def slope(name: str, a: np.ndarray, y: np.ndarray, output: int) -> arb:
    """The derivative of one sample's cost by one of its outputs."""
    moved = [arb_series([ball, int(k == output)], 2) for k, ball in enumerate(a)]
    return COSTS[name].truth(moved, y)[1]


def constants(a: np.ndarray) -> list[arb_series]:
    """Power series that do not depend on t."""
    return [arb_series([ball], 1) for ball in a]


# ------------------------------------------------------------------ at floats, and sharp
def true_cost(name: str, a: np.ndarray, y: np.ndarray) -> arb:
    """C of outputs and targets that are floats."""
    return sharp(lambda: [mean_cost(name, balls(a), balls(y))])[0]


def true_cost_gradient(name: str, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∇ₐC of outputs and targets that are floats, in as many bits as each sample takes."""
    number = samples(name, a, balls(y))

    def sample(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return sharp(lambda: slopes(name, balls(p), balls(q)) / number, np.ravel)

    columns = zip(np.hsplit(a, a.shape[1]), np.hsplit(y, a.shape[1]), strict=True)
    return np.hstack([sample(p, q) for p, q in columns])


def true_costs(name: str, a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """C and ∇ₐC of stacked batches."""
    batches = list(zip(a, y, strict=True))
    costs = np.array([true_cost(name, *batch) for batch in batches], object)
    return costs, np.stack([true_cost_gradient(name, *batch) for batch in batches])
