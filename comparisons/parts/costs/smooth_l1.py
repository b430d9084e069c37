"""½(a - y)²/β up to |a - y| = β, |a - y| - ½β beyond, for β = 1; mean over batch and outputs."""

from crossgrad.comparisons.parts.costs.huber import Huber
from crossgrad.comparisons.parts.costs.protocol import Text


class SmoothL1(Huber):
    """Girshick, *Fast R-CNN*, 2015: huber for β = 1, by other kernels."""

    text = Text(Huber.text.term, Huber.text.gradient, "smooth L1", "L1 trơn")
