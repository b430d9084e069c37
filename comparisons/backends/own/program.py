"""A program of somebody's own, asked: in the layout that was said, or that was found out."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends.own.errors import (
    BackendError,
    IncompleteError,
    NotSupportedError,
    raised,
)
from crossgrad.comparisons.backends.own.layout import Layout
from crossgrad.comparisons.backends.own.loading import its_own_settings
from crossgrad.comparisons.backends.own.recognition import OPEN, Recognised, recognised
from crossgrad.comparisons.backends.own.validation import validated
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array


@dataclass(eq=False)
class Program:
    """A function of a problem; what is said of it, and by which names; what else is to be told.

    ``formats``: those that are said to be all that it computes in; none for any. ``apart`` loads it
    once more: one that keeps a state is not to be asked more than it is judged by.
    """

    name: str
    function: Callable[[Problem], object]
    said: Layout = field(default_factory=Layout)
    known: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    apart: Callable[[], Callable[[Problem], object]] | None = None
    notes: dict[str, None] = field(default_factory=dict)

    def trace(self, problem: Problem) -> Trace:
        """Its answer; raises ``BackendError``, ``NotSupportedError``."""
        if problem.dtype not in self.answers_in:
            raise NotSupportedError(f"{self.name} answers in {', '.join(self.answers_in)} alone")
        trace, notes = self.asked(problem, self.layout)
        self.notes.update(dict.fromkeys(notes))
        return trace

    def asked(self, problem: Problem, layout: Layout) -> tuple[Trace, tuple[str, ...]]:
        """Its answer in a layout, validated; it gets a copy that it may not change.

        Its warnings are its own: they are shown, but fail nothing.
        """
        if not layout.can_pose(problem):
            raise NotSupportedError(f"{self.name} takes classes: these targets are no labels")
        problem = layout.judged(problem)
        posed = layout.posed(problem)
        given = posed.copy()
        try:
            with its_own_settings():
                found = validated(self.name, self.function(given), problem, layout)
        except (BackendError, KeyboardInterrupt):
            raise
        except NotImplementedError as error:
            raise NotSupportedError(f"{self.name}: {str(error) or 'not implemented'}") from error
        except BaseException as error:  # pytest.skip and sys.exit among them
            raise BackendError(raised(self.name, error)) from error
        changed = changed_in(given, posed)
        if found[0].doubts and changed[:1] in ("W", "b"):
            return found  # a step of descent in place: these are the new ones
        if changed:
            raise IncompleteError(f"{self.name} changed its input problem.{changed}")
        return found

    @cached_property
    def found(self) -> Recognised:
        """What was not said: what the first network shows that it answers."""
        if self.formats and self.known.issuperset(OPEN):
            return Recognised(self.said)
        with warnings.catch_warnings(record=True):  # it warns of the same when it is judged
            other = replace(self, function=self.apart()) if self.apart else self
            found = recognised(other.asked, self.said, self.known)
        self.notes.update(dict.fromkeys(found.notes))
        return found

    @property
    def layout(self) -> Layout:
        return self.found.layout

    @property
    def answers_in(self) -> tuple[str, ...]:
        """The formats that it computes in."""
        return self.formats or self.found.formats or tuple(ALL_FORMATS)


def changed_in(given: Problem, problem: Problem) -> str:
    """The name of the first array of which another is left; empty if all are as they were."""
    for name in ("W", "b", "alpha", "x", "y"):
        then, now = getattr(problem, name), getattr(given, name, None)
        if isinstance(then, np.ndarray):
            if not as_it_was(now, then):
                return name
        elif not isinstance(now, tuple) or len(now) != len(then):
            return name
        else:
            for l, (there, other) in enumerate(zip(now, then, strict=True)):
                if other is not None and not as_it_was(there, other):
                    return f"{name}[{l}]"
    return ""


def as_it_was(now: object, then: Array) -> bool:
    """Whether an array still has its shape, format and bits, in whatever order they lie."""
    if not isinstance(now, np.ndarray) or (now.shape, now.dtype) != (then.shape, then.dtype):
        return False
    return now.tobytes() == then.tobytes()
