"""σ, σ′, C and ∇ₐC as a student writes them, to put symbols or numbers into.

[z > 0] is 1 where that is so, 0 where not; s is the sigmoid; Φ and φ are the normal distribution
and its density; p = softmax(a). A test evaluates every one of them against the reference.
"""

from fractions import Fraction
from math import prod

from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.over_units import OverUnits
from crossgrad.reference.parameters import Array


def scale(cost: Cost, before: Fraction, y: Array) -> str:
    """What stands before a sum or an entry, as a factor; nothing if it is 1."""
    factor = before / prod(cost.divisors(len(y), y))
    return "" if factor == 1 else f"{factor}·"


def definition(activation: str) -> str:
    """σ and σ′ of an activation, in symbols; or (∂a/∂z)ᵀ v."""
    slots, known = {"z": "z", "a": "σ(z)", "d": ""}, ACTIVATIONS[activation]
    if isinstance(known, OverUnits):
        slots |= {"v": "v", "sum": "Σ exp(z)", "dot": f"Σ {known.term.format(a='σ(z)', v='v')}"}
        sigma, product = (text.format(**slots) for text in known.text)
        return f"σ(z) = {sigma}, (∂a/∂z)ᵀv = {product}"
    sigma, prime = (text.format(**slots) for text in known.text)
    return f"σ(z) = {sigma}" + (f", σ′(z) = {bare(prime)}" if prime else "")


def cost_definition(name: str, y: Array) -> str:
    """C and ∇ₐC of a cost, in symbols."""
    cost, text = COSTS[name], COSTS[name].text
    slots = {"a": "a", "y": "y", "p": "softmax(a)"}
    term, gradient = (part.format(**slots) for part in (text.term, text.gradient))
    several = "Σ " if y.size > 1 else ""
    before, each = scale(cost, text.before, y), scale(cost, text.before_gradient, y)
    return f"C = {before}{several}{term}, ∇ₐC = {each}{gradient if each else bare(gradient)}"


def bare(text: str) -> str:
    """Without the parentheses around the whole."""
    whole = text.startswith("(") and text.endswith(")")
    if not whole:
        return text
    inner = text[1:-1]
    return inner if balanced(inner) else text


def balanced(text: str) -> bool:
    """Whether no parenthesis closes before it opens."""
    open_ = 0
    for sign in text:
        open_ += (sign == "(") - (sign == ")")
        if open_ < 0:
            return False
    return not open_
