"""softmax and log_softmax, and (∂a/∂z)ᵀ v: checker and programs within their bounds, in balls."""

from functools import cache, partial
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb, arb_series

from crossgrad.comparisons.machine.environment import prepare

prepare()

import jax
import torch

from crossgrad.comparisons.arithmetic.balls.balls import pair_within, sharp, within
from crossgrad.comparisons.arithmetic.expected import reported
from crossgrad.comparisons.arithmetic.pairs import lift
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SLACK, Format
from crossgrad.comparisons.backends import (
    jax_jit,
    torch_autograd,
)
from crossgrad.comparisons.equations.propagation import as_trace, propagate, trusted
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.over_units import OverUnits
from crossgrad.comparisons.problems.problem import stack_traces, unstack_problems
from crossgrad.comparisons.problems.regimes import draw_problems
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import raw_bits, uniform

NAMES = [name for name, sigma in ACTIVATIONS.items() if isinstance(sigma, OverUnits)]
names = pytest.mark.parametrize("name", NAMES)
formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
#: Units, and how large z and v are, as powers of two; what all z of a sample have in common.
CASES = (
    (1, 0, 0, 0.0),
    (2, 0, 0, 0.0),
    (3, -8, -20, 0.0),
    (4, 3, 0, 100.0),
    (5, 5, 0, 0.0),
    (9, 5, 6, -1000.0),
    (12, 7, 0, 0.0),
    (24, 2, 3, 3.0),
)
#: Of one case many samples.
SAMPLES = {5: 100}


def drawn(case, dtype):
    """z and v, numbers of the format."""
    units, size, of_v, offset = case
    z, v = (
        uniform(raw_bits((units, SAMPLES.get(units, 2)), 5, units, stream), dtype, exponent)
        for stream, exponent in ((0, size), (1, of_v))
    )
    return (z + np.asarray(offset, dtype)).astype(dtype), v


# ------------------------------------------------------------------ the truth
@cache
def truth(name, case, dtype):
    """a and δ of each sample, as balls: δ_k = Σ_j v_j ∂a_j/∂z_k, by power series in z_k."""
    z, v = drawn(case, dtype)
    columns = [column(name, list(map(float, zs)), list(map(float, vs))) for zs, vs in both(z, v)]
    return tuple(np.array(part, object).T for part in zip(*columns, strict=True))


def both(z, v):
    return zip(z.astype(float).T, v.astype(float).T, strict=True)


def column(name, z, v):
    n = len(z)

    def a():
        series = [arb_series([arb(number)], 1) for number in z]
        return [ACTIVATIONS[name].truth(series, j)[0] for j in range(n)]

    def delta():
        found = []
        for k in range(n):
            series = [arb_series([arb(number), int(i == k)], 2) for i, number in enumerate(z)]
            parts = (ACTIVATIONS[name].truth(series, j)[1] for j in range(n))
            found.append(sum(arb(w) * part for w, part in zip(v, parts, strict=True)))
        return found

    return sharp(a), sharp(delta)


# ------------------------------------------------------------------ what is claimed
def expected(name, case, fmt):
    """a and δ with their bounds, as the walk asks for them."""
    z, v = (array.astype(np.float64) for array in drawn(case, fmt.name))
    at = SimpleNamespace(z=z, fmt=fmt, by_pairs=fmt.name == "float64")
    sigma = ACTIVATIONS[name]
    return sigma.forward(at), sigma.pull_back(at, reported(v))


@pytest.mark.parametrize("case", CASES, ids=str)
@names
@formats
def test_what_judges_is_within_its_own_bound(name, fmt, case):
    """Pairs of float64, float64 of everything less; a little of it is not enough."""
    for found, true in zip(expected(name, case, fmt), truth(name, case, fmt.name), strict=True):
        assert pair_within(found.value.pair, true, found.value.own * SLACK).all()


@names
def test_a_worse_judge_would_be_noticed(name):
    """Of float64 as float64, somewhere; and off by 8 u, everywhere but where all is 0."""
    rounded = []
    for case in CASES[1:]:
        true = truth(name, case, "float64")
        for found, balls in zip(expected(name, case, FORMATS["float64"]), true, strict=True):
            own, near = found.value.own * SLACK, found.value.pair.nearest
            rounded.append(pair_within(lift(near), balls, own).all())
            assert not pair_within(lift(near * (1 + 2.0**-40)), balls, own).all()
    assert not all(rounded)


# ------------------------------------------------------------------ programs
def by_hand(name, z, v):
    sigma, sigma_prime = BY_HAND[name]
    return sigma(z), v * sigma_prime(z)


def by_form(form, name, z, v):
    sigma, sigma_prime, *_ = getattr(ACTIVATIONS[name], form)
    a = sigma(z)
    return a, v * sigma_prime(z, a)


def by_differences(name, z, v):
    """δ_j = p_j Σ_k p_k (v_j - v_k), which uses that Σ p = 1; v - p Σ v as a product with 1 - p."""
    a, p = BY_HAND[name].sigma(z), BY_HAND["softmax"].sigma(z)
    if name == "softmax":
        return a, p * (p[None] * (v[:, None] - v[None])).sum(axis=1)
    return a, v * (1 - p) - p * (v.sum(axis=0, keepdims=True) - v)


def narrow(program, name, z, v):
    """In float32, and rounded once."""
    if z.dtype.name in FORMATS:
        return program(name, z, v)
    return [r.astype(z.dtype) for r in program(name, z.astype(np.float32), v.astype(np.float32))]


def in_torch(name, z, v, function=None):
    leaf = torch_autograd.tensor(z).requires_grad_()
    a = (function or torch_autograd.SIGMA[name])(leaf)
    a.backward(torch_autograd.tensor(v))
    return torch_autograd.array(a), torch_autograd.array(leaf.grad)


TORCH_FORMS = {
    "softmax": lambda z: torch.exp(z - torch.logsumexp(z, dim=-2, keepdim=True)),
    "log_softmax": lambda z: z - torch.logsumexp(z, dim=-2, keepdim=True),
}


def in_torch_by_operations(name, z, v):
    """By log Σ eᶻ, and its own derivative."""
    return in_torch(name, z, v, TORCH_FORMS[name])


@cache
def pulled_back(name, compiled):
    """By ``jax.vjp``."""

    def function(z, v):
        a, back = jax.vjp(jax_jit.SIGMA[name], z)
        return a, back(v)[0]

    return jax.jit(function) if compiled else function


def in_jax(name, z, v, *, compiled):
    """As XLA has it, or operation by operation."""
    return [np.asarray(r) for r in pulled_back(name, compiled)(z, v)]


PROGRAMS = {
    "reference": partial(narrow, by_hand),
    "from z": partial(narrow, partial(by_form, "from_z")),
    "from a": partial(narrow, partial(by_form, "from_a")),
    "by differences": partial(narrow, by_differences),
    "torch": in_torch,
    "torch, by logsumexp": in_torch_by_operations,
    "jax": partial(in_jax, compiled=True),
    "jax, eager": partial(in_jax, compiled=False),
}


def beyond(program, name, case, fmt: Format, shares=(1.0, 1.0)):
    """Of a and of δ, whether some entry is beyond such a share of its bound."""
    given = PROGRAMS[program](name, *drawn(case, fmt.name))
    return [
        not within(
            np.asarray(answer).astype(float), true, found.bound * SLACK * part + found.value.own
        ).all()
        for answer, true, found, part in zip(
            given, truth(name, case, fmt.name), expected(name, case, fmt), shares, strict=True
        )
    ]


@pytest.mark.parametrize("program", PROGRAMS)
@names
@formats
def test_programs_are_within_the_bounds(name, fmt, program):
    """By hand, in four forms, in torch and in JAX.

    But for e^{z - λ} where λ is rounded by 1 or more: no digit of it is right.
    """
    for case in CASES:
        if program == "torch, by logsumexp" and fmt.u * abs(case[-1]) > 1 / 8:
            continue
        assert beyond(program, name, case, fmt) == [False, False], case


@names
@formats
def test_smaller_bounds_are_noticed(name, fmt):
    """An eighth of that of a, and a 64th of that of δ, are too small for somebody."""
    found = [
        beyond(program, name, case, fmt, (1 / 8, 1 / 64)) for program in PROGRAMS for case in CASES
    ]
    assert all(map(any, zip(*found, strict=True)))


# ------------------------------------------------------------------ from end to end
def off_by(name, quantity):
    """The largest share of the propagated bound in float32, of torch's a or dW in all regimes."""
    net = Architecture((4, 5, 3, 4), (name,) * 3, "quadratic")
    stack = draw_problems(net, "float32", 3, 2, range(21), 2)
    problem, answer = trusted(stack)
    bounds, truth = propagate(problem, answer, FORMATS["float32"]), as_trace(answer)
    traces = stack_traces([torch_autograd.trace(one) for one in unstack_problems(stack)])
    sides = (getattr(side, quantity) for side in (traces, truth, bounds))
    return max((abs(given - true) / bound).max() for given, true, bound in zip(*sides, strict=True))


@names
def test_networks_are_within_the_propagated_bound(name):
    """In every regime, forward and back."""
    assert off_by(name, "a") <= 1
    assert off_by(name, "dW") <= 1


@pytest.mark.parametrize(("term", "quantity"), [("propagated", "a"), ("pulled_back", "dW")])
@names
def test_a_propagated_term_that_is_far_too_small_is_noticed(name, term, quantity, monkeypatch):
    """2⁻¹² of what an error of z makes of a, or of δ."""
    usual = getattr(OverUnits, term)

    def less(*given):
        found = usual(*given)
        return tuple(part * 2.0**-12 for part in found) if term == "propagated" else found * 2**-12

    monkeypatch.setattr(OverUnits, term, less)
    assert off_by(name, quantity) > 1
