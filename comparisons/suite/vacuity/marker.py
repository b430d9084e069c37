"""``@pytest.mark.crossgrad_vacuity``: a test is run again with each fault in its kernel's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from crossgrad.comparisons.suite.options import MARK
from crossgrad.comparisons.suite.vacuity.arrays import restoring
from crossgrad.comparisons.suite.vacuity.calls import Kernel, arrays_in
from crossgrad.comparisons.suite.vacuity.measure import vacuity
from crossgrad.comparisons.suite.vacuity.randomness import is_generator, rewinding
from crossgrad.comparisons.suite.vacuity.replacing import Marked, marked
from crossgrad.comparisons.suite.vacuity.trees import leaves

#: What a mark takes: for the run, and for the verdict.
GIVEN, DEMANDED = ("like", "samples"), ("digits", "allow", "values")


def resolved(mark: pytest.Mark) -> tuple[Marked, dict[str, Any]]:
    """What a mark names, and its arguments; raises ``ValueError``, in one line."""
    for argument in mark.kwargs:
        if argument not in (*DEMANDED, *GIVEN):
            known = ", ".join((*DEMANDED, *GIVEN))
            raise ValueError(f"no argument {argument!r}: known are {known}")
    match mark.args:
        case (str(name),):
            return marked(name), dict(mark.kwargs)
    raise ValueError(f'one name is needed, as "module.kernel", and not {mark.args}')


def prepared(item: pytest.Function) -> Callable[[], None]:
    """What is done after a marked test has passed: it is run again with each fault.

    Fixtures are not made anew: the arrays among their values, in lists and dicts too, get the
    numbers back that they have now, and generators, also those of the test's module, their state.
    Whatever is wrong with the mark is told now, in one line.
    """
    values = leaves({**item.funcargs, "self": vars(item.instance) if item.cls else {}})
    arrays = [restoring(arrays, leaf) for arrays, leaf in arrays_in(values).values()]
    others = [*values.values(), *vars(item.module).values()]
    rewind = rewinding(filter(is_generator, others))
    with told_in_a_line():
        asked = [resolved(mark) for mark in item.iter_markers(MARK)]

    def restore() -> None:
        rewind()
        for one in arrays:
            one()

    def judge_all() -> None:
        for kernel, arguments in asked:
            with told_in_a_line():
                judge(item, kernel, arguments, restore)

    return judge_all


def judge(
    item: pytest.Function, right: Marked, arguments: dict[str, Any], restore: Callable[[], None]
) -> None:
    """Raise ``AssertionError`` if the test lets a gross fault through."""
    names = item._fixtureinfo.argnames  # noqa: SLF001 - as pytest itself calls a test
    calls = 0

    def test(kernel: Kernel) -> object:
        nonlocal calls
        restore()
        values = {name: right.exchanged(item.funcargs[name], kernel) for name in names}
        with right.replaced(kernel):
            try:
                return item.obj(**values)
            finally:
                calls += getattr(kernel, "calls", 0)

    measured = vacuity(test, right.kernel, **{k: arguments[k] for k in GIVEN if k in arguments})
    if not calls:
        raise ValueError(f"the test never calls {right.name}")
    measured.raise_if_vacuous(**{k: arguments[k] for k in DEMANDED if k in arguments})
    item.add_report_section("call", "crossgrad", str(measured))


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """A failure without a traceback into this project."""
    try:
        yield
    except (AssertionError, TypeError, ValueError) as error:
        raise pytest.fail.Exception(f"{MARK}: {error}", pytrace=False) from None
