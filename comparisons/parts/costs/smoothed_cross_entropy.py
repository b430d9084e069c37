"""The weighted cross-entropy of labels that are smoothed: a tenth of each is spread over all."""

import numpy as np

from crossgrad.comparisons.parts.costs._classes import IN_TURN, WEIGHTS, of_outputs
from crossgrad.comparisons.parts.costs.cross_entropy import form_by, mistaken, shares_by
from crossgrad.comparisons.parts.costs.nll import own
from crossgrad.comparisons.parts.costs.weighted_cross_entropy import WeightedCrossEntropy
from crossgrad.reference.costs import IGNORED, SMOOTHING
from crossgrad.reference.parameters import Array


def weighted_by_the_label(a: Array, y: Array) -> Array:
    """t, if all that is smoothed of a label has the weight of its class."""
    return shares_by((1.0,), SMOOTHING)(a, y) * shares_by(WEIGHTS)(a, y).sum(-2, keepdims=True)


def over_the_others(a: Array, y: Array) -> Array:
    """t, if the tenth is spread over the other classes."""
    others = (1 - own(a, y)) * SMOOTHING / (a.shape[-2] - 1)
    shares = np.where(y == IGNORED, 0, (1 - SMOOTHING) * own(a, y) + others)
    return of_outputs(a.shape[-2]) * shares


MISTAKEN = mistaken(
    {
        "not smoothed": shares_by(WEIGHTS),
        "weighted by the class of the label alone": weighted_by_the_label,
        "smoothed over the other classes": over_the_others,
    }
)


class SmoothedCrossEntropy(WeightedCrossEntropy):
    """``label_smoothing`` of PyTorch's, with ``weight``. D is of the labels as they were."""

    text = WeightedCrossEntropy.text._replace(
        english="smoothed, weighted cross-entropy of classes",
        vietnamese="entropy chéo theo lớp, có trọng số và làm mượt nhãn",
        shares=f"t = w_j·(0.9·[j = y] + 0.1/n), {IN_TURN}",
    )
    smoothing = SMOOTHING
    form = form_by(WEIGHTS, SMOOTHING)
    wrong_terms = MISTAKEN["terms"]
    wrong_gradient = MISTAKEN["gradient"]
