"""A backend: who answers, and what judging its answers takes to know of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, Format
from crossgrad.comparisons.backends.modes import MODES, as_it_is
from crossgrad.comparisons.backends.own import USUAL, Layout, NotSupportedError, Program
from crossgrad.comparisons.divergences import Divergence, divergences_of
from crossgrad.comparisons.problems.domain import Domain
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_traces


def silent(_problem: Problem) -> Trace:
    """Of whom something is known, but who is not here."""
    raise NotSupportedError("it is not loaded")


def nothing() -> None:
    """What most backends have to give back."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A name, what answers a problem with a trace, and what gives back the memory it has kept.

    ``stacks``: a stack of draws is answered as one problem is. ``domain`` is what it supports; if
    nobody has said so, it has to be asked. ``arithmetic`` gives the format that it computes in, of
    the problem's. ``forward``: derivatives are carried from the parameters to the cost; if nobody
    has said so, they may be where no δ is told. ``as_reported``: it goes on with each number
    exactly as it reports it: it scales nothing in between, and computes nothing twice.
    ``built_in``: it is one that the suite brings along, of which divergences are known, and which
    means by its words what the suite means. ``program``: what is asked, of somebody's own.
    """

    name: str
    trace: Callable[[Problem], Trace] = silent
    release: Callable[[], None] = nothing
    stacks: bool = False
    domain: Domain | None = None
    arithmetic: Callable[[Format], Format] = as_it_is
    forward: bool | None = None
    as_reported: bool = False
    built_in: bool = False
    program: Program | None = None

    @property
    def mode(self) -> str:
        """By which name it is among the modes; empty for somebody's own."""
        return self.name if self.built_in else ""

    @property
    def layout(self) -> Layout:
        """How its arrays are laid out, and what its numbers are of."""
        return self.program.layout if self.program else USUAL

    @property
    def formats(self) -> tuple[str, ...]:
        """Those in which it answers."""
        return self.program.answers_in if self.program else tuple(ALL_FORMATS)

    @property
    def notes(self) -> list[str]:
        """What was taken as what, in words."""
        return list(self.program.notes) if self.program else []

    def note(self, notes: Iterable[str]) -> None:
        """What is to be said of it, once each."""
        if self.program:
            self.program.notes.update(dict.fromkeys(notes))

    def traces(self, problems: Sequence[Problem]) -> Trace:
        """The traces of all draws, as a stack."""
        return stack_traces([self.trace(problem) for problem in problems])

    def computes_in(self, dtype: str) -> Format:
        """The format in which it computes a problem of a format."""
        return self.arithmetic(ALL_FORMATS[dtype])._replace(as_reported=self.as_reported)

    def carries_forward(self, *, has_delta: bool) -> bool:
        """Whether it takes its derivatives in forward mode, or may."""
        return not has_delta if self.forward is None else self.forward

    def divergences(
        self, check: str, activation: str, cost: str, dtype: str, *, known: bool = True
    ) -> list[Divergence]:
        """What of it may show in a check, and is known of the release here, or is not."""
        return divergences_of(self.mode, check, activation, cost, dtype, known=known)


def facts_of(name: str) -> Backend:
    """What is known of a backend by its name alone; of one that is nobody's, nothing."""
    if name not in MODES:
        return Backend(name)
    mode = MODES[name]
    return Backend(
        name,
        stacks=mode.stacks,
        arithmetic=mode.arithmetic,
        forward=mode.forward,
        as_reported=mode.as_reported,
        built_in=True,
    )
