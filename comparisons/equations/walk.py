"""The walk over a network: each equation of each layer, judged where it happens.

Each is evaluated anew from the backend's *own* upstream values, more exactly than the format,
and compared with what the backend reported. So errors do not build up across layers, kinks are
decided by the backend's own z, and a failure names the equation, the layer and the entry. What
needs a quantity that was not reported is not judged.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple, Self, TypeVar

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison, Passed
from crossgrad.comparisons.arithmetic.expected import (
    NONE,
    Equation,
    Expected,
    Extra,
    reported,
    total,
)
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, SIXTEEN, SLACK, Format
from crossgrad.comparisons.arithmetic.screening import Asked, passes, screened
from crossgrad.comparisons.arithmetic.sums import Sum
from crossgrad.comparisons.equations.penalty import Penalised, penalised_cost
from crossgrad.comparisons.equations.place import Place
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.network import Network, network_of
from crossgrad.comparisons.problems.problem import Key, NotReportedError, Problem, Trace
from crossgrad.reference.parameters import Array

T = TypeVar("T")
#: What a cost of logits makes of them, of the last layer, where a program reports that as aᴸ.
PROBABILITIES = "probabilities"


class Here(NamedTuple):
    """A layer, and those that are given its a, each with which of its inputs that is."""

    at: Place
    above: tuple[tuple[Place, int], ...]

    def in_format(self, fmt: Format) -> "Here":
        """Held to a format: if it is its own, with what other checks have made there, if small."""
        if fmt is self.at.fmt and self.at.is_small:
            return self
        above = ((place._replace(fmt=fmt), which) for place, which in self.above)
        return Here(self.at._replace(fmt=fmt), tuple(above))


class Check(NamedTuple):
    """An equation by its name in the book, what it judges, and what that has to be, in any form.

    ``equation``: the one that is evaluated as it stands, and what else is rounded; if it is one.
    """

    label: str
    key: Key
    forms: Callable[[Here], list[Expected]]
    equation: Callable[[Here], tuple[Equation, Extra]] | None = None

    @classmethod
    def of(cls, label: str, key: Key, equation: Callable[[Here], tuple[Equation, Extra]]) -> Self:
        """Of an equation that is evaluated as it stands."""

        def form(here: Here) -> list[Expected]:
            evaluated, extra = equation(here)
            return [evaluated.expected(here.at.fmt, extra)]

        return cls(label, key, form, equation)

    def held(self, here: Here) -> Comparison:
        """The comparison; raises ``NotReportedError``. Each entry is held to the form it is in."""
        number = here.at.trace[self.key]
        first, *others = (self.compared(here.at, number, form) for form in self.forms(here))
        for other in others:
            first = first.or_better(other)
        return first

    def asked(self, here: Here) -> Asked | None:
        """The sum that is judged, if it is one, and large."""
        if self.equation is None or self.key in here.at.trace.doubts:
            return None
        number = here.at.trace[self.key]
        equation, extra = self.equation(here)
        if not isinstance(equation, Sum):
            return None
        asked = Asked(equation, number, here.at.fmt, extra, partial(self.compared, here.at))
        return asked if asked.is_suited else None

    def brief(self, here: Here) -> Comparison | Passed:
        """The comparison; of a large sum that passes, its worst entry alone."""
        asked = self.asked(here)
        return (asked and screened(asked)) or self.best(here)

    def passes(self, here: Here) -> bool:
        """Whether all entries do, and nothing else."""
        asked = self.asked(here)
        return bool((asked and passes(asked)) or (self.best(here).residual <= 1).all())

    def compared(self, at: Place, number: Array, expected: Expected) -> Comparison:
        """The bound includes what the checker itself may err by, which nobody has rounded."""
        value = expected.value
        bound = expected.bound + value.own + at.trace.doubts.get(self.key, 0.0)
        bound *= SLACK
        place = self.label, self.key[1], number, value.pair.nearest
        distance = value.distance(number)
        unrounded = lambda: expected.flushed() + value.own  # noqa: E731 - asked of few
        return Comparison(*place, distance, bound, unrounded, at.fmt.overflow)

    def best(self, here: Here) -> Comparison:
        """The comparison; where a format may be followed in several ways, each entry's smallest."""
        first, *others = (self.held(here.in_format(way)) for way in here.at.fmt.ways)
        for other in others:
            first = first.or_better(other)
        return first


# ------------------------------------------------------------------ the order of the data
def forward(here: Here) -> Iterator[Check]:
    """What the layer reports on its way, then zˡ, then aˡ = σ(zˡ)."""
    l, layer = here.at.l, here.at.layer
    for name, statistic in layer.statistics.items():
        if (name, l) in here.at.trace:
            yield Check.of(name, (name, l), partial(of_equation, statistic))
    yield Check.of("z", ("z", l), partial(of_equation, layer.forward))
    if (PROBABILITIES, l) in here.at.trace:
        yield Check("a", (PROBABILITIES, l), of_probabilities)
    else:
        yield Check("a", ("a", l), lambda here: [here.at.sigma.forward(here.at)])


def of_probabilities(here: Here) -> list[Expected]:
    """What a cost of logits makes of them, where that is reported as aᴸ."""
    made = here.at.network.cost.probabilities
    if made is None:
        raise NotReportedError((PROBABILITIES, here.at.l))
    network = here.at.network.with_part(here.at.l, ACTIVATIONS[made.name])
    at = here.at._replace(network=network)
    return [at.sigma.forward(at)]


def cost(here: Here) -> Iterator[Check]:
    """C(aᴸ, y), and its penalty."""
    key = "cost", here.at.l
    yield Check("cost", key, of_cost)


def of_cost(here: Here) -> list[Expected]:
    found = here.at.network.cost.forward(here.at)
    return penalised_cost(here.at, found) if here.at.problem.l2 else found


def backward(here: Here) -> Iterator[Check]:
    """BP1 or BP2: δˡ from v, reported or not; then ∂C/∂ each parameter, of the layer and of σ."""
    l, label = here.at.l, "BP2" if here.above else "BP1"
    if ("v", l) in here.at.trace:
        yield Check("v", ("v", l), lambda here: [handed_back(here)])
    yield Check(label, ("delta", l), of_delta)
    for name, gradient in here.at.layer.gradients.items():
        book = here.at.layer.labels[name]
        yield Check.of(book, (f"d{name}", l), partial(of_gradient, gradient, f"d{name}"))
    for name in here.at.sigma.learnt:
        yield Check(name, (f"d{name}", l), partial(of_learnt, name))


def of_equation(equation: Callable[[Place], Equation], here: Here) -> tuple[Equation, Extra]:
    """What is not scaled."""
    return equation(here.at), NONE


def of_gradient(
    gradient: Callable[[Place], Equation], name: str, here: Here
) -> tuple[Equation, Extra]:
    """∂C/∂ a parameter; of W, of the penalty too."""
    equation, l2 = gradient(here.at), here.at.problem.l2
    if l2 and name == "dW":
        equation = Penalised(equation, here.at.p["W"], l2)
    return equation, here.at.stored(here.at.trace[name, here.at.l])


def of_delta(here: Here) -> list[Expected]:
    """δˡ = (∂a/∂z)ᵀ v."""
    return [here.at.sigma.pull_back(here.at, by_a(here))]


def of_learnt(name: str, here: Here) -> list[Expected]:
    """∂C/∂ a parameter of σ."""
    return [here.at.sigma.gradients(here.at, by_a(here))[name]]


def by_a(here: Here) -> Expected:
    """v = ∂C/∂a, reported or not."""
    key = "v", here.at.l
    return reported(here.at.trace[key]) if key in here.at.trace else handed_back(here)


def handed_back(here: Here) -> Expected:
    """v = ∇ₐC at the last layer, else the sum of what all layers above hand back."""
    at = here.at
    if not here.above:
        return at.network.cost.pull_back(at)
    parts = [
        other.layer.pull_back(other, which).expected(at.fmt, at.scaled)
        for other, which in here.above
    ]
    return total(parts, at.fmt)


# ------------------------------------------------------------------ all of them
class Book(NamedTuple):
    """An equation as text, and the layers of a network of so many where it holds, 1 … L."""

    equation: str
    layers: Callable[[int], range]


def all_layers(depth: int) -> range:
    """From the first to the last."""
    return range(1, depth + 1)


def last_layer(depth: int) -> range:
    """The last alone."""
    return range(depth, depth + 1)


#: Of dense layers, in the order of the data at a layer.
CHECKS = {
    "z": Book("zˡ = Wˡ aˡ⁻¹ + bˡ", all_layers),
    "a": Book("aˡ = σ(zˡ)", all_layers),
    "cost": Book("C = C(aᴸ, y)", last_layer),
    "BP1": Book("δᴸ = ∇ₐC ⊙ σ′(zᴸ)", last_layer),
    "BP2": Book("δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)", lambda depth: range(1, depth)),
    "BP3": Book("∂C/∂bˡ = Σ δˡ over the batch", all_layers),
    "BP4": Book("∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ", all_layers),
}

#: ∂C/∂ what is learnt of an activation, by its name: of layers that have it.
LEARNT = {
    name: Book(equation, all_layers)
    for sigma in ACTIVATIONS.values()
    for name, equation in sigma.learnt.items()
}
#: All of them; the gradients of parameters from end to end.
EVERY_CHECK = CHECKS | LEARNT
END_TO_END = ("dW", "db", *(f"d{name}" for name in LEARNT))
#: Whatever may be compared, by its name.
COMPARED = (*EVERY_CHECK, *END_TO_END)


def places(depth: int) -> list[tuple[str, int]]:
    """Each check at each of its layers, in the order of the data."""
    found = [(name, l) for name, book in CHECKS.items() for l in book.layers(depth)]
    return sorted(found, key=data_order)


def data_order(place: tuple[str, int]) -> tuple[int, int, int]:
    """Forward layer by layer, the cost, then backward: the first that fails is to blame.

    Last comes what is judged from end to end.
    """
    name, l = place
    if name in ("z", "a"):
        return 0, l, 0 if name == "z" else 1
    if name in END_TO_END:
        return 2, -l, END_TO_END.index(name)
    return 1, -l, list(EVERY_CHECK).index(name)


def walk(
    network: Network, problem: Problem, trace: Trace, fmt: Format
) -> Iterator[tuple[Here, Check]]:
    """Every check, in the order of the data."""
    layers = [Place(problem, trace, network, l + 1, fmt) for l in range(len(network.layers))]
    whole = [Here(at, above(at, layers)) for at in layers]
    yield from ((here, check) for here in whole for check in forward(here))
    yield from ((whole[-1], check) for check in cost(whole[-1]))
    yield from ((here, check) for here in reversed(whole) for check in backward(here))


def above(at: Place, layers: list[Place]) -> tuple[tuple[Place, int], ...]:
    """Those that are given its a."""
    return tuple((layers[l - 1], which) for l, which in at.network.consumers(at.l))


def local_checks(
    problem: Problem, trace: Trace, fmt: Format | None = None, network: Network | None = None
) -> list[Comparison]:
    """Every check that the trace has the quantities for.

    ``fmt`` is what the backend computes in, if not the problem's.
    """
    return walked(Check.best, problem, trace, fmt, network)


def brief_checks(
    problem: Problem, trace: Trace, fmt: Format | None = None, network: Network | None = None
) -> list[Comparison | Passed]:
    """The same; of large sums that pass, no array as large as their results is made."""
    return walked(Check.brief, problem, trace, fmt, network)


def all_pass(
    problem: Problem, trace: Trace, fmt: Format | None = None, network: Network | None = None
) -> bool:
    """Whether every entry of every check is within its bound, and nothing else: the least work."""
    return all(walked(Check.passes, problem, trace, fmt, network))


def walked(
    judged: Callable[[Check, Here], T],
    problem: Problem,
    trace: Trace,
    fmt: Format | None,
    network: Network | None,
) -> list[T]:
    """Each check of the walk, judged in a way; not those that need what was not reported."""
    problem, trace = widened(problem, trace)
    network, fmt = network or network_of(problem.architecture), fmt or ALL_FORMATS[problem.dtype]
    found = []
    with np.errstate(all="ignore"):
        for here, check in walk(network, problem, trace, fmt):
            with suppress(NotReportedError):
                found.append(judged(check, here))
    return found


def compare(
    label: str,
    layer: int,
    problem: Problem,
    trace: Trace,
    fmt: Format | None = None,
    network: Network | None = None,
) -> Comparison:
    """One check at one layer, 1 … L; ``network`` may have other parts in place of the usual ones.

    Raises ``NotReportedError``.
    """
    here = here_of(layer, problem, trace, fmt, network)
    with np.errstate(all="ignore"):
        return check_of(label, here).best(here)


def check_of(label: str, here: Here) -> Check:
    """A check by its name."""
    steps = (check for part in (forward, cost, backward) for check in part(here))
    return next(check for check in steps if check.label == label)


def here_of(
    layer: int,
    problem: Problem,
    trace: Trace,
    fmt: Format | None = None,
    network: Network | None = None,
) -> Here:
    """One layer, 1 … L, and those above it."""
    problem, trace = widened(problem, trace)
    network, fmt = network or network_of(problem.architecture), fmt or ALL_FORMATS[problem.dtype]
    at = Place(problem, trace, network, layer, fmt)
    consumers = network.consumers(layer)
    return Here(at, tuple((at._replace(l=l), which) for l, which in consumers))


def with_delta(problem: Problem, trace: Trace) -> Trace:
    """At m = 1 ∂C/∂b *is* δ, but for rounding: a guess, of a backend that reports no δ."""
    if problem.batch != 1 or trace.delta or trace.doubts:
        return trace
    opened = {("delta", l): ("db", l) for l in all_layers(len(trace.db))}
    return replace(trace, delta=trace.db, opened=opened)


def widened(problem: Problem, trace: Trace) -> tuple[Problem, Trace]:
    """16-bit numbers as the float32 numbers that they are; all others as they are."""
    if problem.dtype not in SIXTEEN or problem.x.dtype == np.float32:
        return problem, trace
    return problem.map(in_float32), trace.map(in_float32)


def in_float32(array: Array) -> Array:
    """The same numbers."""
    return array.astype(np.float32)
