"""Units on the other side of a kink: where rounding, however small, changes a gradient by far.

σ′ of relu, leaky_relu and hardtanh jumps at a kink. Where z of one way lies below it and that of
the other above, both gradients are right, each of its own z; and they are not alike.
"""

from collections.abc import Sequence

from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE
from crossgrad.reference.parameters import Array


def units(activations: Sequence[str], batch: int, widths: Sequence[int]) -> int:
    """How many there are with a kink, over all samples."""
    layers = zip(activations, widths[1:], strict=True)
    return sum(batch * width for name, width in layers if ACTIVATIONS[name].kinks)


def across(activations: Sequence[str], one: Sequence[Array], other: Sequence[Array]) -> int:
    """How many are on another piece; ``one``, ``other``: z of each layer."""
    return sum(
        int((ELEMENTWISE[name].piece(z) != ELEMENTWISE[name].piece(z_other)).sum())
        for name, z, z_other in zip(activations, one, other, strict=True)
        if ACTIVATIONS[name].kinks
    )
