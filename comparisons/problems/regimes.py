"""How the numbers of a draw are chosen: ordinary, large, tiny, in adversarial ways, and again.

Each regime changes freshly drawn arrays by exact operations only (powers of two, selection by
raw bits), so that the arrays stay the same on every machine.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.costs.protocol import USUAL, Limits
from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.problem import Key, Problem, unstack_problems
from crossgrad.comparisons.problems.ranges import (
    WITH_TARGETS,
    probabilities_inside,
    within_range,
)
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import (
    ALPHA,
    PRECISION,
    Array,
    draw_parameters,
    raw_bits,
    uniform,
)

#: Streams of raw bits: 0 for the batch, those of the parameters, these for the rest.
BATCH, TARGET, CHOICES = 0, 1 << 32, 1 << 33
#: The smallest normal number is 2 to this power.
SMALLEST = {"float64": -1022, "float32": -126, "float16": -14, "bfloat16": -126}
#: Raw bits, one an entry of an array, drawn where a regime asks for them.
Bits: TypeAlias = Callable[[], NDArray[np.uint64]]


def draw_problem(
    architecture: Architecture, dtype: str, batch: int, seed: int, draw: int
) -> Problem:
    """Draw number ``draw`` of a scenario of the first generation."""
    stack = draw_problems(architecture, dtype, batch, seed, range(draw, draw + 1))
    return unstack_problems(stack)[0]


def draw_problems(
    architecture: Architecture,
    dtype: str,
    batch: int,
    seed: int,
    draws: range,
    generation: int = 1,
    labels: str = "",
) -> Problem:
    """Some draws of a scenario as a stack: one problem, with a leading axis over them.

    ``labels`` says how targets are, if not as the cost has them.
    """
    names = GENERATIONS[generation].regimes
    turn = len(names)
    regimes = [REGIMES[names[draw % turn]] for draw in draws]
    drawn = partial(fresh, architecture, dtype, batch, seed, labels)
    arrays = drawn(draws)
    keeping = [k for k, regime in enumerate(regimes) if regime.differs]
    first = drawn([draws[k] - draws[k] % turn for k in keeping]) if keeping else []
    for place, k in enumerate(keeping):
        keep(arrays, first, place, k, regimes[k])
    *_, x, y = arrays
    W, b = arrays[: architecture.depth], arrays[architecture.depth : -2]
    for k, regime in enumerate(regimes[:turn]):
        same = slice(k, None, turn)  # of any range of draws, so many further on it is the same one
        change([*W, *b, x], regime, same, seed, draws)
        if regime.unusual_targets and not labels:
            bits = raw_bits(y.shape[1:], seed, draws[same], TARGET)
            y[same] = COSTS[architecture.cost].targets.unusual(dtype, bits)
        if regime.in_pairs:
            x[same], y[same] = in_pairs(x[same]), in_pairs(y[same])
    pairs = zip(draws, regimes, strict=True)
    own = [draw - draw % turn if regime.differs else draw for draw, regime in pairs]
    others = slopes(architecture, dtype, seed, own, regimes)
    W, b = within_range(W, b, x, architecture.activations, limits_of(regimes, architecture))
    if COSTS[architecture.cost].of_probabilities:
        W[-1], b[-1] = probabilities_inside(W, b, x, architecture.activations)
    return Problem(architecture, dtype, tuple(W), tuple(b), x, y, others)


def slopes(
    architecture: Architecture, dtype: str, seed: int, draws: list[int], regimes: list["Regime"]
) -> dict[Key, Array]:
    """α of each layer that has one: as it is drawn, but where a regime is of its numbers too."""
    found: dict[Key, Array] = {}
    for l, width in enumerate(architecture.widths[1:], start=1):
        if not architecture.has_alpha(l):
            continue
        bits = raw_bits((width, 1), seed, draws, ALPHA + l)
        found["alpha", l] = alpha = uniform(bits, dtype, -1)
        for k, regime in enumerate(regimes):
            if regime.of_alpha:
                alpha[k] = regime.change("alpha", alpha[k], partial(bits.__getitem__, k))
    return found


def fresh(
    architecture: Architecture,
    dtype: str,
    batch: int,
    seed: int,
    labels: str,
    draws: Sequence[int],
) -> list[Array]:
    """W, b, x and y as they are drawn, before a regime changes them."""
    parameters = draw_parameters(architecture, dtype, seed, draws)
    x = uniform(raw_bits((architecture.widths[0], batch), seed, draws, BATCH), dtype, 1)
    bits = raw_bits((architecture.widths[-1], batch), seed, draws, TARGET)
    y = getattr(COSTS[architecture.cost].targets, labels or "usual")(dtype, bits)
    return [*parameters.W, *parameters.b, x, y]


def keep(arrays: list[Array], first: list[Array], place: int, k: int, kept: "Regime") -> None:
    """In place: draw k has of the first draw of its turn what its regime keeps."""
    differs = kept.differs(len(arrays) // 2 - 1) if kept.differs else range(len(arrays))
    for i, (array, old) in enumerate(zip(arrays, first, strict=True)):
        if i not in differs:
            array[k] = old[place]


def change(arrays: list[Array], regime: "Regime", same: slice, seed: int, draws: range) -> None:
    """Weights, biases and batch, in place, in those draws that have the regime."""
    depth = len(arrays) // 2
    roles = ["W"] * depth + ["b"] * depth + ["x"]
    for i, (role, array) in enumerate(zip(roles, arrays, strict=True)):
        bits = partial(raw_bits, array.shape[1:], seed, draws[same], CHOICES + i)
        array[same] = regime.change(role, array[same], bits)


def limits_of(regimes: list["Regime"], architecture: Architecture) -> Limits | tuple[Array, Array]:
    """Of each draw, in float16."""
    limits = [regime.limits(architecture) for regime in regimes]
    last, gradient = (np.array(values)[:, None, None] for values in zip(*limits, strict=True))
    return last, gradient


# ------------------------------------------------------------------ regimes
def ordinary(_role: str, array: Array, _bits: Bits) -> Array:
    """Weights of about 1/√n, inputs below 2."""
    return array


def large(role: str, array: Array, _bits: Bits) -> Array:
    """Weights and biases 4 times, inputs 16 times as large."""
    return np.ldexp(array, 4 if role == "x" else 2)


def tiny(_role: str, array: Array, _bits: Bits) -> Array:
    """Everything 64 times smaller."""
    return np.ldexp(array, -6)


def kinks(_role: str, array: Array, bits: Bits) -> Array:
    """-1, -0, 0 and 1 only: sums cancel exactly, at the kinks of relu and hardtanh."""
    return np.array([-1.0, -0.0, 0.0, 1.0], dtype=array.dtype)[bits() % 4]


#: Powers of two of the saturated regime; a third of the units stay as they are.
SHIFTS = np.array([12, 0, 5, 8, 0, 10, 3, 0, 6], dtype=np.int32)


def saturated(role: str, array: Array, bits: Bits) -> Array:
    """Biases up to 4096 times as large: units in every part of the tails, to where e^|z| overflows.

    The units of a layer take the shifts in turn, from a random start.
    """
    if role == "b":
        start, units = bits()[:, :1] % len(SHIFTS), np.arange(array.shape[1], dtype=np.uint64)
        return np.ldexp(array, SHIFTS[(start + units[:, None]) % len(SHIFTS)])
    return np.ldexp(array, 2) if role == "x" else array


def vanishing(role: str, array: Array, _bits: Bits) -> Array:
    """Weights so small that, a few layers on, gradients fall below the smallest number."""
    if role != "W":
        return array
    return np.ldexp(array, SMALLEST[array.dtype.name] // 7)


def subnormal(role: str, array: Array, bits: Bits) -> Array:
    """Inputs, biases and a quarter of the weights between 0 and the smallest normal number."""
    name = array.dtype.name
    stored = PRECISION[name] - 1
    chosen = bits()
    digits = (chosen >> np.uint64(64 - stored)).astype(array.dtype)
    below = np.ldexp(np.copysign(digits, array), SMALLEST[name] - stored)
    return np.where(chosen % 4 == 0, below, array) if role == "W" else below


def zeros(_role: str, array: Array, bits: Bits) -> Array:
    """Half the entries 0, with either sign."""
    return np.where(bits() % 2, array, np.copysign(np.zeros_like(array), array))


#: Biases of every second unit in the regime on kinks.
KINKS = (0.0, 1.0, -1.0, -0.0)


def on_kinks(role: str, array: Array, _bits: Bits) -> Array:
    """Every second unit has no weights, and 0, 1 or -1 for its bias: z is that in every layer.

    A layer of one unit stays as it is, so that what is below has gradients.
    """
    units = array.shape[1]
    if role == "x" or units == 1:
        return array
    changed = array.copy()
    kinks = np.resize(np.array(KINKS, array.dtype), -(-units // 2))
    changed[:, ::2] = kinks[:, None] if role == "b" else 0
    return changed


def tails(role: str, array: Array, bits: Bits) -> Array:
    """Biases 16 to 128 times as large: every unit where σ′ is small, and not yet 0 in float64."""
    return np.ldexp(array, (4 + bits() % 4).astype(np.int32)) if role == "b" else array


#: How many powers of two the numbers of one matrix are spread over.
SPREAD = {"float64": 60, "float32": 30, "float16": 8, "bfloat16": 30}


def spread(role: str, array: Array, bits: Bits) -> Array:
    """Weights and inputs of one matrix, up to 2⁶⁰ times as large as each other."""
    if role == "b":
        return array
    return np.ldexp(array, 2 - (bits() % SPREAD[array.dtype.name]).astype(np.int32))


def inputs(role: str, array: Array, _bits: Bits) -> Array:
    """Inputs 1024 times as large, as pixels and prices are that nobody has scaled."""
    return np.ldexp(array, 10) if role == "x" else array


def far(role: str, array: Array, _bits: Bits) -> Array:
    """Biases up to 16384: logits and outputs as far out as float16 has numbers for their cost."""
    return np.ldexp(array, 15) if role == "b" else array


def in_pairs(array: Array) -> Array:
    """Each sample twice, one beside the other."""
    return array[..., np.arange(array.shape[-1]) // 2]


class Regime(NamedTuple):
    """How the numbers of a draw differ from those that were drawn.

    ``change`` makes W, b and x what they are. ``differs``: all but these arrays are those of the
    first draw of a turn, in which each regime has one: their numbers among W, b, x and y, of a
    network of so many layers. ``unusual_targets``: those of the cost that are. ``in_pairs``: each
    sample is there twice.
    ``limits`` are those of the last layer in float16. ``of_alpha``: α is changed as well; at other
    times it stays below ½, so that σ is nowhere steeper than 1.
    """

    change: Callable[[str, Array, Bits], Array] = ordinary
    unusual_targets: bool = False
    in_pairs: bool = False
    differs: Callable[[int], tuple[int, ...]] | None = None
    limits: Callable[[Architecture], Limits] = lambda _: USUAL
    of_alpha: bool = False


REGIMES = {
    "ordinary": Regime(),
    "kinks": Regime(kinks, of_alpha=True),
    "saturated": Regime(saturated),
    "large": Regime(large),
    "tiny": Regime(tiny),
    "zeros": Regime(zeros, of_alpha=True),
    "vanishing": Regime(vanishing),
    "subnormal": Regime(subnormal),
    "on kinks": Regime(on_kinks),
    "tails": Regime(tails),
    "targets": Regime(unusual_targets=True, limits=lambda _: WITH_TARGETS),
    "repeated": Regime(in_pairs=True),
    "spread": Regime(spread),
    "inputs": Regime(inputs),
    "far": Regime(far, limits=lambda net: COSTS[net.cost].far(net.widths[-1])),
    "other first weights": Regime(differs=lambda _: (0,)),
    "other last weights": Regime(differs=lambda depth: (depth - 1,)),
    "other biases": Regime(differs=lambda depth: tuple(range(depth, 2 * depth))),
    "other inputs": Regime(differs=lambda depth: (2 * depth,)),
    "other targets": Regime(differs=lambda depth: (2 * depth + 1,)),
    "again": Regime(differs=lambda _: ()),
}
