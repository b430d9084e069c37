"""The walk over a network: nothing that can be judged is left out, and any layer can be in it."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import pytest
from layers_to_come import Addition, LayerNorm

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.equations.walk import local_checks, places
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.layers import Dense
from crossgrad.comparisons.parts.network import Network
from crossgrad.comparisons.problems.choice import random_scenario
from crossgrad.comparisons.problems.networks import ROUND
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND

#: What each equation of a dense layer is of, besides the problem; of BP4 and z also a below.
NEEDS = {
    "z": {"z"},
    "a": {"z", "a"},
    "cost": {"cost", "a"},
    "BP1": {"a", "z", "delta"},
    "BP2": {"z", "delta"},
    "BP3": {"delta"},
    "BP4": {"delta"},
}
EVERY = 37


def traced(scenario):
    problems = scenario.problems()
    numpy = load_backend("numpy")
    return stack_problems(problems), stack_traces([numpy.trace(p) for p in problems])


# ------------------------------------------------------------------ nothing vanishes
@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("index", range(0, ROUND, EVERY))
def test_every_equation_of_every_layer_is_judged(index, dtype):
    """Of a whole trace all of them, in the order of the data, each once."""
    scenario = random_scenario(index, 2, 0, dtype)
    found = local_checks(*traced(scenario))
    assert [(c.check, c.layer) for c in found] == places(scenario.architecture.depth)
    assert len(found) == 4 * scenario.architecture.depth + 2 - 1 + scenario.architecture.depth


@pytest.mark.parametrize("cost", ["quadratic", "binary_cross_entropy"])
@pytest.mark.parametrize(
    "kept",
    [kept for n in range(5) for kept in combinations(("z", "a", "delta", "cost"), n)],
    ids=str,
)
def test_what_lacks_a_quantity_is_left_out_and_nothing_else(kept, cost):
    """Whatever is not reported: a cost that may be of z is not judged without."""
    problem, trace = traced(Scenario.parse(f"3x4x3x2-tanh,gelu,sigmoid-{cost}-float32-m3-s1-k2"))
    partly = replace(trace, **{name: () for name in ("z", "a", "delta") if name not in kept})
    partly = partly if "cost" in kept else replace(partly, cost=None)
    needs = NEEDS | ({"cost": {"cost", "a", "z"}} if cost == "binary_cross_entropy" else {})
    expected = [
        (check, layer)
        for check, layer in places(3)
        if needs[check] <= set(kept) and (check not in ("z", "BP4") or layer == 1 or "a" in kept)
    ]
    whole = {(c.check, c.layer): c for c in local_checks(problem, trace)}
    found = local_checks(problem, partly)
    assert [(c.check, c.layer) for c in found] == expected
    for one in found:
        assert np.array_equal(one.residual, whole[one.check, one.layer].residual)


# ------------------------------------------------------------------ any layer
@dataclass(frozen=True)
class Layered:
    """A problem of layers of any kind: parameters by layer, 1 … L, and name."""

    network: Network
    dtype: str
    parameters: tuple[dict[str, np.ndarray], ...]
    x: np.ndarray
    y: np.ndarray
    l2: float = 0.0

    @cached_property
    def widths(self):
        """Of inputs and outputs, which is all that is asked."""
        return len(self.x), len(self.y)

    @cached_property
    def kept(self):
        """What is made once, as of any problem."""
        return {}

    made = Problem.made

    def of_layer(self, l):
        return self.parameters[l - 1]

    @property
    def trace(self):
        """By hand: forward, and back to every layer whose a is given to others."""
        zs, outs, values = [], [self.x], {}
        layers = self.network.layers
        for l, (layer, p) in enumerate(zip(layers, self.parameters, strict=True), start=1):
            given = [outs[l + offset] for offset in layer.inputs]
            zs.append(forward(layer, p, given))
            outs.append(BY_HAND[layer.sigma.name].sigma(zs[-1]))
        handed = {len(layers): [self.network.cost.float64.gradient(outs[-1], self.y)]}
        for l in range(len(layers), 0, -1):
            layer, p = layers[l - 1], self.parameters[l - 1]
            v = sum(handed[l][1:], start=handed[l][0])
            delta = v * BY_HAND[layer.sigma.name].sigma_prime(zs[l - 1])
            values |= {("z", l): zs[l - 1], ("a", l): outs[l], ("delta", l): delta}
            back, gradients = backward(layer, p, outs[l + layer.inputs[0]], delta)
            values |= {(f"d{name}", l): gradient for name, gradient in gradients.items()}
            for offset in layer.inputs:
                handed.setdefault(l + offset, []).append(back)
        values["cost", len(layers)] = self.network.cost.float64.value(outs[-1], self.y)
        return Trace((), (), others=values)


def normalised(a, eps):
    """x̂ and 1/√(var a + ε)."""
    d = a - a.mean(axis=-2, keepdims=True)
    r = 1 / np.sqrt((d * d).mean(axis=-2, keepdims=True) + a.dtype.type(eps))
    return d * r, r


def forward(layer, p, given):
    if isinstance(layer, Addition):
        return sum(given[1:], start=given[0])
    if isinstance(layer, LayerNorm):
        return normalised(given[0], layer.eps)[0] * p["w"] + p["b"]
    return p["W"] @ given[0] + p["b"]


def backward(layer, p, a, delta):
    """v for each input, and the gradients."""
    if isinstance(layer, Addition):
        return delta, {}
    db = delta.sum(axis=-1, keepdims=True)
    if isinstance(layer, LayerNorm):
        (x_hat, r), g = normalised(a, layer.eps), p["w"] * delta
        turned = x_hat * (g * x_hat).mean(axis=-2, keepdims=True)
        dw = (delta * x_hat).sum(axis=-1, keepdims=True)
        return r * (g - g.mean(axis=-2, keepdims=True) - turned), {"b": db, "w": dw}
    return p["W"].mT @ delta, {"b": db, "W": delta @ a.mT}


def layered(dtype, seed):
    """Dense layers, additions of two and of three, and a layer norm; numbers of any size."""
    numbers = np.random.Generator(np.random.PCG64(seed))
    n, m = (int(numbers.integers(1, 12)) for _ in range(2))
    sigma = [ACTIVATIONS[name] for name in numbers.choice(list(ACTIVATIONS), 7)]
    layers = (
        Dense(sigma=sigma[0]),
        Dense(sigma=sigma[1]),
        Addition(sigma=sigma[2]),
        LayerNorm(sigma=sigma[3]),
        Dense(sigma=sigma[4]),
        Addition(inputs=(-1, -2, -4), sigma=sigma[5]),
        Dense(sigma=sigma[6]),
    )
    shapes = [{"W": (n, 3)}, {"W": (n, n)}, {}, {"w": (n, 1)}, {"W": (n, n)}, {}, {"W": (2, n)}]

    def drawn(shape):
        scale = 2.0 ** numbers.integers(-5, 3)
        return (numbers.standard_normal(shape) * scale).astype(dtype)

    parameters = tuple(
        {name: drawn(shape) for name, shape in of.items()} | {"b": drawn((len_of(of), 1))}
        if of
        else {}
        for of in shapes
    )
    x, y = drawn((3, m)), drawn((2, m))
    return Layered(Network(layers, COSTS["mse"]), dtype, parameters, x, y)


def len_of(shapes):
    (shape,) = shapes.values()
    return shape[0]


#: Each check of the network above, and at how many of its seven layers it is.
COUNTS = {"z": 7, "a": 7, "cost": 1, "BP1": 1, "BP2": 6, "BP3": 5, "BP4": 5}


def judged(problem, trace):
    return local_checks(problem, trace, network=problem.network)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", range(40))
def test_layers_of_any_kind_are_judged(seed, dtype):
    """All of them, and none is wrong."""
    problem = layered(dtype, seed)
    found = judged(problem, problem.trace)
    assert Counter(c.check for c in found) == COUNTS
    wrong = [(c.check, c.layer) for c in found if not (c.residual <= 1).all()]
    assert wrong == []


@pytest.mark.parametrize("name", ["z", "a", "delta", "db", "dw", "dW"])
def test_a_wrong_number_of_any_layer_fails_there(name):
    """What is computed from it is judged from what was reported."""
    problem = layered("float64", 4)
    right = problem.trace
    for key in (key for key in right.others if key[0] == name):
        array = right.others[key] * (1 + 2.0**-30)
        wrong = replace(right, others=right.others | {key: array})
        failed = {(c.check, c.layer) for c in judged(problem, wrong) if not (c.residual <= 1).all()}
        assert failed
        if name in ("db", "dw", "dW"):
            assert failed == {("BP3" if name == "db" else "BP4", key[1])}
        else:
            equation = {"delta": "BP1" if key[1] == 7 else "BP2"}.get(name, name)
            assert (equation, key[1]) in failed


def test_a_statistic_that_is_reported_is_judged_and_judged_from():
    """A mean that is off fails by itself; z is then right of what was reported."""
    problem = layered("float64", 5)
    right = problem.trace
    a = right["a", 3]
    mean = a.mean(axis=-2, keepdims=True)
    given = replace(right, others=right.others | {("mean", 4): mean})
    checks = {(c.check, c.layer): c for c in judged(problem, given)}
    assert (checks["mean", 4].residual <= 1).all()
    off = replace(right, others=right.others | {("mean", 4): mean + 0.125})
    failed = {(c.check, c.layer) for c in judged(problem, off) if not (c.residual <= 1).all()}
    assert {("mean", 4), ("z", 4)} <= failed
