"""½(a - y)²/β up to |a - y| = β, |a - y| - ½β beyond, for β = 1; mean over batch and outputs."""

import numpy as np

from crossgrad.comparisons.parts.costs.huber import Huber, branched
from crossgrad.comparisons.parts.costs.protocol import Text
from crossgrad.comparisons.parts.mistakes import mistakes


class SmoothL1(Huber):
    """Girshick, *Fast R-CNN*, 2015: huber for β = 1, by other kernels."""

    text = Text(Huber.text.term, Huber.text.gradient, "smooth L1", "L1 trơn")
    wrong_terms = mistakes(
        {
            "β = ½": lambda a, y: branched(2 * a, 2 * y) / 2,
            "huber for δ = ½: not divided by β": lambda a, y: branched(2 * a, 2 * y) / 4,
            "|d| up to β as well": lambda a, y: abs(a - y),
        }
    )
    wrong_gradient = mistakes(
        {
            "β = ½": lambda a, y: np.clip(2 * (a - y), -1, 1),
            "huber for δ = ½: not divided by β": lambda a, y: np.clip(a - y, -0.5, 0.5),
            "the sign up to β as well": lambda a, y: np.sign(a - y),
        }
    )
