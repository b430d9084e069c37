"""What pytest loads where crossgrad is installed: options, a fixture, a mark.

The rest is imported where a test uses them.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from crossgrad.comparisons.suite.options import CHOOSING, MARK, declare, with_prefix

if TYPE_CHECKING:
    from crossgrad.comparisons.suite.user_tests import Own

#: Of all options, so that they clash with nobody's.
PREFIX = "crossgrad-"
NUMBER = "random architectures, each in every format (default: what the test says, or 10)"
#: What ``pytest --markers`` says.
MARKED = (
    f"{MARK}(name, digits=0, allow=(), values=False, like=None, samples=None): run the test again"
    ' with each of many faults in place of the function of this name, "module.function"; it fails'
    " if it lets a gross one through, or a factor of 1 ± 10^-digits"
)
OPTIONS = {**CHOOSING, "architectures": CHOOSING["architectures"] | {"help": NUMBER}}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Those that choose the networks with which the fixture judges."""
    group = parser.getgroup("crossgrad", "crossgrad: the networks with which the fixture judges")
    declare(group.addoption, OPTIONS, PREFIX)


def given(config: pytest.Config) -> dict[str, Any]:
    """The options of a command line, by the names of ``verify``'s arguments."""
    values = {name: config.getoption(f"crossgrad_{name}") for name in OPTIONS}
    return {name: value for name, value in values.items() if value is not None}


def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad options in one line, before anything runs; say what the mark is."""
    config.addinivalue_line("markers", MARKED)
    if not given(config):
        return
    from crossgrad.comparisons.problems.choice import Choice  # noqa: PLC0415 - where it is used

    try:
        Choice(**given(config)).scenarios()
    except ValueError as error:
        raise pytest.UsageError(with_prefix(str(error), f"--{PREFIX}")) from None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A marked test runs as usual, then once more with each fault in its kernel's place."""
    if not pyfuncitem.get_closest_marker(MARK):
        return (yield)
    from crossgrad.comparisons.suite.vacuity.marker import prepared  # noqa: PLC0415 - where it is used

    judge = prepared(pyfuncitem)
    result = yield
    judge()
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Of a ``unittest.TestCase`` nobody could run a method again: its mark is refused."""
    if item.get_closest_marker(MARK) and hasattr(getattr(item, "cls", None), "assertEqual"):
        pytest.fail(f"{MARK}: not for methods of a unittest.TestCase", pytrace=False)


@pytest.fixture
def crossgrad(request: pytest.FixtureRequest) -> "Iterator[Own]":
    """Judge a function of yours on random networks: ``crossgrad.verify(gradients)``.

    The arguments are those of the function ``crossgrad.verify``, which is without pytest.
    """
    from crossgrad.comparisons.suite.user_tests import Own  # noqa: PLC0415 - where it is used

    own = Own(given(request.config), request.node)
    yield own
    own.close()
