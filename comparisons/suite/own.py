"""A function of somebody's own, judged inside their own tests: ``crossgrad.verify``."""

import os
import re
import shlex
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from crossgrad.comparisons.backends import MODES, Backend, load_backend
from crossgrad.comparisons.backends.custom import answering
from crossgrad.comparisons.choice import Choice
from crossgrad.comparisons.probe import domains_of_backend
from crossgrad.comparisons.problem import Problem
from crossgrad.comparisons.report.failure import failure_text
from crossgrad.comparisons.scenario import Scenario
from crossgrad.comparisons.survey import scenarios_of
from crossgrad.comparisons.verification import Verification

if TYPE_CHECKING:
    import pytest

Gradients = str | Callable[[Problem], object]
#: Random architectures, each in every format: a second or two. The suite asks a hundred times more.
ARCHITECTURES = 10
#: Names of options, which the arguments are called by too, in the errors of the suite.
FLAG = re.compile(r"--(?=[a-z])")


def verify(gradients: Gradients, **choice: object) -> None:
    """Judge a function on random networks: every number that it reports, within derived bounds.

    Args:
        gradients: takes a problem, with its ``W``, ``b``, ``x``, ``y``, ``activations`` and
            ``cost``, and returns ``{"dW": [...], "db": [...]}``, and if it likes ``cost``, ``z``,
            ``a``, ``delta``. Or where it is: ``"file.py:function"``, ``"module:function"``.
        choice: the options of the suite that choose networks, by their names: ``architectures``
            (10 by default), ``draws``, ``seed``, ``dtype``, ``scenario``, ``activation``, … Each
            takes one value, or a list where the option can be repeated.

    Raises:
        AssertionError: a number is wrong, the function raises, or it supports no network at all.
            The message says which equation, layer and entry, and by how much.
        TypeError, ValueError: an argument is none that can be chosen.
    """
    __tracebackhide__ = True
    judge(gradients, choice, lambda scenario: f"crossgrad.verify(…, scenario={str(scenario)!r})")


class Own:
    """What the fixture is: ``verify``, with what the command line of pytest says besides."""

    def __init__(self, options: dict[str, object], node: "pytest.Item") -> None:
        """``options``: those given, which take the place of arguments; ``node``: the test."""
        self.options = options
        path = os.path.relpath(node.path)
        self.test = shlex.quote("::".join([path, *node.nodeid.split("::")[1:]]))

    def verify(self, gradients: Gradients, **choice: object) -> None:
        """As ``crossgrad.verify``; the line that reproduces a failure runs this test alone."""
        __tracebackhide__ = True
        if "scenario" in self.options:
            choice = {}
        command = f"pytest {self.test} --crossgrad-scenario"
        judge(gradients, choice | self.options, lambda scenario: f"{command} {scenario}")


def judge(
    gradients: Gradients, choice: dict[str, object], command: Callable[[Scenario], str]
) -> None:
    """Ask and judge scenario by scenario; ``command`` reproduces the first that fails."""
    __tracebackhide__ = True
    backend = loaded(gradients)
    # whatever the user's tests have set: numbers of the judge may overflow and underflow
    with np.errstate(all="warn", under="ignore"):
        scenarios = chosen(backend, choice)
        answered, verification = 0, Verification()
        for scenario in scenarios:
            verification = Verification()
            outcome = verification.run(scenario, [backend])
            again = command(scenario)
            if outcome == "fail":
                raise AssertionError(failure_text(verification.rows, again))
            if outcome == "error":
                raise AssertionError(f"{verification.told}\n  reproduce     {again}")
            answered += outcome == "pass"
    if not answered:
        told = f"{backend.name}: nothing was judged, none of {len(scenarios)} networks is supported"
        raise AssertionError(f"{told}: {verification.told}")


def loaded(gradients: Gradients) -> Backend:
    """A function as a backend; raises ``ValueError``, or ``TypeError`` for what is none."""
    __tracebackhide__ = True
    if isinstance(gradients, str):
        if gradients in MODES:
            raise ValueError(f"{gradients!r} is a backend of the suite: crossgrad verify judges it")
        return load_backend(gradients)
    if not callable(gradients):
        raise TypeError(f"a function is needed, or where one is, and not {gradients!r}")
    name = getattr(gradients, "__qualname__", type(gradients).__qualname__)
    name = f"{gradients.__module__}:{name}"
    trace, domain = answering(name, gradients)
    return Backend(name, trace, domain=domain)


def chosen(backend: Backend, choice: dict[str, object]) -> list[Scenario]:
    """Of what the function supports, the smallest first; raises ``ValueError``."""
    __tracebackhide__ = True
    asked = {} if "scenario" in choice else {"architectures": ARCHITECTURES}
    try:
        wanted = Choice(**asked | {name: as_option(name, value) for name, value in choice.items()})
        if wanted.scenario:
            return wanted.scenarios()
        domains = domains_of_backend(backend, wanted.dtypes, wanted.domain)
        found = scenarios_of(wanted, backend.name, domains)
        return sorted(found, key=lambda scenario: scenario.numbers)
    except ValueError as error:
        raise ValueError(FLAG.sub("", str(error))) from None


def as_option(name: str, value: Any) -> Any:  # noqa: ANN401 - the options differ
    """An argument as an option holds it: a list of texts, where it can be repeated."""
    if name in ("architectures", "draws", "seed", "labels") or value is None:
        return value
    several = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
    return [str(one) for one in several]
