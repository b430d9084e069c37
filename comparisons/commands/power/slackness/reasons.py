"""Why nobody comes near a bound, where nobody does: each reason with what it is decided by.

A bound that no correct program comes within a fiftieth of is either wrong, or has one of these.
"""

from collections.abc import Callable
from typing import NamedTuple

from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.over_units import OverUnits

#: A largest residual below this needs a reason.
LOW = 1 / 50


class Facts(NamedTuple):
    """Of a binade: residual; error in ulps; the bound over the value, over ω, in u of it, and in u.

    ``place`` has the activation and the quantity, or the cost and the check; ``size``, of costs, is
    the end of the binade.
    """

    place: tuple[str, str]
    residual: float
    ulps: float
    beside_value: float
    flushed: float
    in_u: float
    units: float
    size: float = 0.0


class Reason(NamedTuple):
    """When it is one, and what it says."""

    holds: Callable[[Facts], bool]
    why: str


#: In ulps: the nearest number, with what the fast truth errs by.
NEAREST = 0.5 + 1e-3
#: What is an e^{z - a}; and κuz where eᶻ overflows in float64, in u.
DIFFERENCES = tuple((name, "σ′") for name, part in ACTIVATIONS.items() if part.slope_by_difference)
OVERFLOW = 6000.0
#: In u: what a few functions and roundings may come to.
SOME = 64.0
#: Checks of costs; and what so many terms and forms may come to, in u.
OF_COSTS, OF_TERMS = ("cost", "BP1"), 256.0
#: In u of a logit, what a logarithm of its size may come to: half of it without weights.
OF_LOGARITHM = 64.0
#: Costs that may have such a logarithm among their terms, or the softmax before them has it.
OF_LOGITS = tuple(
    name
    for name, cost in COSTS.items()
    if cost.has_log_sum or isinstance(ACTIVATIONS.get(cost.last or ""), OverUnits)
)
#: In ω: what the product rule may lose of z and of a factor.
LAST = 4096.0
HALF = 0.5

REASONS = {
    "nothing": Reason(
        lambda facts: facts.beside_value == 0,
        "nothing is computed, or z is a kink: the bound is 0, and so is everybody's error",
    ),
    "nearest": Reason(
        lambda facts: facts.ulps <= NEAREST and facts.in_u <= SOME,
        "everybody gives the number nearest to the truth, or that of a function that has settled: κ"
        " is declared for the whole format, and is for arguments at which a function is worse",
    ),
    "flushed": Reason(
        lambda facts: facts.flushed <= LAST,
        "the bound is a few hundred times the smallest normal number: XLA may flush what is below",
    ),
    "cancels": Reason(
        lambda facts: facts.beside_value >= HALF,
        "the bound is at least half the value, for a form that cancels or has lost all by rounding:"
        " such entries are uninformative",
    ),
    "terms": Reason(
        lambda facts: facts.place[1] in OF_COSTS and min(facts.in_u, facts.units) <= OF_TERMS,
        "a cost is a sum in any order, and ∇ₐC a difference, in any textbook form: the bound is of"
        " the terms, which are at most 1 where they cancel, and these few are nearly exact",
    ),
    "logarithm": Reason(
        lambda facts: facts.place[0] in OF_LOGITS and facts.units <= OF_LOGARITHM * facts.size,
        "log Σ eᵃ is as large as the logits, and rounded to its own size if it is taken of them as"
        " they are: those of NumPy, torch and JAX shift them first, so that it is small",
    ),
    "difference": Reason(
        lambda facts: facts.place in DIFFERENCES and facts.in_u <= OVERFLOW,
        "σ′ as e^{z - a}, a = log(1 + eᶻ), hands on κuz of a logarithm, up to where eᶻ overflows:"
        " those of NumPy, torch and JAX are better than κ there",
    ),
}


def reason(facts: Facts) -> str:
    """The first that holds; raises ``LookupError`` where none does: the bound is too wide."""
    for name, candidate in REASONS.items():
        if candidate.holds(facts):
            return name
    raise LookupError(f"nobody comes near the bound, and there is no reason: {facts}")
