"""A function of somebody's own, judged in their own tests: ``crossgrad.verify``."""

import operator
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crossgrad.comparisons.backends import MODES, Backend, load_backend, of_function
from crossgrad.comparisons.judging.probe import domains_of_backend
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.machine.location import command
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.coverage import little, refused_regimes
from crossgrad.comparisons.reports.failure import Telling, failure_text, is_told, size_of
from crossgrad.comparisons.reports.numbers import residual_text
from crossgrad.comparisons.reports.table import idle_backends
from crossgrad.comparisons.reports.words import LANGUAGES, labelled, note_in
from crossgrad.comparisons.suite.options import CHOOSING, with_prefix
from crossgrad.comparisons.suite.survey import scenarios_of

if TYPE_CHECKING:
    import pytest

Gradients = str | Callable[[Problem], object]
#: Random architectures, each in every format: a second or two. The suite asks a hundred times more.
ARCHITECTURES = 10
#: So many that fail are looked at, for one of which the cause is known.
MOST = 6


class Verified(NamedTuple):
    """How much was judged, all of it right, and how near it came to what rounding allows.

    ``networks`` answered, and ``refused``; ``numbers`` compared; the largest ``residual``: error ÷
    bound, at most 1. ``notes``: what of the function's arrays was taken as what.
    """

    networks: int
    refused: int
    numbers: int
    residual: float
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The answer in words."""
        refused = f" ({self.refused} refused)" if self.refused else ""
        told = (
            f"right: all {self.numbers:,} numbers of {self.networks} networks{refused} are within"
        )
        taken = [labelled("taken", note, "en") for note in self.notes]
        worst = f"  largest residual {residual_text(self.residual, 2)}, of at most 1"
        return "\n".join([f"{told} what rounding allows", *taken, worst])


def verify(gradients: Gradients, *, language: str = "en", **choice: object) -> Verified:
    """Judge a function on random networks: every number that it returns, within derived bounds.

    It is called with a few hundred small problems first, to find out which networks it supports.

    Args:
        gradients: a function that takes a problem, with its ``widths``, ``activations``, ``cost``,
            ``W``, ``b``, ``alpha``, ``x`` and ``y``, and returns ``{"dW": [...], "db": [...]}``, a
            list over the layers each, and optionally ``cost``, ``z``, ``a``, ``delta`` and, of the
            layers that have an α, ``dalpha``. It raises
            ``NotImplementedError`` for a network that it does not support. Or a string that names
            the function: ``"file.py:function"`` or ``"module:function"``.
        language: of the report: ``"en"``, or ``"vi"`` for the lecture's Vietnamese.
        choice: the options of the suite that choose networks: ``architectures`` (how many random
            ones, each in every format; 10 by default), ``draws``, ``seed``, ``dtype``,
            ``scenario``, ``activation``, ``output``, ``cost``, ``depth``, ``width``, ``batch``,
            ``labels``; one value, or a list where the option can be repeated.

    Returns:
        How many networks and numbers were judged, and the largest residual.

    Raises:
        AssertionError: a number is wrong, the function raises, or it supports no network at all.
            The message says which equation, layer and entry, and by how much.
        TypeError, ValueError: an argument is unknown, or has a bad value.
    """
    __tracebackhide__ = True
    again = lambda scenario: f"crossgrad.verify(…, scenario='{scenario}')"  # noqa: E731 - it is short
    return judge(gradients, choice, again, language)


class NothingJudgedError(AssertionError):
    """The function supports none of the networks that it was asked, or no bound says anything."""


class Own:
    """The fixture: ``verify``, where options of pytest take the place of its arguments.

    But where a test names its scenarios, of options only another scenario does.
    """

    def __init__(self, options: dict[str, object], node: "pytest.Item") -> None:
        """``options``: those given, by the names of arguments; ``node``: the test."""
        self.options = options
        self.again = f"{started(node.config)} {shlex.quote(name_of(node))} --crossgrad-scenario"
        self.judged, self.refused = False, NothingJudgedError()

    def verify(self, gradients: Gradients, *, language: str = "en", **choice: object) -> Verified:
        """As ``crossgrad.verify``; the line that reproduces a failure runs this test alone.

        That asks each function of the test one scenario: who does not support it is passed over.
        """
        __tracebackhide__ = True
        if "scenario" in self.options:
            choice = {"scenario": self.options["scenario"]}
        elif not choice.get("scenario"):
            choice |= self.options
        try:
            again = lambda scenario: f"{self.again} {scenario}"  # noqa: E731 - it is short
            verified = judge(gradients, choice, again, language)
        except NothingJudgedError as error:
            if "scenario" not in self.options:
                raise
            self.refused = error
            return Verified(0, 1, 0, 0.0)
        self.judged = True
        return verified

    def close(self) -> None:
        """At the end of the test: it fails if all of its functions were passed over."""
        if self.refused.args and not self.judged:
            raise self.refused


def started(config: "pytest.Config") -> str:
    """The command by which pytest was started: by its name, or as a module."""
    argv = getattr(config, "workerinput", {}).get("mainargv", sys.argv)
    return "python -m pytest" if Path(argv[0]).name == "__main__.py" else command("pytest")


def name_of(node: "pytest.Item") -> str:
    """A test, as it is named where pytest was started."""
    path = os.path.relpath(node.path, node.config.invocation_params.dir)
    return "::".join([path, *node.nodeid.split("::")[1:]])


def judge(
    gradients: Gradients,
    choice: dict[str, object],
    reproduction: Callable[[Scenario], str],
    language: str = "en",
) -> Verified:
    """Ask and judge scenario by scenario, until one fails of which the cause is known.

    Of several that fail the one that is easiest to follow is told; ``reproduction`` gives its line.
    """
    __tracebackhide__ = True
    wanted = as_choice(choice)
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: known are {', '.join(LANGUAGES)}")
    backend = loaded(gradients)
    with undisturbed():
        scenarios = chosen(backend, wanted)
        rows, failed = list[Row](), dict[Scenario, list[Row]]()
        for scenario in scenarios:
            verification = Verification(counting=False)
            outcome = verification.run(scenario, [backend])
            if outcome == "error" and not failed:
                told = f"{verification.told}\n  reproduce     {reproduction(scenario)}"
                raise AssertionError(told)
            if outcome == "fail":
                failed[scenario] = verification.rows
                if len(failed) == MOST or is_told(verification.rows):
                    break
            rows += verification.rows
        if failed:
            first = min(failed, key=lambda scenario: size_of(str(scenario), failed[scenario]))
            again = reproduction(first)
            raise AssertionError(report(failed[first], again, backend, language))
    answered = [row for row in rows if row.check]
    if not answered:
        told = f"{backend.name}: nothing was judged, none of {len(scenarios)} networks is supported"
        raise NothingJudgedError(f"{told}: {rows[-1].cause}")
    for complaint in idle_backends(answered):
        raise NothingJudgedError(complaint)
    for warning in [] if wanted.scenario else [*little(rows, few=0), *refused_regimes(rows)]:
        warnings.warn(warning, stacklevel=3)
    networks = len({row.scenario for row in answered})
    numbers, residual = sum(row.entries for row in answered), max(row.residual for row in answered)
    refused = len(scenarios) - networks
    return Verified(networks, refused, numbers, residual, tuple(backend.notes))


def report(rows: list[Row], again: str, backend: Backend, language: str) -> str:
    """The text of a failure, in the layout of a backend."""
    notes = tuple(note_in(note, language) for note in backend.notes)
    telling = Telling(notes=notes, layout=backend.layout, language=language)
    return failure_text(rows, again, telling=telling)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whatever the user's tests have set: the judge's numbers may overflow and underflow.

    What the function warns of is told once each, if the user's own filters show it. Where warnings
    are errors it is not: an overflow is no failure, unless a number is wrong.
    """
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        yield
    told = dict.fromkeys((w.filename, w.lineno, w.category, str(w.message)) for w in caught)
    for filename, line, category, message in told:
        with suppress(Warning):
            warnings.warn_explicit(message, category, filename, line)


def loaded(gradients: Gradients) -> Backend:
    """A function as a backend; raises ``ValueError``, or ``TypeError`` if it cannot be called."""
    __tracebackhide__ = True
    if isinstance(gradients, str):
        if gradients in MODES:
            raise ValueError(f"{gradients!r} is a backend of the suite: crossgrad verify judges it")
        return load_backend(gradients)
    if not callable(gradients):
        raise TypeError(f"a function is needed, or the name of one, and not {gradients!r}")
    name = getattr(gradients, "__qualname__", type(gradients).__qualname__)
    name = f"{gradients.__module__}:{name}"
    return of_function(name, gradients)


def chosen(backend: Backend, wanted: Choice) -> list[Scenario]:
    """Scenarios that the function supports, the smallest first; raises ``ValueError``."""
    __tracebackhide__ = True
    try:
        if wanted.scenario:
            return wanted.scenarios()
        domains = domains_of_backend(backend, wanted.dtypes, wanted.domain)
        found = scenarios_of(wanted, backend.name, domains, backend.formats)
    except ValueError as error:
        raise ValueError(with_prefix(str(error), "")) from None
    return sorted(found, key=lambda scenario: scenario.numbers)


# ------------------------------------------------------------------ arguments
def as_choice(given: dict[str, object]) -> Choice:
    """Arguments as the options of those names; raises ``TypeError`` for one that is none."""
    __tracebackhide__ = True
    for name in given:
        if name not in CHOOSING:
            raise TypeError(f"verify has no argument {name!r}: known are {', '.join(CHOOSING)}")
    usual = {} if given.get("scenario") else {"architectures": ARCHITECTURES}
    return Choice(**usual | {name: as_option(name, value) for name, value in given.items()})


def as_option(name: str, value: Any) -> Any:  # noqa: ANN401 - the options differ
    """A value as an option holds it: whole numbers, a text, or a list where it can be repeated."""
    __tracebackhide__ = True
    if value is None:
        return None
    if CHOOSING[name].get("type") is int:
        try:
            return operator.index(value)
        except TypeError:
            raise TypeError(f"{name}: a whole number is needed, and not {value!r}") from None
    if CHOOSING[name].get("action") != "append":
        return str(value)
    several = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
    return [text_of(one) for one in several]


def text_of(value: object) -> str:
    """As it is typed: ``float32`` of ``numpy.float32`` and of its dtype."""
    return np.dtype(value).name if isinstance(value, type | np.dtype) else str(value)
