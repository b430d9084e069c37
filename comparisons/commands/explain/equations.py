"""An equation written out for one entry, in symbols and with the numbers put in.

``numbers`` are six digits of what the backend itself computed with, so that a calculator gives its
result to about as many; what somebody wrote in fewer stays as it was written.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import lift
from crossgrad.comparisons.commands.explain.exercise import Texts
from crossgrad.comparisons.commands.explain.formulas import bare, scale
from crossgrad.comparisons.commands.explain.numbers import put
from crossgrad.comparisons.commands.explain.symbols import node, of_sample, symbol
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Activation
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.over_units import OverUnits
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.activations import softmax

#: A sum of more terms is cut, and no numbers are put into it.
TERMS = 4


class Number(NamedTuple):
    """Its name and its value."""

    name: str
    value: float


Index = tuple[int, ...]
#: How a number is written: by its name, or by its value.
Write = Callable[[Number], str]


class Written(NamedTuple):
    """The right side of an equation; no ``numbers`` where there are too many, or only one."""

    symbols: str
    numbers: str = ""


class At(NamedTuple):
    """A layer, counted from 1; whose values are put in, and how those given were written."""

    problem: Problem
    trace: Trace
    layer: int
    texts: Texts

    def of_node(self, letter: str, layer: int, j: int, s: int) -> Number:
        """zⱼˡ, aⱼˡ or δⱼˡ of a sample; a⁰ is x."""
        layers = {"z": self.trace.z, "a": (self.problem.x, *self.trace.a), "δ": self.trace.delta}
        array = layers[letter][layer if letter == "a" else layer - 1]
        sample = of_sample(s, self.problem.batch)
        return Number(node(letter, layer, j, sample), float(array[j, s]))

    def w(self, layer: int, j: int, k: int) -> Number:
        """The weight to node j of a layer, from node k of the one before."""
        return Number(symbol("w", (j, k), layer), float(self.problem.W[layer - 1][j, k]))

    def b(self, j: int) -> Number:
        return Number(symbol("b", (j,), self.layer), float(self.problem.b[self.layer - 1][j, 0]))

    def of_cost(self, j: int, s: int) -> dict[str, Number]:
        """What C is made of, for one output of one sample."""
        sample, L = of_sample(s, self.problem.batch), self.problem.architecture.depth
        y, n = self.problem.y.astype(np.float64), self.problem.widths[-1]
        t = lift(COSTS[self.problem.cost].shares(n, y)).nearest
        of_output = {"y": y, "p": softmax(self.trace.a[-1].astype(np.float64)), "t": t}
        return {
            "a": self.of_node("a", L, j, s),
            "T": Number(symbol("T", (), 0, sample), float(t[:, s].sum())),
        } | {
            name: Number(symbol(name, (j,), 0, sample), float(values[min(j, len(values) - 1), s]))
            for name, values in of_output.items()
        }

    @property
    def sigma(self) -> Activation:
        sigma = ACTIVATIONS[self.problem.activations[self.layer - 1]]
        return sigma.of(self.problem.of_layer(self.layer))

    def learnt(self, j: int) -> dict[str, Number]:
        """The α of a unit, if it has one."""
        alpha = self.problem.alpha[self.layer - 1]
        if alpha is None:
            return {}
        return {"alpha": Number(symbol("α", (j,), self.layer), float(alpha[j, 0]))}

    def of_unit(self, j: int, s: int) -> dict[str, Number]:
        """What σ is made of, and σ′ if it is a number of each z."""
        z, a = (self.of_node(letter, self.layer, j, s) for letter in "za")
        if isinstance(self.sigma, OverUnits):
            return {"z": z, "a": a}
        slope = self.sigma.float64.sigma_prime
        d = Number(f"σ′({z.name})", float(slope(np.array([[z.value]]))[0, 0]))
        return {"z": z, "a": a, "d": d, **self.learnt(j)}


def written(at: At, check: str, index: Index) -> Written:
    side = SIDES[check]
    symbols = bare(side(at, index, lambda number: number.name))
    if terms(at.problem, check, at.layer) > TERMS or not re.search("[·+( ]", symbols):
        return Written(symbols)

    def put_in(number: Number) -> str:
        return put(number.value, at.texts.get(number.name, ""))

    return Written(symbols, tidy(bare(side(at, index, put_in))))


def tidy(text: str) -> str:
    """A negative number that stands first in something needs no parentheses."""
    return re.sub(r"(^|\()\((-[0-9.e+-]+)\)", r"\1\2", text)


# ------------------------------------------------------------------ the right sides
def side_z(at: At, index: Index, write: Write) -> str:
    """b + Σ w a."""
    (j, s), previous = index, at.layer - 1

    def term(k: int) -> str:
        return f"{write(at.w(at.layer, j, k))}·{write(at.of_node('a', previous, k, s))}"

    return f"{write(at.b(j))} + {total(at.problem.widths[previous], term)}"


def side_a(at: At, index: Index, write: Write) -> str:
    """σ(z); of some the sum over the units is that of their exponentials."""
    own = filled(at.of_unit(*index), write)
    if not isinstance(at.sigma, OverUnits):
        return at.sigma.text.sigma.format(**own)

    def term(k: int) -> str:
        return f"exp({write(at.of_node('z', at.layer, k, index[1]))})"

    return at.sigma.text.sigma.format(**own, sum=total(at.problem.widths[at.layer], term))


def side_cost(at: At, _index: Index, write: Write) -> str:
    cost, n, m = COSTS[at.problem.cost], at.problem.widths[-1], at.problem.batch

    def term(i: int) -> str:
        return cost.text.term.format(**filled(at.of_cost(i % n, i // n), write))

    before, summed = scale(cost, cost.text.before, n, at.problem.y), total(n * m, term)
    return f"{before}({summed})" if before and n * m > 1 else before + summed


def side_bp1(at: At, index: Index, write: Write) -> str:
    """∂C/∂a σ′(z)."""
    return pulled_back(at, index, write, gradient_of_cost(at, index[1], write))


def gradient_of_cost(at: At, s: int, write: Write) -> Callable[[int], str]:
    """∂C/∂a of an output of a sample."""
    cost = COSTS[at.problem.cost]
    before = scale(cost, cost.text.before_gradient, at.problem.widths[-1], at.problem.y)

    def v(j: int) -> str:
        return before + cost.text.gradient.format(**filled(at.of_cost(j, s), write))

    return v


def side_bp2(at: At, index: Index, write: Write) -> str:
    """(Σ w δ) σ′(z)."""
    return pulled_back(at, index, write, handed_back(at, index[1], write))


def handed_back(at: At, s: int, write: Write) -> Callable[[int], str]:
    """Σ w δ: ∂C/∂a of a unit, of a sample."""
    above = at.layer + 1
    n = at.problem.widths[above]

    def v(k: int) -> str:
        def term(j: int) -> str:
            return f"{write(at.w(above, j, k))}·{write(at.of_node('δ', above, j, s))}"

        return f"({total(n, term)})" if n > 1 else term(0)

    return v


def side_bp3(at: At, index: Index, write: Write) -> str:
    """Σ δ over the batch."""

    def term(s: int) -> str:
        return write(at.of_node("δ", at.layer, index[0], s))

    return total(at.problem.batch, term)


def side_bp4(at: At, index: Index, write: Write) -> str:
    """Σ δ a over the batch."""
    j, k = index

    def term(s: int) -> str:
        delta, a = at.of_node("δ", at.layer, j, s), at.of_node("a", at.layer - 1, k, s)
        return f"{write(delta)}·{write(a)}"

    return total(at.problem.batch, term)


def side_alpha(at: At, index: Index, write: Write) -> str:
    """Σ ∂C/∂a min(z, 0) over the batch."""
    is_last = at.layer == at.problem.architecture.depth
    by_a = gradient_of_cost if is_last else handed_back

    def term(s: int) -> str:
        z = write(at.of_node("z", at.layer, index[0], s))
        return f"{by_a(at, s, write)(index[0])}·min({z}, 0)"

    return total(at.problem.batch, term)


def pulled_back(at: At, index: Index, write: Write, v: Callable[[int], str]) -> str:
    """v · σ′(z), or v alone of identity's; of some with a sum over the units."""
    (j, s), sigma = index, at.sigma
    own = filled(at.of_unit(j, s), write)
    if isinstance(sigma, OverUnits):

        def term(k: int) -> str:
            return sigma.term.format(a=write(at.of_node("a", at.layer, k, s)), v=v(k))

        dot = total(at.problem.widths[at.layer], term)
        return sigma.text.sigma_prime.format(**own, v=v(j), dot=dot)
    slope = sigma.text.sigma_prime.format(**own)
    return v(j) if slope == "1" else f"{v(j)}·{slope}"


def filled(numbers: dict[str, Number], write: Write) -> dict[str, str]:
    return {slot: write(number) for slot, number in numbers.items()}


def total(n: int, term: Callable[[int], str]) -> str:
    """A sum of n terms; of a long one the first two and the last."""
    cut = n > TERMS
    terms = [term(i) for i in (range(n) if not cut else (0, 1, n - 1))]
    if cut:
        terms.insert(-1, "…")
    return " + ".join(terms).replace(" + -", " - ")


#: The right side of each equation.
SIDES: dict[str, Callable[[At, Index, Write], str]] = {
    "z": side_z,
    "a": side_a,
    "cost": side_cost,
    "BP1": side_bp1,
    "BP2": side_bp2,
    "BP3": side_bp3,
    "BP4": side_bp4,
    "alpha": side_alpha,
}


def terms(problem: Problem, check: str, layer: int) -> int:
    sigma = ACTIVATIONS[problem.activations[layer - 1]]
    if isinstance(sigma, OverUnits) and check in ("a", "BP1", "BP2"):
        above = problem.widths[layer + 1] if check == "BP2" else 1
        return max(problem.widths[layer], above)
    if check in ("z", "BP2"):
        return problem.widths[layer - 1 if check == "z" else layer + 1]
    return {
        "cost": problem.widths[-1] * problem.batch,
        "BP3": problem.batch,
        "BP4": problem.batch,
        "alpha": problem.batch,
    }.get(check, 1)
