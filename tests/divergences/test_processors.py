"""What a framework computes by the processor it finds: looked for on those, and on no other.

TensorFlow's products in bfloat16 stand for all; here by NumPy, on any processor.
"""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.divergences import arithmetic_of, divergences_of
from crossgrad.comparisons.judging.agreement import end_to_end_checks
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.machine import processor
from crossgrad.comparisons.machine.processor import AVX512
from crossgrad.comparisons.problems.problem import Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

FMT = ALL_FORMATS["bfloat16"]
CUT = ("z", "BP2", "BP4")
SCENARIO = Scenario.parse("3x8x8x2-relu,identity,identity-quadratic-bfloat16-m4-s1")
WORSE = ("pass", "divergence", "fail")
UPPER = np.uint32(0xFFFF0000)


def on(monkeypatch, flags):
    monkeypatch.setattr(processor, "flags", lambda: flags)


def rounded(array):
    """As bfloat16 rounds."""
    return array.astype(np.float32).astype("bfloat16")


def cut(array):
    """Half of a float32 is left."""
    return (array.astype(np.float32).view(np.uint32) & UPPER).view(np.float32).astype("bfloat16")


def trace(problem, store):
    """The network of the scenario; ``store`` is what becomes of a product."""

    def product(one, other):
        return store(one.astype(np.float32) @ other.astype(np.float32))

    z, a, slopes = [], [problem.x], []
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        z.append(product(W, a[-1]) + b)
        slopes.append(z[-1] > 0 if name == "relu" else np.ones_like(z[-1], bool))
        a.append(np.where(slopes[-1], z[-1], 0).astype("bfloat16"))
    error = a[-1] - problem.y
    delta = [rounded(error.astype(np.float32) / problem.batch)]
    for W, slope in zip(problem.W[:0:-1], slopes[-2::-1], strict=True):
        delta.insert(0, np.where(slope, product(W.T, delta[0]), 0).astype("bfloat16"))
    return Trace(
        dW=[product(d, below.T) for d, below in zip(delta, a, strict=False)],
        db=[rounded(d.astype(np.float32).sum(-1, keepdims=True)) for d in delta],
        cost=rounded((error.astype(np.float32) ** 2).sum() / (2 * problem.batch)),
        z=z,
        a=a[1:],
        delta=delta,
    )


def answered(store):
    """All draws as one, and their traces."""
    problems = SCENARIO.problems()
    return stack_problems(problems), stack_traces([trace(problem, store) for problem in problems])


def statuses(backend, store):
    problem, given = answered(store)
    worst = {}
    for row in judge(SCENARIO, facts_of(backend), problem, given):
        worst[row.check] = max(worst.get(row.check, "pass"), row.status, key=WORSE.index)
    return worst


@pytest.mark.parametrize(("flags", "store"), [(AVX512, 1), ({"avx2", "avx512f"}, 2)])
def test_arithmetic_is_that_of_the_processor(monkeypatch, flags, store):
    """Products err by twice as much if they are cut off; nothing else does."""
    on(monkeypatch, flags)
    for check in CUT:
        assert arithmetic_of("tensorflow", check, FMT) == FMT._replace(store=store)
        assert bool(divergences_of("tensorflow", check, "", "", FMT.name)) == (store == 2)
    for backend, check in (("tensorflow", "BP3"), ("torch", "z"), ("jax", "BP4")):
        assert arithmetic_of(backend, check, FMT).store == 1


def test_rounded_products_need_no_explanation(monkeypatch):
    for flags in (AVX512, {"avx2"}):
        on(monkeypatch, flags)
        assert set(statuses("tensorflow", rounded).values()) == {"pass"}


def test_products_that_are_cut_off_are_explained_where_that_is_known(monkeypatch):
    """With AVX-512 they fail; as another framework's, always."""
    on(monkeypatch, {"avx2"})
    found = statuses("tensorflow", cut)
    assert {check for check, status in found.items() if status == "divergence"} == set(CUT)
    assert "fail" not in found.values()
    assert statuses("torch", cut)["BP4"] == "fail"
    on(monkeypatch, AVX512)
    assert {statuses("tensorflow", cut)[check] for check in CUT} == {"fail"}


def test_a_bound_of_what_is_cut_off_is_reached(monkeypatch):
    """By what is left of a residual, nearly; what errs by more than a cut fails."""
    on(monkeypatch, {"avx2"})
    problem, given = answered(cut)
    explained = [
        row for row in judge(SCENARIO, facts_of("tensorflow"), problem, given) if row.explained
    ]
    assert max(residual for row in explained for _, residual in row.explained.values()) > 1.8
    more = statuses("tensorflow", lambda array: cut(array * np.float32(1 - FMT.u)))
    assert "fail" in more.values()


def test_gradients_of_products_that_are_cut_off_are_within_the_end_to_end_bound(monkeypatch):
    problem, given = answered(cut)
    largest = []
    for flags in ({"avx2"}, AVX512):
        on(monkeypatch, flags)
        checks = end_to_end_checks(facts_of("tensorflow"), problem, given)
        largest.append(max(float(check.residual.max()) for check in checks))
    assert largest[0] < largest[1]
    assert largest[0] <= 1
