"""Gradient descent: one step by its definition, and two problems that it solves."""

import numpy as np
import pytest

from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop, feedforward
from crossgrad.reference.descent import accuracy, descend, three_spirals, xor
from crossgrad.reference.parameters import draw_parameters

LECTURE = Architecture((2, 2, 1), ("sigmoid", "sigmoid"), "quadratic")
CLASSIFIER = Architecture((2, 100, 3), ("relu", "identity"), "softmax_cross_entropy")


def trained(architecture, x, y, rate, steps):
    """The accuracy before and after, and the costs on the way."""
    start = draw_parameters(architecture, "float64", seed=1)
    path = list(descend(architecture, start, x, y, rate, steps))
    ends = (feedforward(architecture, p.parameters, x)[1][-1] for p in (path[0], path[-1]))
    return *(accuracy(a, y) for a in ends), [p.cost for p in path]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_step_is_its_definition(dtype):
    """w - η ∂C/∂w, bit for bit, in the format of the weights; the first yield is the start."""
    start, (x, y) = draw_parameters(LECTURE, dtype, seed=1), xor(dtype)
    first, second = descend(LECTURE, start, x, y, rate=0.3, steps=1)
    gradients = backprop(LECTURE, start, x, y).gradients
    assert first.parameters is start
    pairs = zip(start.W + start.b, gradients.dW + gradients.db, strict=True)
    for (w, dw), moved in zip(pairs, second.parameters.W + second.parameters.b, strict=True):
        assert moved.dtype == dtype
        assert np.array_equal(moved, w - np.dtype(dtype).type(0.3) * dw)


def test_the_lectures_network_learns_xor():
    """2-2-1, sigmoids, ½(y - ŷ)²: at first not all four are right, then they are."""
    before, after, costs = trained(LECTURE, *xor(), rate=8.0, steps=2000)
    assert before < 1 == after
    assert costs[-1] < costs[0] / 100


def test_the_classifier_learns_three_spirals():
    """2-100-3, relu and softmax cross-entropy: more than 95 of 100 points in the right class."""
    before, after, costs = trained(CLASSIFIER, *three_spirals(seed=1), rate=1.0, steps=1500)
    assert before < 0.5
    assert after > 0.95
    assert costs[-1] < costs[0] / 10


def test_spirals_are_three_arms_of_one_turn():
    """100 points a class, one-hot, from the middle to the circle; the same for the same seed."""
    x, y = three_spirals(seed=1)
    assert (x.shape, y.shape) == ((2, 300), (3, 300))
    assert (y.sum(axis=0) == 1).all()
    assert (y.sum(axis=1) == 100).all()
    assert (x[:, [0, 100, 200]] == 0).all()
    assert np.array_equal(x, three_spirals(seed=1)[0])
    assert not np.array_equal(x, three_spirals(seed=2)[0])


def test_accuracy_counts_what_is_right():
    """The largest output of several; of one output, the nearer of 0 and 1."""
    one_hot = np.eye(3)[:, [0, 1, 2, 0]]
    assert accuracy(one_hot[:, [0, 1, 1, 1]], one_hot) == 0.5
    assert accuracy(np.array([[0.1, 0.9, 0.6, 0.4]]), np.array([[0, 1, 0, 0]])) == 0.75
