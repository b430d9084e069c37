"""Each σ, σ′, C and ∇ₐC as a student writes it, to put symbols or numbers into.

[z > 0] is 1 where that is so, 0 where not; s is the sigmoid; Φ and φ are the normal distribution
and its density; p = softmax(a). A test evaluates every one of them against the reference.
"""

from fractions import Fraction
from typing import NamedTuple


class Formula(NamedTuple):
    """σ and σ′ of {z}; {a} is σ(z), and {d} is σ′(z) where it is too long to write."""

    sigma: str
    sigma_prime: str


ACTIVATIONS = {
    "identity": Formula("{z}", "1"),
    "sigmoid": Formula("1/(1 + exp(-{z}))", "{a}·(1 - {a})"),
    "tanh": Formula("tanh({z})", "(1 - {a}²)"),
    "relu": Formula("max({z}, 0)", "[{z} > 0]"),
    "leaky_relu": Formula("max({z}, 0.01·{z})", "(0.01 + 0.99·[{z} > 0])"),
    "elu": Formula("max({z}, 0) + exp(min({z}, 0)) - 1", "exp(min({z}, 0))"),
    "softplus": Formula("log(1 + exp({z}))", "1/(1 + exp(-{z}))"),
    "silu": Formula("{z}·s({z})", "s({z})·(1 + {z}·s(-{z}))"),
    "gelu": Formula("{z}·Φ({z})", "(Φ({z}) + {z}·φ({z}))"),
    "gelu_tanh": Formula("{z}/2·(1 + tanh(0.797885·({z} + 0.044715·{z}³)))", "{d}"),
    "softsign": Formula("{z}/(1 + |{z}|)", "1/(1 + |{z}|)²"),
    "log_sigmoid": Formula("-log(1 + exp(-{z}))", "1/(1 + exp({z}))"),
    "mish": Formula("{z}·tanh(log(1 + exp({z})))", "{d}"),
    "hardtanh": Formula("min(max({z}, -1), 1)", "[|{z}| < 1]"),
}


class CostFormula(NamedTuple):
    """A term of C and of ∇ₐC, and what stands before them: a number, ÷ m, perhaps ÷ n_L."""

    term: str
    gradient: str
    before: Fraction
    before_gradient: Fraction
    mean_of_outputs: bool = False

    def scale(self, outputs: int, batch: int) -> str:
        """Before the sum of all terms."""
        return self.scaled(self.before, outputs, batch)

    def gradient_scale(self, outputs: int, batch: int) -> str:
        """Before each entry of ∇ₐC."""
        return self.scaled(self.before_gradient, outputs, batch)

    def scaled(self, before: Fraction, outputs: int, batch: int) -> str:
        """As a factor; nothing if it is 1."""
        factor = before / (batch * (outputs if self.mean_of_outputs else 1))
        return "" if factor == 1 else f"{factor}·"


ONE, HALF = Fraction(1), Fraction(1, 2)
COSTS = {
    "quadratic": CostFormula("({a} - {y})²", "({a} - {y})", HALF, ONE),
    "mse": CostFormula("({a} - {y})²", "({a} - {y})", ONE, 2 * ONE, mean_of_outputs=True),
    "binary_cross_entropy": CostFormula(
        "-({y}·log({a}) + (1 - {y})·log(1 - {a}))", "({a} - {y})/({a}·(1 - {a}))", ONE, ONE
    ),
    "sigmoid_cross_entropy": CostFormula(
        "(log(1 + exp({a})) - {y}·{a})", "(s({a}) - {y})", ONE, ONE
    ),
    "softmax_cross_entropy": CostFormula("-{y}·log({p})", "({p} - {y})", ONE, ONE),
}


def definition(activation: str) -> str:
    """σ and σ′ of an activation, in symbols."""
    formula = ACTIVATIONS[activation]
    slots = {"z": "z", "a": "σ(z)", "d": ""}
    sigma, prime = (text.format(**slots) for text in formula)
    return f"σ(z) = {sigma}" + (f", σ′(z) = {bare(prime)}" if prime else "")


def cost_definition(cost: str, outputs: int, batch: int) -> str:
    """C and ∇ₐC of a cost, in symbols."""
    formula = COSTS[cost]
    slots = {"a": "a", "y": "y", "p": "softmax(a)"}
    term, gradient = (text.format(**slots) for text in formula[:2])
    several = "Σ " if outputs * batch > 1 else ""
    before, each = formula.scale(outputs, batch), formula.gradient_scale(outputs, batch)
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
