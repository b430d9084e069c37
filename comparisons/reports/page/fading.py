"""The exhibit of vanishing gradients: what each activation does to |δ|, with bias and without."""

import math
from collections.abc import Sequence
from functools import cache

from crossgrad.comparisons.reports.numbers import typeset
from crossgrad.comparisons.reports.page.exhibit import Exhibit, Sheet
from crossgrad.comparisons.reports.page.fading_pictures import curves_svg, factors_svg
from crossgrad.comparisons.reports.page.vanishing import BATCH, DEPTH, DRAWS, WIDTH, Fading, fading

READING = (
    f"Not of this run: the reference computes it in float64 when the page is written, for {DEPTH} "
    f"layers of {WIDTH} units, the quadratic cost and batches of {BATCH}; the median over {DRAWS} "
    "ordinary draws. |δ| is the root mean square over units and batch. Weights are uniform below a "
    "power of two near 1/√n, here ⅛, as in the whole suite: with them even the identity fades, and "
    "what an activation takes beside that is its own doing (“of the identity's”, in the numbers)."
)


@cache
def vanishing() -> Exhibit:
    found = fading()
    with_bias, without = ([f for f in found if f.bias == bias] for bias in (True, False))
    finding = in_words(with_bias, without)
    return Exhibit(
        "vanishing",
        "Vanishing gradients",
        "Vanishing gradients: |δ| by layer",
        finding,
        READING,
        [
            factors_svg(with_bias, without, " ".join(finding)),
            curves_svg(with_bias, "with bias", "vanishing-with", ends(with_bias)),
            curves_svg(without, "without bias (b = 0)", "vanishing-without", ends(without)),
        ],
        sheet(with_bias, without),
    )


def in_words(with_bias: Sequence[Fading], without: Sequence[Fading]) -> list[str]:
    """The fastest, tanh and the identity, and where the bias matters most."""
    by, bare = ({f.activation: f for f in side} for side in (with_bias, without))
    fastest = min(with_bias, key=lambda f: f.factor).activation
    shift = {name: abs(math.log(by[name].factor / bare[name].factor)) for name in by}
    moved = max(shift, key=lambda name: shift[name])
    factors = {name: typeset(by[name].factor, 2) for name in (fastest, "tanh", "identity")}
    told = ", ".join(f"by {factor} with {name}" for name, factor in factors.items())
    left = " and ".join(f"{typeset(by[n].ratios[0], 2)} of it with {n}" for n in (fastest, "tanh"))
    with_it, without_it = (typeset(side[moved].factor, 2) for side in (by, bare))
    return [
        f"Each layer back multiplies |δ| {told}; {DEPTH - 1} layers leave {left}.",
        f"The bias matters most for {moved}: {with_it} a layer with it, {without_it} without.",
    ]


def ends(curves: Sequence[Fading]) -> str:
    """Where each curve ends, the highest first."""
    highest = sorted(curves, key=lambda curve: -curve.ratios[0])
    told = "; ".join(f"{curve.activation} {typeset(curve.ratios[0], 2)}" for curve in highest)
    return f"Of |δ| at the last layer the first has: {told}."


def sheet(with_bias: Sequence[Fading], without: Sequence[Fading]) -> Sheet:
    identity = next(f.factor for f in with_bias if f.activation == "identity")
    headings = ["activation", "a layer, with bias", "of the identity's", "a layer, without"]
    headings += ["|δ¹| ÷ |δᴸ|, with bias", "|δ¹| ÷ |δᴸ|, without"]
    lines = [
        [one.activation, f"{one.factor:.3f}", f"{one.factor / identity:.2f}",
         f"{other.factor:.3f}", typeset(one.ratios[0], 2), typeset(other.ratios[0], 2)]
        for one, other in zip(with_bias, without, strict=True)
    ]  # fmt: skip
    return Sheet(headings, lines, 1)
