"""The layout of a program that has not said its own: the first in which it answers a network.

It is asked in the suite's own first. A wrong guess judges nothing wrongly: a layout is the same
numbers in another order, and what is right in one is right.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from itertools import product
from typing import NamedTuple

from crossgrad.comparisons.backends.own.errors import (
    BackendError,
    FormatError,
    IncompleteError,
    NotSupportedError,
)
from crossgrad.comparisons.backends.own.layout import CHOICES, Layout
from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.domain import OUTPUTS
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.questions import (
    ANY_WIDTHS,
    SPECIAL_WIDTHS,
    Question,
    arrays,
)
from crossgrad.reference.architecture import Architecture

Asked = Callable[[Problem, Layout], tuple[Trace, tuple[str, ...]]]
#: What is found out, the likeliest to be another last: the loops go through that first.
OPEN = ("targets", "samples", "weights", "bias")
#: So many different errors are followed up, and so many networks with errors are tried.
MOST, MOST_FAILED = 24, 1500
#: Hidden activations, besides that of the last layer.
HIDDEN = ("sigmoid", "tanh", "relu")


class Recognised(NamedTuple):
    """A layout; the formats that it answers in, none for any; what is to be said of both."""

    layout: Layout
    formats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def recognised(asked: Asked, said: Layout, known: frozenset[str]) -> Recognised:
    """What the first network shows that is answered; what was said, if none is."""
    draw = lru_cache(maxsize=8)(arrays)
    seen, failed = set[object](), 0
    for question in filter(is_telling, usual_questions()):
        problem = partial(posed_as, draw, question)
        try:
            asked(problem("float64"), said)
        except NotSupportedError:
            continue
        except IncompleteError:
            return told(asked, problem, said, said)
        except BackendError as error:
            kind = str(error), question.net.widths, question.labels
            failed += 1
            if failed == MOST_FAILED:
                break
            if kind in seen:
                continue
            seen.add(kind)
            if (other := another(asked, problem("float64"), said, known)) is not None:
                return told(asked, problem, other, said)
            if len(seen) == MOST:
                break
        else:
            return told(asked, problem, said, said)
    return Recognised(said)


def posed_as(draw: Callable[..., Problem], question: Question, dtype: str) -> Problem:
    return replace(draw(dtype, question.drawn_as), architecture=question.net)


def usual_questions() -> Iterator[Question]:
    """Small networks of each output and cost, and of few activations; labels first.

    Of several samples, and of one, which is all that some take.
    """
    for widths in (*ANY_WIDTHS, *SPECIAL_WIDTHS):
        for labels, batch, (output, cost) in product((*LABELS, ""), (4, 1), OUTPUTS):
            for hidden in dict.fromkeys((output, *HIDDEN)) if len(widths) > 2 else [""]:  # noqa: PLR2004
                names = (hidden,) * (len(widths) - 2)
                yield Question(Architecture(widths, (*names, output), cost), batch, labels)


def is_telling(question: Question) -> bool:
    """Whether its shapes tell rows from columns, and W from its transpose."""
    widths = question.net.widths
    return question.batch not in (widths[0], widths[-1]) and len(set(widths)) > 1


def another(asked: Asked, problem: Problem, said: Layout, known: frozenset[str]) -> Layout | None:
    """The first other layout in which it answers."""
    for layout in layouts(said, known):
        if layout != said and layout.can_pose(problem):
            with suppress(BackendError, NotSupportedError):
                if answers(asked, problem, layout):
                    return layout
    return None


def answers(asked: Asked, problem: Problem, layout: Layout) -> bool:
    """Whether it does; raises what it raises."""
    with suppress(IncompleteError):
        asked(problem, layout)
    return True


def layouts(said: Layout, known: frozenset[str]) -> Iterator[Layout]:
    """All that what was said leaves open; a program without biases is not guessed."""
    choices = [[getattr(said, name)] if name in known else CHOICES[name][:3] for name in OPEN]
    for values in product(*choices):
        yield replace(said, **dict(zip(OPEN, values, strict=True)))


def told(
    asked: Asked, problem: Callable[[str], Problem], layout: Layout, said: Layout
) -> Recognised:
    """With the formats in which it answers, and what was not said in words."""
    formats, notes = tuple[str, ...](), list[str]()
    if layout != said:
        found = {n: v for n, v in layout.changed().items() if getattr(said, n) != v}
        listed = ", ".join(f"{name}={value!r}" for name, value in found.items())
        notes.append(f"found out by asking: {listed}")
    try:
        asked(problem("float32"), layout)
    except FormatError as error:
        if error.given == "float64":
            formats = ("float64",)
            notes.append(
                'it answers float32 in float64, and is asked float64 alone: dtype="float64"'
            )
    except (BackendError, NotSupportedError):
        pass
    return Recognised(layout, formats, tuple(notes))
