"""What pytest loads where crossgrad is installed: options and a fixture; the rest on first use."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from crossgrad.comparisons.suite.options import CHOOSING, declare, with_prefix

if TYPE_CHECKING:
    from crossgrad.comparisons.suite.user_tests import Own

#: Of all options, so that they clash with nobody's.
PREFIX = "crossgrad-"
NUMBER = "random architectures, each in every format (default: what the test says, or 10)"
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
    """Refuse bad options in one line, before anything runs."""
    if not given(config):
        return
    from crossgrad.comparisons.problems.choice import Choice  # noqa: PLC0415 - where it is used

    try:
        Choice(**given(config)).scenarios()
    except ValueError as error:
        raise pytest.UsageError(with_prefix(str(error), f"--{PREFIX}")) from None


@pytest.fixture
def crossgrad(request: pytest.FixtureRequest) -> "Iterator[Own]":
    """Judge a function of yours on random networks: ``crossgrad.verify(gradients)``.

    The arguments are those of the function ``crossgrad.verify``, which is without pytest.
    """
    from crossgrad.comparisons.suite.user_tests import Own  # noqa: PLC0415 - where it is used

    own = Own(given(request.config), request.node)
    yield own
    own.close()
