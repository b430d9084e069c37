"""Units on the other side of a kink: where rounding, however small, changes a gradient by far.

σ′ of relu, leaky_relu and hardtanh jumps at a kink. Where z of one way lies below it and that of
the other above, both gradients are right, each of its own z; and they are not alike.
"""

from collections.abc import Callable, Sequence

import numpy as np

from crossgrad.reference.parameters import Array

#: Which piece of σ each z is on.
PIECES: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: z > 0,
    "leaky_relu": lambda z: z > 0,
    "hardtanh": lambda z: np.sign(z) * (np.abs(z) >= 1),
}


def units(activations: Sequence[str], batch: int, widths: Sequence[int]) -> int:
    """How many there are with a kink, over all samples."""
    return sum(
        batch * width for name, width in zip(activations, widths[1:], strict=True) if name in PIECES
    )


def across(activations: Sequence[str], one: Sequence[Array], other: Sequence[Array]) -> int:
    """How many are on another piece; ``one``, ``other``: z of each layer."""
    return sum(
        int((PIECES[name](z) != PIECES[name](z_other)).sum())
        for name, z, z_other in zip(activations, one, other, strict=True)
        if name in PIECES
    )
