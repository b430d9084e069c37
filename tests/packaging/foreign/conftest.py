"""Options and fixtures that are called as the suite's are."""

import pytest


def pytest_addoption(parser):
    for name in ("backend", "device", "seed", "dtype"):
        parser.addoption(f"--{name}", default=f"their {name}")


@pytest.fixture
def backend(pytestconfig):
    return pytestconfig.getoption("backend")


@pytest.fixture
def seed(pytestconfig):
    return pytestconfig.getoption("seed")


@pytest.fixture(params=["one", "two"])
def scenario(request):
    return request.param
