"""A plugin of somebody else, installed in the same environment: the suite is to run without it."""

import warnings

import pytest


def pytest_addoption(parser):
    """An option of the suite's name: pytest refuses two of them."""
    parser.addoption("--report", help="theirs")


def pytest_configure():
    warnings.warn(pytest.PytestWarning("theirs"), stacklevel=1)


def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "equivalence" not in item.nodeid]
