"""The reference into buffers: what it leaves there, what it does not make anew.

That it obeys the equations in every activation, cost and regime is checked as of every backend:
``numpy.fast`` in tests/modes/test_matrix.py.
"""

import tracemalloc

import numpy as np
import pytest

from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop
from crossgrad.reference.descent import step, three_spirals
from crossgrad.reference.fast import Network
from crossgrad.reference.parameters import Parameters, draw_parameters, raw_bits

RELU = Architecture((3, 5, 4, 2), ("relu", "identity", "relu"), "quadratic")


def whole(shape, stream):
    """Whole numbers from -4 to 4: of these networks every sum is exact in any order."""
    return (raw_bits(shape, 3, 0, stream) % 9).astype(np.float64) - 4


def whole_problem(network, batch, first=0):
    widths = network.widths
    pairs = list(zip(widths[1:], widths[:-1], strict=True))
    W = tuple(whole(shape, first + l) for l, shape in enumerate(pairs))
    b = tuple(whole((n, 1), first + 20 + l) for l, n in enumerate(widths[1:]))
    x, y = whole((widths[0], batch), first + 40), whole((widths[-1], batch), first + 41)
    return Parameters(W, b), x, y


def stepped(fast, parameters, x, y):
    """The cost of a step from there."""
    fast.load(parameters)
    fast.take(x, y)
    return fast.step()


def test_whole_numbers_to_the_bit():
    """C, z, a, δ and the gradients are those of BP1 to BP4, step after step in the same buffers."""
    fast = Network(RELU, 4, "float64")
    for first in (0, 100, 200):
        parameters, x, y = whole_problem(RELU, 4, first)
        cost = stepped(fast, parameters, x, y)
        exact = backprop(RELU, parameters, x, y)
        assert cost == exact.cost
        for l, layer in enumerate(fast.layers):
            np.testing.assert_array_equal(layer.z.T, exact.z[l])
            np.testing.assert_array_equal(layer.a.T, exact.a[l])
            np.testing.assert_array_equal(layer.delta.T, exact.delta[l])
            np.testing.assert_array_equal(fast.gradients.dW[l], exact.gradients.dW[l])
            np.testing.assert_array_equal(fast.gradients.db[l], exact.gradients.db[l])


def test_descends_in_place():
    """W ← W - η ∂C/∂W and b ← b - η ∂C/∂b in the buffers: the step of descent."""
    network = Architecture((3, 4, 2), ("relu", "identity"), "quadratic")
    parameters, x, y = whole_problem(network, 2)
    fast = Network(network, 2, "float64")
    stepped(fast, parameters, x, y)
    for layer in fast.layers:
        layer.W -= 0.5 * layer.dW
        layer.b -= 0.5 * layer.db
    expected = step(parameters, backprop(network, parameters, x, y).gradients, 0.5)
    for layer, W, b in zip(fast.layers, expected.W, expected.b, strict=True):
        np.testing.assert_array_equal(layer.W, W)
        np.testing.assert_array_equal(layer.b, np.broadcast_to(b[:, 0], layer.b.shape))
    assert fast.step() == backprop(network, expected, x, y).cost


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_formats_stay(dtype):
    """Nothing is widened on the way, and the cost is of the format too."""
    network = Architecture((2, 3, 3), ("sigmoid", "tanh"), "quadratic")
    fast = Network(network, 4, dtype)
    x, y = three_spirals(0, points=4, dtype=dtype)
    cost = stepped(fast, draw_parameters(network, dtype, 0), x[:, :4], y[:, :4])
    assert cost.dtype == dtype
    assert {a.dtype.name for l in fast.layers for a in (l.z, l.a, l.delta, l.dW, l.db)} == {dtype}


def test_a_silent_neuron_does_not_warn():
    """e⁻ᶻ overflows; a is 0, as it should be."""
    network = Architecture((1, 1), ("sigmoid",), "quadratic")
    parameters = Parameters((np.array([[1.0]]),), (np.array([[0.0]]),))
    fast = Network(network, 1, "float64")
    assert stepped(fast, parameters, np.array([[-1e4]]), np.array([[0.0]])) == 0
    assert fast.layers[0].a == 0


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "identity"])
def test_a_step_makes_no_array(name):
    """Its arrays have 128 KB each; what it takes in between is views and numbers."""
    network = Architecture((128, 128, 128), (name, name), "quadratic")
    fast = Network(network, 128, "float64")
    stepped(fast, *whole_problem(network, 128))
    tracemalloc.start()
    fast.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < fast.layers[0].z.nbytes / 8


@pytest.mark.parametrize(("batch", "dtype"), [(0, "float64"), (1, "float16")])
def test_what_it_cannot_do_is_refused(batch, dtype):
    """In one line that names the culprit."""
    with pytest.raises(ValueError, match=r"batch 0|'float16'"):
        Network(RELU, batch, dtype)
