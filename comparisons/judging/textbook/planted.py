"""What a mistake is, and how it gets into the list: a function, and above it what is told of it.

The function does one step of a program wrongly, or takes the problem for another. Adding a mistake
is adding one such function; its text stands in ``texts``.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.program import Step
from crossgrad.comparisons.judging.textbook.reckoned import Number
from crossgrad.comparisons.judging.textbook.texts import Cause, Told, Where
from crossgrad.comparisons.problems.problem import Key


class Planted(NamedTuple):
    """A program with a mistake: what it takes its problem to be, and the steps that are wrong."""

    told: tuple[Told, ...]
    net: Given
    steps: Mapping[Key, Step] = {}

    def and_also(self, other: "Planted") -> "Planted | None":
        """Both at once, if they can be: ``other`` is one that takes the problem for what it is."""
        if self.steps.keys() & other.steps.keys():
            return None
        return Planted(self.told + other.told, self.net, {**self.steps, **other.steps})


class Layers(NamedTuple):
    """Some layers, and how they are called."""

    where: str
    layers: range


#: The layers at which a mistake may be made, one choice after the other.
Places = Callable[[int], Iterator[Layers]]


def everywhere(depth: int) -> Iterator[Layers]:
    """In all layers; of one layer nothing is said."""
    yield Layers(Where.ALL if depth > 1 else Where.NOWHERE_ELSE, range(1, depth + 1))


def at_output(depth: int) -> Iterator[Layers]:
    if depth > 1:
        yield Layers(Where.OUTPUT, range(depth, depth + 1))


def in_hidden(depth: int) -> Iterator[Layers]:
    if depth > 1:
        yield Layers(Where.HIDDEN, range(1, depth))


def at_one(depth: int) -> Iterator[Layers]:
    """At one hidden layer of several."""
    for l in range(1, depth if depth > 2 else 1):  # noqa: PLR2004 - of one, it is all of them
        yield Layers(Where.LAYER.format(layer=l), range(l, l + 1))


def above_first(depth: int) -> Iterator[Layers]:
    """Where something is passed down from, or an input is computed: nothing is said of where."""
    if depth > 1:
        yield Layers(Where.NOWHERE_ELSE, range(2, depth + 1))


def below_last(depth: int) -> Iterator[Layers]:
    """Where something is passed down to: likewise."""
    if depth > 1:
        yield Layers(Where.NOWHERE_ELSE, range(1, depth))


def only_last(depth: int) -> Iterator[Layers]:
    """Where the cost is: likewise."""
    yield Layers(Where.NOWHERE_ELSE, range(depth, depth + 1))


#: From few layers to many: of two that give the same the first is told.
ANYWHERE = (at_one, at_output, in_hidden, everywhere)
ROUGHLY = (at_output, in_hidden, everywhere)

#: The names that a mistake is made with, one after the other: what a template calls them.
Names = Callable[[Given], Iterator[dict[str, Any]]]


def once(_net: Given) -> Iterator[dict[str, Any]]:
    yield {}


class Mistake(NamedTuple):
    """All ways to plant it, and those that are tried together with another mistake, too."""

    plant: Callable[[Given], Iterator[Planted]]
    plant_two: Callable[[Given], Iterator[Planted]]


#: All of them, in the order of their files.
MISTAKES: list[Mistake] = []


def wrong(
    steps: str,
    cause: Cause,
    *places: Places,
    each: Names = once,
    with_another: tuple[Places, ...] = (),
) -> Callable[[Callable[..., Number]], Callable[..., Number]]:
    """Of a function of a pass, and of names if there are any, which does steps wrongly.

    Of several steps, by their names with a blank between, it is told which. ``with_another``: the
    places where it is tried together with another mistake.
    """

    def register(function: Callable[..., Number]) -> Callable[..., Number]:
        def plant(places: tuple[Places, ...], net: Given) -> Iterator[Planted]:
            for names in each(net):
                for where, layers in chosen(places, net.depth):
                    done = {
                        (name, l): step_of(function, name if " " in steps else "", names)
                        for name in steps.split()
                        for l in layers
                    }
                    yield Planted((Told(cause, {"where": where, **names}),), net, done)

        MISTAKES.append(Mistake(partial(plant, places), partial(plant, with_another)))
        return function

    return register


def step_of(function: Callable[..., Number], name: str, names: dict[str, Any]) -> Step:
    """The function with the names that it is made with."""
    given = [name] if name else []
    return lambda at: function(at, *given, *names.values())


def takes_for(
    cause: Cause, *places: Places, each: Names = once, with_another: tuple[Places, ...] = ()
) -> Callable[[Callable[..., Given | None]], Callable[..., Given | None]]:
    """Of a function from the problem, and layers and names if there are any, to another problem.

    It gives None where there is no such thing.
    """

    def register(function: Callable[..., Given | None]) -> Callable[..., Given | None]:
        def plant(places: tuple[Places, ...], net: Given) -> Iterator[Planted]:
            for names in each(net):
                for where, layers in chosen(places, net.depth):
                    parts = [] if places == (as_a_whole,) else [layers]
                    if (other := function(net, *parts, *names.values())) is not None:
                        yield Planted((Told(cause, {"where": where, **names}),), other)

        whole = partial(plant, places or (as_a_whole,))
        MISTAKES.append(Mistake(whole, partial(plant, with_another)))
        return function

    return register


def chosen(places: tuple[Places, ...], depth: int) -> Iterator[Layers]:
    """All choices."""
    for place in places:
        yield from place(depth)


def as_a_whole(_depth: int) -> Iterator[Layers]:
    """Of the problem, not of layers of it."""
    yield Layers(Where.NOWHERE_ELSE, range(0))
