"""The networks written scalar by scalar, in matrices, in rows, and with the bias as a node, agree.

Each is a program of its own with its own order of operations; two such differ by at most the sum
of their propagated bounds (``comparisons/equations/propagation.py``): every test here demands it.
"""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.equations.propagation import propagate, trusted
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop
from crossgrad.reference.by_hand import (
    Neuron,
    Weights,
    backward,
    cost,
    forward,
    gradient,
    mean_gradient,
    neuron,
    neuron_chain_rule,
    neuron_cost,
    neuron_gradient,
)
from crossgrad.reference.parameters import raw_bits, uniform

FLOAT64 = FORMATS["float64"]
NEURON = Architecture((2, 1), ("sigmoid",), "quadratic")
NETWORK = Architecture((2, 2, 1), ("sigmoid", "sigmoid"), "quadratic")
#: By these every z is 0 and every a ½, so that all numbers on the way are exact.
HALVES = Weights(b1_1=0, b2_1=-1, w11_1=1, w12_1=2, w21_1=-1, w22_1=-1, b1_2=1, w11_2=1, w21_2=-3)
draws = pytest.mark.parametrize("draw", range(8))
batches = pytest.mark.parametrize("m", [1, 2, 3, 8])


def drawn(draw, m):
    """Weights below 2 and m samples (x₁, x₂, y) below 1, as plain floats."""
    w = 2 * uniform(raw_bits((9,), 5, draw, 0), "float64")
    samples = uniform(raw_bits((m, 3), 5, draw, 1), "float64")
    return Weights(*w.tolist()), [tuple(sample) for sample in samples.tolist()]


def problem(w, samples):
    """The 2-2-1 network as BP1-BP4 see it: w_jk from node k to node j, samples in columns."""
    x1, x2, y = np.array(samples).T
    W = (
        np.array([[w.w11_1, w.w21_1], [w.w12_1, w.w22_1]]),
        np.array([[w.w11_2, w.w21_2]]),
    )
    b = np.array([[w.b1_1], [w.b2_1]]), np.array([[w.b1_2]])
    return Problem(NETWORK, "float64", W, b, np.stack([x1, x2]), y[None])


def by_bp(given):
    """∂C/∂W and ∂C/∂b by the four equations in matrix form."""
    gradients = backprop(given.architecture, given.parameters, given.x, given.y).gradients
    return gradients.dW, gradients.db


def by_nodes(w, samples):
    """The same from the scalars, laid out as matrices."""
    g = problem(mean_gradient(w, samples), samples)
    return g.W, g.b


def by_rows(given):
    """Z = X W + b, A = σ(Z): rows are samples, W is the transpose."""
    X, Y = given.x.T, given.y.T
    W, b = [w.T for w in given.W], [v.T for v in given.b]
    A1 = sigma(X @ W[0] + b[0])
    A2 = sigma(A1 @ W[1] + b[1])
    E2 = (A2 - Y) * A2 * (1 - A2) / len(X)
    E1 = E2 @ W[1].T * A1 * (1 - A1)
    return [(X.T @ E1).T, (A1.T @ E2).T], [E1.sum(0)[:, None], E2.sum(0)[:, None]]


def by_bias_nodes(given):
    """Z = [1 X] W, the first row of W the bias: a node of each layer is fixed at 1."""
    X, Y = with_one(given.x.T), given.y.T
    W = [np.vstack([v.T, w.T]) for v, w in zip(given.b, given.W, strict=True)]
    A1 = with_one(sigma(X @ W[0]))
    A2 = sigma(A1 @ W[1])
    E2 = (A2 - Y) * A2 * (1 - A2) / len(X)
    E1 = (E2 @ W[1].T * A1 * (1 - A1))[:, 1:]  # nothing flows into the node that is fixed
    merged = [(X.T @ E1).T, (A1.T @ E2).T]
    return [g[:, 1:] for g in merged], [g[:, :1] for g in merged]


def sigma(Z):
    return 1 / (1 + np.exp(-Z))


def with_one(A):
    """A column of ones before the others."""
    return np.hstack([np.ones((len(A), 1)), A])


def assert_within_bounds(gradients, others, given):
    """The two differ by at most twice the propagated bound, entry by entry."""
    bounds = propagate(*trusted(given), FLOAT64)
    for one, other, E in zip(gradients, others, (bounds.dW, bounds.db), strict=True):
        for g, h, e in zip(one, other, E, strict=True):
            assert (np.abs(g - h) <= 2 * e).all(), f"{g} and {h} differ by more than {2 * e}"


# ------------------------------------------------------------------ the logistic neuron
def test_neuron_by_the_numbers():
    """At z = 0: ŷ = ½, J = ⅛, and the chain rule's factors are -½, ¼ and (1, x₁, x₂)."""
    w, sample = Neuron(1, 1, -1), (1, 2, 1)
    assert neuron(w, 1, 2) == (0, 0.5)
    assert neuron_cost(w, *sample) == 1 / 8
    assert neuron_chain_rule(w, *sample) == (-1 / 2, 1 / 4, (1, 1, 2))
    assert neuron_gradient(w, *sample) == (-1 / 8, -1 / 8, -1 / 4)


@draws
def test_neuron_is_the_smallest_network(draw):
    """A 2-1 network in matrix form: the same gradient."""
    (w0, w1, w2, *_), [(x1, x2, y)] = drawn(draw, 1)
    columns = (np.array([[w1, w2]]),), (np.array([[w0]]),), np.array([[x1], [x2]]), np.array([[y]])
    given = Problem(NEURON, "float64", *columns)
    d0, d1, d2 = neuron_gradient(Neuron(w0, w1, w2), x1, x2, y)
    assert_within_bounds(([np.array([[d1, d2]])], [np.array([[d0]])]), by_bp(given), given)


# ------------------------------------------------------------------ the 2-2-1 network
def test_network_by_the_numbers():
    """Every z is 0, every a ½; δ₁² = ½ · ¼ = ⅛, δ₁¹ = ⅛ · 1 · ¼, δ₂¹ = ⅛ · (-3) · ¼."""
    nodes = forward(HALVES, 1, 1)
    assert nodes == (0, 0, 0.5, 0.5, 0, 0.5)
    assert cost(HALVES, 1, 1, 0) == 1 / 8
    assert backward(HALVES, nodes, 0) == (1 / 32, -3 / 32, 1 / 8)
    expected = (1 / 32, -3 / 32, 1 / 32, -3 / 32, 1 / 32, -3 / 32, 1 / 8, 1 / 16, 1 / 16)
    assert gradient(HALVES, 1, 1, 0) == expected


@pytest.mark.parametrize("form", [by_bp, by_rows, by_bias_nodes])
def test_every_form_gives_the_same_numbers_where_all_is_exact(form):
    """Two samples that differ in y only: the mean gradient is that of y's mean, exactly."""
    samples = [(1.0, 1.0, 0.0), (1.0, 1.0, -2.0)]
    given = problem(HALVES, samples)
    for one, other in zip(form(given), by_nodes(HALVES, samples), strict=True):
        assert all(np.array_equal(g, h) for g, h in zip(one, other, strict=True))


@draws
@batches
@pytest.mark.parametrize("form", [by_bp, by_rows, by_bias_nodes])
def test_every_form_agrees_with_the_nodes(form, m, draw):
    """Matrices, rows, and biases as nodes against the scalars."""
    w, samples = drawn(draw, m)
    given = problem(w, samples)
    assert_within_bounds(form(given), by_nodes(w, samples), given)


@draws
@batches
def test_nodes_obey_each_equation(m, draw):
    """The scalars' own z, a and δ through the local checks: forward, cost, BP1 to BP4."""
    w, samples = drawn(draw, m)
    given = problem(w, samples)
    checks = local_checks(given, trace(w, samples))
    assert {c.check for c in checks} == {"z", "a", "cost", "BP1", "BP2", "BP3", "BP4"}
    for check in checks:
        assert (check.residual <= 1).all(), f"{check.check} of layer {check.layer}"


def trace(w, samples):
    """Everything that the scalars compute, as matrices; each δ with the batch's 1/m."""
    nodes = [forward(w, x1, x2) for x1, x2, _ in samples]
    errors = [backward(w, n, y) for n, (_, _, y) in zip(nodes, samples, strict=True)]
    z1, z2, a1, a2, z, a = np.array(nodes).T
    delta1, delta2, delta = np.array(errors).T / len(samples)
    dW, db = by_nodes(w, samples)
    return Trace(
        dW=dW,
        db=db,
        cost=np.array(sum(cost(w, *sample) for sample in samples) / len(samples)),
        z=[np.stack([z1, z2]), z[None]],
        a=[np.stack([a1, a2]), a[None]],
        delta=[np.stack([delta1, delta2]), delta[None]],
    )
