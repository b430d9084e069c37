"""Faults of activations and costs: what the file of each says, and what can be mistaken of any.

Whatever is in the registry has them. They are no part of the catalogue, which is the same for
every checker that is measured by it, and every release.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.equations.faults.catalogue import Fault, Wrong
from crossgrad.comparisons.equations.faults.networks import DEPTH, Kind, of, of_costs
from crossgrad.comparisons.equations.faults.program import Step, program
from crossgrad.comparisons.parts.activations import (
    ACTIVATIONS,
    ELEMENTWISE,
    Activation,
    Elementwise,
)
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.targets import CLASSES
from crossgrad.reference.parameters import Array

OfZ: TypeAlias = Callable[[Array], Array]
OfZAndV: TypeAlias = Callable[[Array, Array], Array]
Through: TypeAlias = Callable[[Callable[..., Array]], Callable[..., Array]]
OfOutputs: TypeAlias = Callable[[Array, Array], Array]
#: By these arguments two functions are told apart: both tails, and where σ bends and has kinks.
Z = np.linspace(-8, 8, 257)
#: Likewise outputs of four classes and three samples, all probabilities, and their targets.
A = np.arange(1, 13).reshape(4, 3) / 13
Y = np.eye(4)[:, :3]
LABELS = np.arange(3)[None]


def fault(group: str, name: str, check: str, layer: int, kind: Kind, wrong: Wrong) -> Fault:
    """One that is planted at a layer, in networks of the part that it is of."""
    return Fault(
        name=name,
        group=group,
        what=f"{name}.",
        check=check,
        layer=layer,
        kind=kind,
        dtypes=tuple(FORMATS),
        link="",
        make=lambda: program({(check, layer): wrong}),
        wrong=wrong,
    )


# ------------------------------------------------------------------ activations
def kind_of(sigma: Activation) -> Kind:
    """Networks with it: a sum of so many numbers, of which each may be 1, reaches a kink at 6."""
    return of(sigma.name)._replace(widths=(14, 18))


def of_sigma(group: str, sigma: Activation, what: str, function: OfZ) -> Fault:
    """Another function of z for σ(z)."""
    kind, name = kind_of(sigma), f"σ of {sigma.name}: {what}"
    return fault(group, name, "a", 2, kind, lambda at: function(at.z))


def of_pull_back(group: str, sigma: Activation, what: str, function: OfZAndV) -> Fault:
    """Another function of z and v for v ⊙ σ′(z); in the last layer it is one of BP1."""

    def wrong(at: Step) -> Array:
        last = at.l == len(at.problem.W) - 1
        return function(at.z, at.gradient if last else at.v)

    name = f"σ′ of {sigma.name}: {what}"
    return fault(group, name, "BP2", 1, kind_of(sigma), wrong)


def of_activation(sigma: Activation) -> Iterator[Fault]:
    """What its file says."""
    for what, function in sigma.wrong_sigma:
        yield of_sigma("own", sigma, what, function)
    for what, function in sigma.wrong_pull_backs:
        yield of_pull_back("own", sigma, what, function)


def of_any(sigma: Elementwise) -> Iterator[Fault]:
    """What comes with any name, where it changes anything."""
    right = sigma.float64
    others = [other.float64 for other in behind(sigma, [*ELEMENTWISE.values()])]
    forward: dict[str, OfZ] = {
        "left out": np.positive,
        "there twice": lambda z: right.sigma(right.sigma(z)),
        "that of another": first_that_differs(
            [right.sigma, np.positive], [other.sigma for other in others], Z
        ),
    }
    backward: dict[str, OfZ] = {
        "left out": np.ones_like,
        "of a, not of z": lambda z: right.sigma_prime(right.sigma(z)),
        "there twice": lambda z: right.sigma_prime(z) ** 2,
        "σ in its place": right.sigma,
        "that of another": first_that_differs(
            [right.sigma_prime, np.ones_like], [other.sigma_prime for other in others], Z
        ),
    }
    for what, function in forward.items():
        if differ(function, right.sigma, Z):
            yield of_sigma("any", sigma, what, function)
    for what, function in backward.items():
        if differ(function, right.sigma_prime, Z):
            yield of_pull_back("any", sigma, what, by_slope(function))


def by_slope(function: OfZ) -> OfZAndV:
    """The product of v with it."""
    return lambda z, v: v * function(z)


# ------------------------------------------------------------------ costs
def of_value(group: str, cost: Cost, what: str, function: OfOutputs) -> Fault:
    """Another function of a and y for C."""
    name, kind = f"C of {cost.name}: {what}", of_costs(cost.name)
    return fault(group, name, "cost", DEPTH, kind, lambda at: function(at.a, at.y))


def of_gradient(group: str, cost: Cost, what: str, function: OfOutputs) -> Fault:
    """Another one for ∇ₐC."""
    name, kind = f"∇ₐC of {cost.name}: {what}", of_costs(cost.name)
    return fault(group, name, "BP1", DEPTH, kind, lambda at: function(at.a, at.y) * at.slope)


def of_cost(cost: Cost) -> Iterator[Fault]:
    """Its own, then those that come with any name, where they change anything."""
    for what, function in cost.wrong_values:
        yield of_value("own", cost, what, function)
    for what, function in cost.wrong_gradients:
        yield of_gradient("own", cost, what, function)
    right = cost.float64
    others = [
        other.float64
        for other in behind(cost, [*COSTS.values()])
        if (cost.of_probabilities or not other.of_probabilities)
        and (cost.targets is CLASSES) == (other.targets is CLASSES)
    ]
    y = LABELS if cost.targets is CLASSES else Y
    factors: dict[str, Callable[[Array], float]] = {
        "no mean over the samples": lambda a: a.shape[-1],
        "the mean over the samples twice": lambda a: 1 / a.shape[-1],
        "the outputs summed for their mean": lambda a: a.shape[-2],
        "the mean over the outputs for their sum": lambda a: 1 / a.shape[-2],
    }
    for what, factor in factors.items():
        yield of_value("any", cost, what, multiplied(right.value, factor))
        yield of_gradient("any", cost, what, multiplied(right.gradient, factor))
    values, gradients = ([getattr(c, name) for c in others] for name in ("value", "gradient"))
    value = first_that_differs([right.value], values, A, y, through=behind_last(cost))
    gradient = first_that_differs([right.gradient], gradients, A, y, through=pulled_back(cost))
    yield of_value("any", cost, "that of another", value)
    yield of_gradient("any", cost, "that of another", gradient)


def multiplied(function: OfOutputs, factor: Callable[[Array], float]) -> OfOutputs:
    """By a number that hangs on how many outputs and samples there are."""
    return lambda a, y: np.asarray(factor(a) * function(a, y))


def behind_last(cost: Cost) -> Through:
    """C of what the last activation gives: softmax of log_softmax is no other function."""
    sigma = ACTIVATIONS[cost.last or "identity"].float64.sigma
    return lambda function: lambda z, y: function(sigma(z), y)


def pulled_back(cost: Cost) -> Through:
    """δ of it, likewise."""
    sigma, sigma_prime = ACTIVATIONS[cost.last or "identity"].float64
    return lambda function: lambda z, y: function(sigma(z), y) * sigma_prime(z)


# ------------------------------------------------------------------ which are others
T = TypeVar("T")


def behind(part: T, parts: Sequence[T]) -> list[T]:
    """All others, in turn: first those that come after it."""
    place = parts.index(part)
    return [*parts[place + 1 :], *parts[:place]]


def differ(one: Callable[..., Array], other: Callable[..., Array], *given: Array) -> bool:
    """Whether two functions give other numbers by more than a hundredth, somewhere."""
    with np.errstate(all="ignore"):
        return bool(np.any(np.abs(one(*given) - other(*given)) > 1 / 100))


def first_that_differs(
    known: Sequence[Callable[..., Array]],
    functions: Iterable[Callable[..., Array]],
    *given: Array,
    through: Through = lambda function: function,
) -> Callable[..., Array]:
    """From all that are known, as they are seen through something."""
    seen = [through(other) for other in known]
    return next(f for f in functions if all(differ(through(f), other, *given) for other in seen))


OF_PARTS = [
    *(fault for sigma in ACTIVATIONS.values() for fault in of_activation(sigma)),
    *(fault for sigma in ELEMENTWISE.values() for fault in of_any(sigma)),
    *(fault for cost in COSTS.values() for fault in of_cost(cost)),
]
