"""σ, σ′, C and ∇ₐC as a student writes them, to put symbols or numbers into.

[z > 0] is 1 where that is so, 0 where not; s is the sigmoid; Φ and φ are the normal distribution
and its density; p = softmax(a). A test evaluates every one of them against the reference.
"""

from fractions import Fraction
from math import prod

import numpy as np

from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.over_units import OverUnits
from crossgrad.reference.parameters import Array


def scale(cost: Cost, before: Fraction, outputs: int, y: Array) -> str:
    """What stands before a sum or an entry, as a factor; nothing if it is 1."""
    divisors = (Fraction(np.asarray(divisor).item()) for divisor in cost.divisors(outputs, y))
    factor = before / prod(divisors)
    return "" if factor == 1 else f"{factor}·"


def definition(activation: str) -> str:
    """σ and σ′ of an activation, in symbols; or (∂a/∂z)ᵀ v."""
    slots, known = {"z": "z", "a": "σ(z)", "d": "", "alpha": "α"}, ACTIVATIONS[activation]
    if isinstance(known, OverUnits):
        slots |= {"v": "v", "sum": "Σ exp(z)", "dot": f"Σ {known.term.format(a='σ(z)', v='v')}"}
        sigma, product = (text.format(**slots) for text in known.text)
        return f"σ(z) = {sigma}, (∂a/∂z)ᵀv = {product}"
    sigma, prime = (text.format(**slots) for text in known.text)
    return f"σ(z) = {sigma}" + (f", σ′(z) = {bare(prime)}" if prime else "")


def cost_definition(name: str, outputs: int, y: Array) -> str:
    """C and ∇ₐC of a cost, in symbols."""
    cost, text = COSTS[name], COSTS[name].text
    slots = {"a": "a", "y": "y", "p": "softmax(a)", "t": "t", "T": "Σt"}
    term, gradient = (part.format(**slots) for part in (text.term, text.gradient))
    several = "Σ " if outputs * y.shape[-1] > 1 else ""
    before, each = (scale(cost, b, outputs, y) for b in (text.before, text.before_gradient))
    told = f"C = {before}{several}{term}, ∇ₐC = {each}{gradient if each else bare(gradient)}"
    return f"{told}, {text.shares}" if text.shares else told


def bare(text: str) -> str:
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
