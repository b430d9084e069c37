"""Planted faults: the reference's pass with one equation replaced, at one layer.

What lies downstream is computed from the faulty result, as a program with that fault would, so
that the trace is at odds with itself at one place only. Arrays are stacks of draws.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from comparisons.problem import Trace
from reference.activations import ACTIVATIONS
from reference.backprop import bp1, bp2, bp3, bp4
from reference.costs import COSTS


class Fault(NamedTuple):
    """The check that catches it, the layer (1 … L), and what is computed instead."""

    name: str
    check: str
    layer: int
    wrong: Callable


#: Each equation, done right; a fault replaces one at one layer.
RIGHT = {
    "z": lambda W, b, a: W @ a + b,
    "a": lambda name, z: ACTIVATIONS[name].sigma(z),
    "cost": lambda name, a, y: COSTS[name].value(a, y),
    "BP1": lambda gradient_a, name, z, _a: bp1(gradient_a, ACTIVATIONS[name].sigma_prime(z)),
    "BP2": lambda W, delta, name, z, _a: bp2(W, delta, ACTIVATIONS[name].sigma_prime(z)),
    "BP3": bp3,
    "BP4": bp4,
}


def faulty_trace(problem, fault):
    """The pass with the fault in it."""

    def step(check, l, *arguments):
        here = (check, l + 1) == (fault.check, fault.layer)
        return (fault.wrong if here else RIGHT[check])(*arguments)

    zs, activations, names = [], [problem.x], problem.activations
    with np.errstate(all="ignore"):
        for l, (W, b, name) in enumerate(zip(problem.W, problem.b, names, strict=True)):
            zs.append(step("z", l, W, b, activations[-1]))
            activations.append(step("a", l, name, zs[-1]))
        L, a = len(zs) - 1, activations[-1]
        cost = step("cost", L, problem.cost, a, problem.y)
        gradient_a = COSTS[problem.cost].gradient(a, problem.y)
        deltas = [step("BP1", L, gradient_a, names[L], zs[L], a)]
        for l in reversed(range(L)):
            W_next, a = problem.W[l + 1], activations[l + 1]
            deltas.insert(0, step("BP2", l, W_next, deltas[0], names[l], zs[l], a))
        db = [step("BP3", l, delta) for l, delta in enumerate(deltas)]
        dW = [step("BP4", l, delta, activations[l]) for l, delta in enumerate(deltas)]
    return Trace(dW, db, cost, zs, activations[1:], deltas)


# ------------------------------------------------------------------ mistakes
def without_bias(W, _b, a):
    """A z without its bias."""
    return W @ a


def clipped_sigmoid(_name, z):
    """A sigmoid that some libraries clip so that its logarithm is finite."""
    return np.clip(ACTIVATIONS["sigmoid"].sigma(z), 1e-7, 1 - 1e-7).astype(z.dtype)


def summed_cost(name, a, y):
    """A cost that is summed over the batch, not averaged."""
    return COSTS[name].value(a, y) * a.shape[-1]


def without_slope(gradient_a, _name, _z, _a):
    """BP1 without σ′."""
    return gradient_a


def slope_of_a(W, delta, name, _z, a):
    """BP2 with σ′(a) for σ′(z)."""
    return bp2(W, delta, ACTIVATIONS[name].sigma_prime(a))


def mean_over_batch(delta):
    """BP3 with a mean for the sum: 1/m twice."""
    return delta.mean(axis=-1, keepdims=True)


def last_sample_dropped(delta, a):
    """BP4 over all samples but the last."""
    return bp4(delta[..., :-1], a[..., :-1])


MISTAKES = (
    Fault("no bias", "z", 2, without_bias),
    Fault("clipped sigmoid", "a", 1, clipped_sigmoid),
    Fault("no 1/m in the cost", "cost", 3, summed_cost),
    Fault("no σ′ in the last layer", "BP1", 3, without_slope),
    Fault("σ′ of a", "BP2", 1, slope_of_a),
    Fault("mean over the batch", "BP3", 2, mean_over_batch),
    Fault("last sample dropped", "BP4", 1, last_sample_dropped),
)
#: Where each equation holds in a network of three layers.
PLACES = (
    *((check, l) for check in ("z", "a") for l in (1, 2, 3)),
    *(("cost", 3), ("BP1", 3), ("BP2", 2), ("BP2", 1)),
    *((check, l) for check in ("BP3", "BP4") for l in (3, 2, 1)),
)


# ------------------------------------------------------------------ one wrong entry
def changed_entry(right, change, *arguments):
    """The right result with its largest entry changed."""
    result = np.array(right(*arguments))
    largest = np.unravel_index(np.argmax(np.abs(result)), result.shape)
    result[largest] = change(result[largest])
    return result


def one_entry(check, layer, change):
    """A fault that is right but for one entry."""
    return Fault("one entry", check, layer, partial(changed_entry, RIGHT[check], change))


def off_by(relative):
    """A change by a relative amount."""
    return lambda value: value * (1 + relative)


# ------------------------------------------------------------------ what is wrong with the whole
def all_zero(trace):
    """The trace with gradients that are 0 everywhere."""
    return replace(
        trace, dW=[np.zeros_like(d) for d in trace.dW], db=[np.zeros_like(d) for d in trace.db]
    )


def gradients_of(trace):
    """The gradients alone."""
    return Trace(trace.dW, trace.db)
