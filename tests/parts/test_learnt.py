"""An activation with a parameter: α of prelu is drawn, given, and its gradient judged by name."""

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from answers import stored

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import BackendError, ask
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.equations.faults.program import OF_SIGMA, program
from crossgrad.comparisons.equations.walk import LEARNT, compare, local_checks
from crossgrad.comparisons.judging.verdict import judged
from crossgrad.comparisons.judging.verification import Verification, drawn
from crossgrad.comparisons.parts.activations import ACTIVATIONS as PARTS
from crossgrad.comparisons.problems.generations import GENERATIONS, NEWEST
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.reconstruction import rebuilt
from crossgrad.comparisons.reports.failure import failure_text
from crossgrad.reference.backprop import backprop
from crossgrad.reference.descent import descend
from crossgrad.reference.parameters import raw_bits

NETWORK = "5x6x4x3-prelu,tanh,prelu-mse-{}-m6-s11-g2"
#: Layers that have an α.
OWN = (1, 3)
formats = pytest.mark.parametrize("dtype", ALL_FORMATS)
layers = pytest.mark.parametrize("l", OWN)


def problems_of(dtype, network=NETWORK):
    return Scenario.parse(network.format(dtype)).problems()


def whole_trace(gradients, problems):
    """What a function answers to each, in the problem's format, as a stack."""
    answers = [stored(gradients(problem), problem.dtype) for problem in problems]
    pairs = zip(answers, problems, strict=True)
    return stack_traces([ask("it", lambda _, a=answer: a, problem) for answer, problem in pairs])


def failing(gradients, dtype):
    problems = problems_of(dtype)
    checks = local_checks(stack_problems(problems), whole_trace(gradients, problems))
    assert {c.layer for c in checks if c.check == "alpha"} == set(OWN)
    return {(c.check, c.layer) for c in checks if not (c.residual <= 1).all()}


# ------------------------------------------------------------------ as it is drawn
@formats
def test_alpha_changes_no_other_number(dtype):
    """Weights, biases and data are those of the same network with leaky_relu."""
    for problem, other in zip(
        problems_of(dtype), problems_of(dtype, NETWORK.replace("prelu", "leaky_relu")), strict=True
    ):
        bare = replace(problem, others={})
        assert [a.tobytes() for a in bare.arrays] == [a.tobytes() for a in other.arrays]
        assert other.alpha == (None, None, None)
        assert not other.others


@formats
def test_alpha_is_below_a_half_but_on_the_kinks(dtype):
    """There it is -1, -0, 0 or 1; in the regime of zeros half of them are 0. Never is it steep."""
    found = {name: [] for name in GENERATIONS[NEWEST].regimes}
    scenario = Scenario.parse(NETWORK.format(dtype))
    for draw, problem in enumerate(problems_of(dtype)):
        assert [a is not None for a in problem.alpha] == [True, False, True]
        found[scenario.regime(draw)] += [*problem.alpha[0].ravel(), *problem.alpha[2].ravel()]
    for name, numbers in found.items():
        size = np.abs(np.array(numbers, np.float64))
        assert size.max() <= (1 if name == "kinks" else 0.5)
        assert (size == 0).any() == (name in ("kinks", "zeros"))


def test_draws_that_keep_numbers_keep_alpha():
    """Draw 0 once more is so in α too, and so is one with other biases."""
    problems = problems_of("float64")
    for draw in range(15, 21):
        for own, first in zip(problems[draw].alpha, problems[0].alpha, strict=True):
            assert own is first is None or own.tobytes() == first.tobytes()
    assert problems[1].alpha[0].tobytes() != problems[2].alpha[0].tobytes()


def test_alpha_has_a_stream_of_its_own():
    """Below 2³⁴ are those of weights, data and regimes: no number of bits is used twice."""
    with_alpha = raw_bits((8,), 11, 0, (1 << 34) + 1)
    assert not any(
        set(with_alpha) & set(raw_bits((64,), 11, 0, stream))
        for stream in (*range(9), 1 << 32, *((1 << 33) + i for i in range(9)))
    )


# ------------------------------------------------------------------ its gradient
@pytest.mark.parametrize("draw", range(21))
@layers
def test_the_checker_is_within_its_own_bound_of_the_exact_sum(l, draw):
    """In fractions, from the very numbers that were reported."""
    problem = problems_of("float64")[draw]
    trace = load_backend("numpy").trace(problem)
    stacked = stack_problems([problem]), stack_traces([trace])
    found = compare("alpha", l, *stacked)
    if l == len(problem.W):
        outputs = problem.widths[-1] * problem.batch
        v = [
            [2 * (Fraction(a) - Fraction(y)) / outputs for a, y in zip(*rows, strict=True)]
            for rows in zip(trace.a[-1].tolist(), problem.y.tolist(), strict=True)
        ]
    else:
        W, delta = problem.W[l].tolist(), trace.delta[l].tolist()
        v = [
            [
                sum(Fraction(W[j][k]) * Fraction(delta[j][s]) for j in range(len(W)))
                for s in range(problem.batch)
            ]
            for k in range(problem.widths[l])
        ]
    for j, z in enumerate(trace.z[l - 1].tolist()):
        exact = sum(v[j][s] * min(Fraction(z[s]), 0) for s in range(problem.batch))
        bound = Fraction(float(found.bound[0, j, 0]))
        assert abs(exact - Fraction(float(found.expected[0, j, 0]))) <= bound
        assert abs(exact - Fraction(float(trace["dalpha", l][j, 0]))) <= bound


@pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
def test_of_a_sum_that_cancels_less_is_allowed(fmt):
    """Half of what additions round, or all of what storing rounds: as of BP3 and BP4."""
    ones = np.ones((1, 64))

    def bound(known):
        return PARTS["prelu"].summed(ones, ones, 0 * ones, fmt, 0, np.full((1, 1), known)).item()

    saved = (bound(64.0) - bound(0.0)) / (fmt.u * 64)
    assert round(saved, 6) == (1 if fmt.narrow else 63 / 2)
    assert bound(64.0) == bound(np.inf)


@formats
def test_the_right_program_passes(dtype):
    """With its α reported."""
    assert not failing(program(), dtype)


RIGHT = OF_SIGMA["alpha"]
FAULTS = {
    "δ for v": lambda at: (at.delta * np.minimum(at.z, 0)).sum(-1, keepdims=True),
    "z for min(z, 0)": lambda at: (at.by_a * at.z).sum(-1, keepdims=True),
    "max(z, 0)": lambda at: (at.by_a * np.maximum(at.z, 0)).sum(-1, keepdims=True),
    "a for min(z, 0)": lambda at: (at.by_a * at.a).sum(-1, keepdims=True),
    "the mean for the sum": lambda at: RIGHT(at) / at.m,
    "the sign": lambda at: -RIGHT(at),
    "one α for all units": lambda at: RIGHT(at) * 0 + RIGHT(at).sum(),
    "the last sample is dropped": lambda at: (at.by_a * np.minimum(at.z, 0))[:, :-1].sum(
        -1, keepdims=True
    ),
    "64 u more": lambda at: RIGHT(at) * (1 + 64 * at.z.dtype.type(ALL_FORMATS[at.problem.dtype].u)),
}


@formats
@layers
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught_where_it_is(fault, l, dtype):
    """At that layer, by the name of α, and nowhere else."""
    assert failing(program({("alpha", l): FAULTS[fault]}), dtype) == {("alpha", l)}


@formats
@pytest.mark.parametrize(("check", "l"), [("a", 1), ("a", 3), ("BP2", 1), ("BP1", 3)])
def test_another_alpha_is_caught_as_sigma(check, l, dtype):
    """That of the first unit for all, in σ or in σ′."""

    def wrong(at):
        alpha = at.problem.alpha[at.l][:1]
        if check == "a":
            return np.where(at.z > 0, at.z, alpha * at.z)
        return at.by_a * np.where(at.z > 0, at.z.dtype.type(1), alpha)

    assert failing(program({(check, l): wrong}), dtype) == {(check, l)}


@formats
def test_end_to_end_it_is_judged_where_only_gradients_are_reported(dtype):
    """And a wrong one fails there, by its name, with its likely layer and entry."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    problems, stack = drawn(scenario)
    backend = Backend("mine")
    for wrong in ({}, {("alpha", 3): lambda at: -RIGHT(at)}):
        answer = program(wrong)

        def ends(problem, answer=answer):
            told = answer(problem)
            return {name: told[name] for name in ("dW", "db", "dalpha")}

        rows = [row for _, row in judged(scenario, backend, stack, whole_trace(ends, problems))]
        assert {row.layer for row in rows if row.check == "dalpha"} == set(OWN)
        failed = [row for row in rows if row.status == "fail"]
        assert {(row.check, row.layer) for row in failed} == ({("dalpha", 3)} if wrong else set())
    told = failure_text(failed, "…")
    assert "mine fails dalpha at layer 3" in told
    assert "∂C/∂α³[" in told


def test_a_failure_names_equation_layer_and_entry_and_what_was_taken():
    """δ for ∂C/∂a."""
    scenario = Scenario.parse(NETWORK.format("float64"))
    problems, stack = drawn(scenario)
    trace = whole_trace(program({("alpha", 1): FAULTS["δ for v"]}), problems)
    rows = [row for _, row in judged(scenario, load_backend("numpy"), stack, trace)]
    told = failure_text(rows, "…")
    assert "fails alpha at layer 1" in told
    assert f"alpha: {LEARNT['alpha'].equation}" in told
    assert "∂C/∂α¹[" in told
    assert "δ is taken, not ∂C/∂a" in told


#: Variants that can do such a network, at least, by format.
ABLE = {"float64": 14, "float32": 14, "float16": 6, "bfloat16": 6}


@formats
def test_correct_programs_of_another_kind_pass(dtype):
    """In other orders, scaled, with α reported or without a word on it."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    problems, stack = drawn(scenario)
    answers = {}
    for name, variant in VARIANTS.items():
        with suppress(NotImplementedError):
            answers[name] = whole_trace(variant, problems)
    assert len(answers) >= ABLE[dtype]
    assert sum(bool(trace.others) for trace in answers.values()) >= ABLE[dtype] / 3
    for name, trace in answers.items():
        rows = [row for _, row in judged(scenario, Backend(name), stack, trace)]
        assert not [row for row in rows if row.status == "fail"]


# ------------------------------------------------------------------ who reports it
@pytest.mark.parametrize("name", ["numpy", "numpy.fast", "torch", "torch.func", "torch.module",
                                  "torch.vmap", "torch.vjp", "jax", "jax.jaxpr"])  # fmt: skip
def test_it_is_reported_and_right(name):
    """By the ways that differentiate by all that is learnt."""
    found = Verification()
    scenario = "3x4x2-prelu,prelu-mse-float32-m3-s1-k5-g2"
    assert found.run(Scenario.parse(scenario), [load_backend(name)]) == "pass"
    assert {row.layer for row in found.rows if row.check == "alpha"} == {1, 2}


def test_who_does_not_report_it_is_not_failed():
    def silent(problem):
        answer = program()(problem)
        return {name: told for name, told in answer.items() if name != "dalpha"}

    problems = problems_of("float32")
    checks = local_checks(stack_problems(problems), whole_trace(silent, problems))
    assert "alpha" not in {c.check for c in checks}
    assert all((c.residual <= 1).all() for c in checks)


# ------------------------------------------------------------------ what somebody's own may answer
def with_alpha(change):
    """The right answer, with another ∂C/∂α."""

    def gradients(problem):
        answer = program()(problem)
        return answer | {"dalpha": change(problem, answer.get("dalpha"))}

    return gradients


WRONG = {
    "it returned dalpha[0] of shape (5, 1): expected (6, 1)":
        lambda _, d: [d[0][1:], None, d[2]],
    "it returned dalpha[1]: tanh has no alpha: expected None":
        lambda p, d: [d[0], np.zeros((4, 1), p.dtype), d[2]],
    "it returned None for dalpha[2]": lambda _, d: [d[0], None, None],
    "it returned 2 dalpha: expected 3 layers": lambda _, d: d[:2],
    "it returned dalpha[0] in float16: expected float32":
        lambda _, d: [d[0].astype("f2"), None, d[2]],
    "it returned dalpha as a dict: expected a list of 3 arrays, one a layer":
        lambda _, d: dict(enumerate(d)),
}  # fmt: skip


@pytest.mark.parametrize("told", WRONG)
def test_a_wrong_form_is_told_in_one_line(told):
    with pytest.raises(BackendError) as error:
        ask("it", with_alpha(WRONG[told]), problems_of("float32")[0])
    assert str(error.value) == told


def test_who_changes_alpha_is_told():
    """It is an input as any."""

    def changes(problem):
        answer = program()(problem)
        problem.alpha[2][:] = 0
        return answer

    with pytest.raises(BackendError, match=r"it changed its input problem\.alpha\[2\]$"):
        ask("it", changes, problems_of("float32")[0])


def test_of_a_network_without_it_nothing_of_it_is_asked():
    """None in each layer may be told, and nothing else."""
    problem = problems_of("float32", "3x2-tanh-mse-{}-m2-s1")[0]
    assert problem.alpha == (None,)
    assert not ask("it", with_alpha(lambda _p, _d: [None]), problem).others
    with pytest.raises(BackendError, match=r"^it returned dalpha\[0\]: tanh has no alpha"):
        ask("it", with_alpha(lambda _p, _d: [np.zeros((2, 1), "f4")]), problem)


# ------------------------------------------------------------------ kept, and learnt
@formats
def test_what_was_reported_is_found_again_from_its_records(dtype):
    """To the bit, and with the convention at 0."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    found = Verification(recording=True)
    assert found.run(scenario, [load_backend("torch")]) == "pass"
    again = rebuilt(drawn(scenario)[1], found.records)
    assert {("alpha", 1), ("alpha", 3)} <= set(again) == {r.place for r in found.records}
    assert {"α"} <= {slope for r in found.records for slope in r.kinks.values()}


def test_alpha_is_learnt():
    """A step of descent moves it against its gradient, and the cost falls."""
    problem = problems_of("float64")[0]
    given = problem.architecture, problem.parameters, problem.x, problem.y
    first, second, *_ = descend(*given, rate=0.125, steps=1)
    dalpha = backprop(*given).gradients.dalpha
    for l in OWN:
        moved = second.parameters.alpha[l - 1] - problem.alpha[l - 1]
        assert dalpha[l - 1].any()
        assert np.array_equal(np.sign(moved), -np.sign(dalpha[l - 1]))
    assert second.parameters.alpha[1] is None
    assert second.cost < first.cost
