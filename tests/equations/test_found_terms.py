"""Terms of the bounds that random campaigns found missing, each with the case that shows it."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.backends import Backend, facts_of, load_backend
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.divergences import entry
from crossgrad.comparisons.judging.verdict import agree
from crossgrad.comparisons.judging.verification import Verification, answered
from crossgrad.comparisons.problems.problem import Problem, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

FLUSHED = (
    "6x3x9x24x2x2x8x1x6-softsign,relu,tanh,mish,silu,elu,mish,identity"
    "-sigmoid_cross_entropy-float32-m1-s95205"
)
CASES = {
    "XLA fuses δ = v σ′ into the sum of BP3 and does not round it": (
        "jax",
        "29x31x1-log_sigmoid,log_sigmoid-quadratic-float64-m2-s885667",
    ),
    "a product flushed to zero is then multiplied by z: BP2 of softsign": (
        "jax",
        FLUSHED,
    ),
    "the cubic's constant is multiplied in before the flush, 3z² after it: BP2 of gelu_tanh": (
        "jax",
        "1x4x1-gelu_tanh,sigmoid-quadratic-float32-m32-s32",
    ),
    "(1 - y) a - log_sigmoid(a) cancels for negative a: cost": (
        "torch",
        "3x2x1-tanh,identity-sigmoid_cross_entropy-float32-m2-s16",
    ),
}


@pytest.mark.parametrize(("backend", "network"), CASES.values(), ids=CASES)
def test_correct_framework_passes(backend, network):
    """Without the term it has a residual above 1."""
    verification = Verification()
    verification.judge(Scenario.parse(network), load_backend(backend))
    assert {row.status for row in verification.rows} <= {"pass", "divergence"}


FAR = Scenario.parse("3x8-gelu_tanh-quadratic-float32-m8-s1")


def missing_one_by_an_ulp(problem):
    """gelu_tanh by the textbook, with a tanh that stops an ulp before ±1, as in jaxlib 0.5.1."""
    right = trace(problem)
    (z,), half = right.z, np.float32(0.5)
    slope, cubic = np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715)
    one = np.nextafter(np.float32(1), np.float32(0))
    t = np.clip(np.tanh(slope * (z + cubic * z**3)), -one, one)
    steep = slope * (1 + 3 * cubic * z * z)
    sigma_prime = half * (1 + t) + half * z * (1 - t * t) * steep
    delta = (right.a[0] - problem.y) / np.float32(problem.batch) * sigma_prime
    db, dW = delta.sum(axis=1, keepdims=True), delta @ problem.x.T
    return replace(right, delta=[delta], db=[db], dW=[dW])


def judged_on_jax(release, monkeypatch):
    """The statuses of BP1, as if this release of JAX had given it."""
    monkeypatch.setattr(entry, "installed", lambda _backend: release)
    verification = Verification()
    verification.judge(FAR, replace(facts_of("jax"), trace=missing_one_by_an_ulp))
    return {row.status for row in verification.rows if row.check == "BP1"}


def test_tanh_that_misses_one_by_an_ulp_is_of_some_releases_of_jax_only(monkeypatch):
    """gelu_tanh′ multiplies it by z and by the cubic's slope: at -400 by millions."""
    z = np.abs(answered(FAR, load_backend("numpy")).z[0])
    assert z.max() > 400
    assert judged_on_jax("0.5.3", monkeypatch) == {"divergence"}
    for other in ("0.5.0", "0.6.0"):
        assert judged_on_jax(other, monkeypatch) == {"fail"}


def test_tanh_that_misses_one_by_an_ulp_is_wrong_in_anybody_elses_program():
    """It was excused everywhere for what those releases did: σ′ = 0 and -1 passed as well."""
    verification = Verification()
    verification.judge(FAR, Backend("mine", missing_one_by_an_ulp))
    assert {row.check for row in verification.rows if row.status == "fail"} == {"BP1"}


@pytest.mark.parametrize(
    ("dtype", "small", "large"), [("float32", 2.0**-130, 2.0**20), ("float64", 2.0**-1030, 2.0**60)]
)
def test_a_subnormal_factor_is_read_as_zero_however_large_the_other_is(dtype, small, large):
    """Their product is exact in NumPy, and 0 in JAX: both are right, end to end too."""
    scenario = Scenario.parse(f"1x1-identity-quadratic-{dtype}-m1-s0-k1")
    W, b, x, y = (np.full((1, 1), value, dtype) for value in (small, 0, large, 0))
    problem = Problem(scenario.architecture, dtype, (W,), (b,), x, y)
    answers = {name: load_backend(name).trace(problem) for name in ("numpy", "jax")}
    assert answers["numpy"].z[0] > 0 == answers["jax"].z[0]
    traces = {facts_of(name): stack_traces([answer]) for name, answer in answers.items()}
    rows = agree(scenario, stack_problems([problem]), traces)
    assert "fail" not in {row.status for row in rows}
