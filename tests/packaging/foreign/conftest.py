"""Options and fixtures that are called as the suite's are."""

import pytest


def pytest_addoption(parser):
    """With other defaults."""
    for name in ("backend", "device", "seed", "dtype"):
        parser.addoption(f"--{name}", default=f"their {name}")


@pytest.fixture
def backend(pytestconfig):
    """A text."""
    return pytestconfig.getoption("backend")


@pytest.fixture
def seed(pytestconfig):
    """A text."""
    return pytestconfig.getoption("seed")


@pytest.fixture(params=["one", "two"])
def scenario(request):
    """Two texts."""
    return request.param
