"""The cross-entropy of classes, each with a weight; divided by the weights that are there."""

from crossgrad.comparisons.parts.costs._classes import IN_TURN, WEIGHTS
from crossgrad.comparisons.parts.costs.cross_entropy import (
    CrossEntropy,
    by_samples,
    form_by,
    mistaken,
    shares_by,
)

MISTAKEN = mistaken(
    {
        "no weights": shares_by(),
        "the mean over the samples, not over their weights": by_samples(
            WEIGHTS, shares_by(WEIGHTS)
        ),
    }
)


class WeightedCrossEntropy(CrossEntropy):
    """``weight`` of PyTorch's, under ``reduction="mean"``."""

    text = CrossEntropy.text._replace(
        gradient="({p}·{T} - {t})",
        english="weighted cross-entropy of classes",
        vietnamese="entropy chéo theo lớp, có trọng số",
        shares=f"t = w_j·[j = y], {IN_TURN}",
    )
    weights = WEIGHTS
    form = form_by(WEIGHTS)
    wrong_terms = MISTAKEN["terms"]
    wrong_gradient = MISTAKEN["gradient"]
