"""PyTorch's modes: each is right, each says what it cannot do, and none leaves a setting behind."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.backends import (
    facts_of,
    torch_autograd,
    torch_compiled,
    torch_forward,
    torch_functional,
    torch_mixed,
    torch_module,
    torch_per_example,
    torch_threads,
)
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.requirements import compiler
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

#: Those that are eager, as torch itself, in all that they compute.
EAGER = {
    "torch.func": torch_functional.trace,
    "torch.vjp": torch_functional.vjp,
    "torch.vmap": torch_per_example.trace,
    "torch.forward": torch_forward.trace,
    "torch.module": torch_module.trace,
    "torch.threads": torch_threads.trace,
}
#: All 14 activations, and four of the costs; in a few layers, lest the numbers vanish.
SCENARIOS = [
    "3x4x4x4x4x4-identity,sigmoid,tanh,relu,leaky_relu-quadratic-float64-m3-s1",
    "3x4x4x4x4x4-elu,softplus,silu,gelu,sigmoid-binary_cross_entropy-float32-m4-s2",
    "3x4x4x4x4x4-gelu_tanh,softsign,log_sigmoid,mish,hardtanh-mse-float64-m3-s3",
    "2x5x3-tanh,identity-softmax_cross_entropy-float32-m6-s4",
]
SMALL = "2x3x2-tanh,sigmoid-quadratic-float32-m3-s5"
eager = pytest.mark.parametrize("trace", EAGER.values(), ids=EAGER)
needs_compiler = pytest.mark.skipif(bool(compiler()), reason=compiler())


def problem_of(text):
    return Scenario.parse(text).problems()[0]


def statuses(text, trace):
    """What the judge says of all draws of a scenario, known divergences of torch aside.

    The mean of one sample after the other is taken last: what it reports is not what it goes on
    with.
    """
    scenario = Scenario.parse(text)
    problems = scenario.problems()
    own = replace(facts_of("torch"), as_reported=trace is not torch_per_example.trace)
    answers = stack_traces(map_to(trace, problems))
    rows = judge(scenario, own, stack_problems(problems), answers)
    return {row.status for row in rows} - {"divergence"}


def map_to(trace, problems):
    return [trace(problem) for problem in problems]


def same_bits(one, other):
    """Whether two traces report the same numbers."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in one.reported if name != "cost"]
    layers = [pair for both in pairs for pair in zip(*both, strict=True)]
    return all(a.tobytes() == b.tobytes() for a, b in [*layers, (one.cost, other.cost)])


# ------------------------------------------------------------------ the truth
@eager
@pytest.mark.parametrize("network", SCENARIOS)
def test_mode_is_right(trace, network):
    """In all activations and regimes, by the bounds that hold for torch."""
    assert statuses(network, trace) == {"pass"}


@pytest.mark.parametrize("dtype", SIXTEEN)
@pytest.mark.parametrize("mode", ["torch.func", "torch.vjp", "torch.module", "torch.threads"])
def test_mode_is_right_in_16_bits(mode, dtype):
    """Sums are accumulated in float32 there too."""
    assert statuses(f"3x4x2-silu,tanh-quadratic-{dtype}-m4-s1", EAGER[mode]) == {"pass"}


@eager
def test_forward_mode_alone_reports_no_delta(trace):
    problem = problem_of(SMALL)
    assert bool(trace(problem).delta) == (trace is not torch_forward.trace)


@eager
def test_fault_in_a_mode_fails(trace, monkeypatch):
    """An activation that is a little steeper than it should be."""
    monkeypatch.setitem(torch_autograd.SIGMA, "tanh", lambda z: torch.tanh(1.001 * z))
    monkeypatch.setitem(torch_module.MODULE, "tanh", Steeper)
    assert "fail" in statuses(SMALL, trace)


class Steeper(torch.nn.Module):
    """The same, as a module."""

    def forward(self, z):
        return torch.tanh(1.001 * z)


@eager
def test_mode_answers_where_gradients_are_switched_off(trace):
    problem = problem_of(SMALL)
    expected = trace(problem)
    with torch.no_grad():
        assert same_bits(trace(problem), expected)


# ------------------------------------------------------------------ compiled
@needs_compiler
def test_compiled_mode_is_right_and_can_be_dropped():
    """Its compilation is kept for all draws, until it is given back."""
    torch_compiled.release()
    try:
        assert statuses(SMALL, torch_compiled.trace) == {"pass"}
        assert torch_compiled.compilation.cache_info().misses == 1
    finally:
        torch_compiled.release()
    assert torch_compiled.compilation.cache_info().currsize == 0


def test_few_compilations_are_kept():
    """Torch refuses to compile one piece of code more than eight times; none is made here."""
    for seed, batch in enumerate(range(1, 4 * torch_compiled.KEPT)):
        torch_compiled.compiled(problem_of(f"1x1-tanh-mse-float64-m{batch}-s{seed}"))
        assert torch_compiled.compilation.cache_info().currsize <= torch_compiled.KEPT
    torch_compiled.release()


# ------------------------------------------------------------------ mixed precision
def test_autocast_computes_in_16_bits():
    """Factors are rounded to them before a product; what is reported is float32."""
    problem = problem_of(SMALL)
    trace, fmt = torch_mixed.autocast(problem), facts_of("torch.autocast").computes_in("float32")
    checks = local_checks(*stacks(problem, trace), fmt)
    assert max(check.residual.max() for check in checks) <= 1
    assert {array.dtype.name for array in (*trace.dW, *trace.delta, trace.cost)} == {"float32"}
    assert all(np.array_equal(a, torch_autograd.array(rounded(a))) for a in trace.a)
    assert max(check.residual.max() for check in local_checks(*stacks(problem, trace))) > 1


def rounded(array):
    """To bfloat16 and back."""
    return torch.tensor(array).to(torch.bfloat16).float()


def stacks(problem, trace):
    return stack_problems([problem]), stack_traces([trace])


# ------------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("trace", "network", "reason"),
    [
        (torch_forward.trace, "40x50-tanh-mse-float64-m1-s1", "2050 parameters, at most 2000"),
        (torch_mixed.autocast, "1x1-tanh-mse-float64-m1-s1", "casts from float32"),
        (torch_mixed.autocast, "1x1-sigmoid-binary_cross_entropy-float32-m1-s1", "1 in bfloat16"),
        (torch_mixed.tf32, SMALL, "on a GPU only"),
    ],
)
def test_what_cannot_be_done_is_refused(trace, network, reason):
    """Before anything is computed, with the reason."""
    with pytest.raises(NotSupportedError, match=reason):
        trace(problem_of(network))


# ------------------------------------------------------------------ settings
class StoppedError(Exception):
    """What a mode ends in."""


def test_threads_are_as_before(monkeypatch):
    """Several while it is asked, whatever happens then."""
    seen = []

    def stopped(_problem):
        seen.append(torch.get_num_threads())
        raise StoppedError

    before = torch.get_num_threads()
    monkeypatch.setattr(torch_autograd, "trace", stopped)
    with pytest.raises(StoppedError):
        torch_threads.trace(problem_of(SMALL))
    assert seen[0] >= 2
    assert torch.get_num_threads() == before


def test_tf32_is_off_again():
    """On while it is asked, whatever happens then."""
    before = tf32_setting()
    with torch_mixed.products_in_tf32():
        assert tf32_setting() == torch_mixed.TF32 != before
    with suppress(StoppedError), torch_mixed.products_in_tf32():
        raise StoppedError
    assert tf32_setting() == before


def tf32_setting():
    return getattr(torch_mixed.MATMUL, torch_mixed.SETTING)


def test_module_draws_no_random_numbers():
    """Its weights are given: others may count on the state of torch's generator."""
    before = torch.random.get_rng_state()
    torch_module.trace(problem_of(SMALL))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_autocast_ends():
    """A product afterwards is what it was."""
    torch_mixed.autocast(problem_of(SMALL))
    assert (torch.ones(1, 1) @ torch.ones(1, 1)).dtype == torch.float32
