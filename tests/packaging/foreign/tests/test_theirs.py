"""What somebody tests, with crossgrad installed beside it."""

import network
import pytest

import comparisons
import crossgrad
import reference
from crossgrad.reference.backprop import backprop


def test_their_names(backend, seed, scenario, pytestconfig):
    assert (backend, seed, scenario[-1:]) == ("their backend", "their seed", scenario[-1])
    assert pytestconfig.getoption("device") == "their device"
    assert (reference.NAME, comparisons.NAME) == ("theirs", "theirs")


def test_our_names():
    assert crossgrad.backprop is backprop
    assert crossgrad.__version__


def test_right(crossgrad):
    """Their function, judged by the fixture."""
    crossgrad.verify(network.gradients, architectures=2)


def test_wrong(crossgrad):
    with pytest.raises(AssertionError, match="network:half fails"):
        crossgrad.verify(network.half, architectures=2)
