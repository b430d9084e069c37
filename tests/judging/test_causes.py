"""Textbook mistakes, planted in the reference: each fails one check at one layer, and is named.

Everything after a mistake is computed from it, correctly: so nothing else may fail.
"""

from dataclasses import replace

import numpy as np
import pytest

import crossgrad.reference.backprop as equations
from crossgrad.comparisons.backends import Backend, facts_of, load_backend
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.failure import failure_text
from crossgrad.reference.activations import sigmoid, sigmoid_prime, softmax, tanh, tanh_prime
from crossgrad.reference.backprop import bp1, bp2, bp3, bp4, feedforward
from crossgrad.reference.costs import COSTS, quadratic_gradient

ORDINARY = "5x8x3-tanh,sigmoid-mse-{}-m4-s17-k1"
SQUARE = "5x8x8x3-tanh,tanh,sigmoid-mse-{}-m4-s17-k1"
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


def activations(problem):
    """a¹ … aᴸ of the right network."""
    return feedforward(problem.architecture, problem.parameters, problem.x)[1]


def slope(problem, l, sigma_prime):
    """Some σ′ at zˡ of the right network."""
    zs, _ = feedforward(problem.architecture, problem.parameters, problem.x)
    return sigma_prime(zs[l - 1])


# ------------------------------------------------------------------ mistakes, equation by equation
def forward_with(z=lambda W, b, a: W @ a + b, sigma=tanh):
    """A forward pass whose first layer has another z or another σ."""

    def mistake(_problem):
        def planted(architecture, parameters, x):
            first = z(parameters.W[0], parameters.b[0], x)
            above = replace(architecture, widths=architecture.widths[1:],
                            activations=architecture.activations[1:])  # fmt: skip
            own = {"W": parameters.W[1:], "b": parameters.b[1:], "alpha": parameters.alpha[1:]}
            rest = replace(parameters, **own)
            zs, later = feedforward(above, rest, sigma(first))
            return [first, *zs], [sigma(first), *later]

        return {"feedforward": planted}

    return mistake


def bp1_with(wrong):
    """BP1 as wrong(problem, ∇ₐC, σ′)."""
    return lambda problem: {"bp1": lambda v, d: wrong(problem, v, d)}


def bp2_with(wrong):
    """BP2 as wrong(problem, W, δ, σ′), for the first layer."""

    def mistake(problem):
        def planted(W_next, delta_next, d):
            first = W_next is problem.W[1]
            return wrong(problem, W_next, delta_next, d) if first else bp2(W_next, delta_next, d)

        return {"bp2": planted}

    return mistake


def bp3_with(wrong):
    """BP3 as wrong(δ), for the last layer."""
    return lambda _: {"bp3": lambda delta: (wrong if delta.shape[-2] == 3 else bp3)(delta)}


def bp3_of_trace(wrong, units=8):
    """BP3 as wrong(problem, right trace), for the layer of so many units."""

    def mistake(problem):
        instead = wrong(problem, trace(problem))

        def planted(delta):
            return instead if delta.shape[-2] == units else bp3(delta)

        return {"bp3": planted}

    return mistake


def updated(problem, W, delta, d, rate=0.25):
    """BP2 of weights that have made their step of descent already."""
    return bp2(W - rate * delta @ activations(problem)[0].mT, delta, d)


def bp4_with(wrong, n=8, n_below=8):
    """BP4 as wrong(problem, δ, a), for the layer of the given widths."""

    def mistake(problem):
        def planted(delta, a):
            there = (delta.shape[-2], a.shape[-2]) == (n, n_below)
            return wrong(problem, delta, a) if there else bp4(delta, a)

        return {"bp4": planted}

    return mistake


OUTPUTS = "divided by the number of outputs ({}), not by that of samples ({})".format
BOTH = "m and the number of outputs are both 2"
HALF = f"∇ₐC of mse: no 2, or 1/m is there twice, or a factor of the outputs too small ({BOTH})"
#: Network, mistake, the check and layer where it must show, and what it must be called.
MISTAKES = {
    "bias missing": (
        ORDINARY, forward_with(z=lambda W, _, a: W @ a), "z", 1, "the bias is missing"),
    "bias subtracted": (
        ORDINARY, forward_with(z=lambda W, b, a: W @ a - b), "z", 1, "the bias is subtracted"),
    "W transposed in z": (
        "8x8x3-tanh,sigmoid-mse-{}-m4-s17-k1",
        forward_with(z=lambda W, b, a: W.mT @ a + b), "z", 1, "W is transposed"),
    "other sigma": (ORDINARY, forward_with(sigma=sigmoid), "a", 1, "σ is sigmoid"),
    "1/m missing": (
        ORDINARY, bp1_with(lambda _, v, d: 4 * bp1(v, d)), "BP1", 2, "1/m is missing (m = 4)"),
    "1/m twice": (
        ORDINARY, bp1_with(lambda _, v, d: bp1(v, d) / 4), "BP1", 2, "1/m is there twice (m = 4)"),
    "sign of bp1": (
        ORDINARY, bp1_with(lambda _, v, d: -bp1(v, d)), "BP1", 2, "the sign is wrong"),
    "other cost": (
        ORDINARY,
        bp1_with(lambda p, _, d: quadratic_gradient(activations(p)[-1], p.y) * d),
        "BP1", 2, "∇ₐC is that of quadratic"),
    "sigma prime missing in bp1": (
        ORDINARY, bp1_with(lambda _, v, _d: v), "BP1", 2, "σ′ is missing"),
    "sigma prime missing in bp2": (
        ORDINARY, bp2_with(lambda _, W, delta, _d: W.mT @ delta), "BP2", 1, "σ′ is missing"),
    "sigma prime of a": (
        ORDINARY,
        bp2_with(lambda p, W, delta, _: bp2(W, delta, tanh_prime(activations(p)[0]))),
        "BP2", 1, "σ′ is taken of a, not of z"),
    "sigma for sigma prime": (
        ORDINARY, bp2_with(lambda p, W, delta, _: bp2(W, delta, slope(p, 1, tanh))),
        "BP2", 1, "σ is taken for σ′"),
    "sigma prime twice": (
        ORDINARY, bp2_with(lambda _, W, delta, d: bp2(W, delta, d * d)),
        "BP2", 1, "σ′ is there twice"),
    "sigma prime of another": (
        ORDINARY, bp2_with(lambda p, W, delta, _: bp2(W, delta, slope(p, 1, sigmoid_prime))),
        "BP2", 1, "σ′ is that of sigmoid"),
    "sigma prime of the layer above": (
        SQUARE, bp2_with(lambda p, W, delta, _: bp2(W, delta, slope(p, 2, tanh_prime))),
        "BP2", 1, "σ′ of layer 2 is used"),
    "W not transposed": (
        SQUARE, bp2_with(lambda _, W, delta, d: W @ delta * d), "BP2", 1, "W is not transposed"),
    "sign of bp2": (
        ORDINARY, bp2_with(lambda _, W, delta, d: -bp2(W, delta, d)),
        "BP2", 1, "the sign is wrong"),
    "sample dropped in bp3": (
        ORDINARY, bp3_with(lambda delta: bp3(delta[..., :-1])), "BP3", 2,
        "the last sample is dropped"),
    "bp3 averages": (
        ORDINARY, bp3_with(lambda delta: delta.mean(-1, keepdims=True)), "BP3", 2,
        "1/m is there twice (m = 4)"),
    "bp3 before sigma prime": (
        ORDINARY,
        bp3_of_trace(lambda p, t: (p.W[1].mT @ t.delta[1]).sum(-1, keepdims=True)), "BP3", 1,
        "the sum is taken before σ′: of what δ is a product with"),
    "bp3 before sigma prime, at the end": (
        ORDINARY,
        bp3_of_trace(
            lambda p, t: COSTS[p.cost].gradient(t.a[1], p.y).sum(-1, keepdims=True), units=3),
        "BP3", 2, "the sum is taken before σ′: of what δ is a product with"),
    "bp3 as row sums of dW": (
        ORDINARY, bp3_of_trace(lambda _, t: t.dW[0].sum(-1, keepdims=True)), "BP3", 1,
        "the rows of ∂C/∂W are summed, not those of δ"),
    "relu of what is passed on": (
        "5x8x3-relu,sigmoid-mse-{}-m4-s17-k1",
        bp2_with(lambda _, W, delta, _d: np.maximum(W.mT @ delta, 0)), "BP2", 1,
        "relu((W²)ᵀδ²) is taken for (W²)ᵀδ² ⊙ relu′(z¹)"),
    "diagonal of softmax": (
        "5x8x3-tanh,identity-softmax_cross_entropy-{}-m4-s17-k1",
        bp1_with(lambda p, *_: p.y * (softmax(activations(p)[1]) - 1) / p.batch), "BP1", 2,
        "∇ₐC of softmax_cross_entropy: of the Jacobian of the softmax only the diagonal"),
    "weights updated before they are used": (
        ORDINARY, bp2_with(updated), "BP2", 1, "W² is updated before δ² is passed on by it"),
    "outputs summed for mean, of two": (
        "5x8x2-tanh,sigmoid-mse-{}-m4-s17-k1", bp1_with(lambda _, v, d: 2 * bp1(v, d)), "BP1", 2,
        f"a factor of the number of outputs too large (2), or {OUTPUTS(2, 4)}, or twice as large"),
    "1/m missing, of two": (
        "5x8x3-tanh,sigmoid-mse-{}-m2-s17-k1", bp1_with(lambda _, v, d: 2 * bp1(v, d)), "BP1", 2,
        "1/m is missing (m = 2), or twice as large"),
    "half, of two outputs and samples": (
        "5x8x2-tanh,sigmoid-mse-{}-m2-s17-k1", bp1_with(lambda _, v, d: bp1(v, d) / 2), "BP1", 2,
        f"{HALF}, or half as large"),
    "outputs for samples": (
        ORDINARY, bp1_with(lambda _, v, d: bp1(v, d) * (4 / 3)), "BP1", 2,
        OUTPUTS(3, 4)),
    "inputs for samples": (
        ORDINARY, bp1_with(lambda _, v, d: bp1(v, d) * (4 / 5)), "BP1", 2,
        "divided by the number of inputs (5), not by that of samples (4)"),
    "inputs for samples, as many as outputs": (
        "3x8x3-tanh,sigmoid-mse-{}-m4-s17-k1",
        bp1_with(lambda _, v, d: bp1(v, d) * (4 / 3)), "BP1", 2,
        "divided by the number of outputs or of inputs (both 3), not by that of samples (4)"),
    "the one output for samples": (
        "5x8x1-tanh,sigmoid-mse-{}-m4-s17-k1", bp1_with(lambda _, v, d: 4 * bp1(v, d)), "BP1", 2,
        f"1/m is missing (m = 4), or {OUTPUTS(1, 4)}"),
    "outputs for samples, of two": (
        "5x8x3-tanh,sigmoid-quadratic-{}-m2-s17-k1",
        bp1_with(lambda _, v, d: bp1(v, d) * (2 / 3)), "BP1", 2,
        f"∇ₐC is that of mse, or {OUTPUTS(3, 2)}"),
    "outputs for samples in bp4": (
        ORDINARY, bp4_with(lambda _, delta, a: bp4(delta, a) * (4 / 3), 8, 5), "BP4", 1,
        OUTPUTS(3, 4)),
    "inputs of the layer for samples in bp4": (
        ORDINARY, bp4_with(lambda _, delta, a: bp4(delta, a) / 8, 3, 8), "BP4", 2, ""),
    "1/4 for 1/m": (
        "5x8x3-tanh,sigmoid-mse-{}-m7-s17-k1", bp1_with(lambda _, v, d: bp1(v, d) * (7 / 4)),
        "BP1", 2, ""),
    "z is no mean": (
        ORDINARY, forward_with(z=lambda W, b, a: (W @ a + b) * (4 / 3)), "z", 1, ""),
    "sample dropped in bp4": (
        ORDINARY, bp4_with(lambda _, delta, a: bp4(delta[..., :-1], a[..., :-1]), 8, 5), "BP4", 1,
        "the last sample is dropped"),
    "a of the wrong layer": (
        SQUARE, bp4_with(lambda p, delta, _: bp4(delta, activations(p)[1])), "BP4", 2,
        "a of this layer is used, not of the one below"),
    "dW transposed": (
        SQUARE, bp4_with(lambda _, delta, a: bp4(delta, a).mT), "BP4", 2, "transposed"),
    "dW twice": (
        ORDINARY, bp4_with(lambda _, delta, a: 2 * bp4(delta, a), 3, 8), "BP4", 2,
        "twice as large"),
    "dW zero": (
        ORDINARY, bp4_with(lambda _, delta, a: 0 * bp4(delta, a), 3, 8), "BP4", 2,
        "zero everywhere"),
    "dW is not a number": (
        ORDINARY, bp4_with(lambda _, delta, a: np.nan * bp4(delta, a), 3, 8), "BP4", 2,
        "not a finite number"),
    "no pattern": (
        ORDINARY, bp4_with(lambda _, delta, a: bp4(delta, a) + 0.01 * a.shape[-1], 3, 8), "BP4", 2,
        ""),
}  # fmt: skip


def judged(network, dtype, monkeypatch, mistake):
    """The rows of the reference's trace with the mistake in it."""
    scenario = Scenario.parse(network.format(dtype))
    problem = stack_problems(scenario.problems())
    for name, planted in mistake(problem).items():
        monkeypatch.setattr(equations, name, planted)
    return judge(scenario, facts_of("numpy"), problem, trace(problem))


@formats
@pytest.mark.parametrize("network", [ORDINARY, SQUARE])
def test_without_a_mistake_nothing_fails(network, dtype, monkeypatch):
    rows = judged(network, dtype, monkeypatch, lambda _: {})
    assert {(row.status, row.cause) for row in rows} == {("pass", "")}


@formats
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_where_it_was_made_and_is_named(name, dtype, monkeypatch):
    """Exactly one row fails, at that check and layer, and says what went wrong."""
    network, mistake, check, layer, cause = MISTAKES[name]
    rows = judged(network, dtype, monkeypatch, mistake)
    failed = [(row.check, row.layer, row.cause) for row in rows if row.status != "pass"]
    assert failed == [(check, layer, cause)]


@formats
def test_a_failure_carries_both_values_of_the_worst_entry(dtype, monkeypatch):
    """Twice ∂C/∂W of the last layer: the entry, reported and expected, and how far they are."""
    network, mistake, *_ = MISTAKES["dW twice"]
    (row,) = (row for row in judged(network, dtype, monkeypatch, mistake) if row.status == "fail")
    problem = Scenario.parse(network.format(dtype)).problems()[0]
    monkeypatch.undo()
    right = trace(problem).dW[1][row.entry]
    assert (row.draw, row.value) == (0, 2 * right)
    assert abs(row.expected - right) <= row.bound
    assert row.residual > 1e5
    assert row.ulps > 1e5


def test_what_a_framework_is_known_to_do_is_named_in_anybody_elses_program():
    """It fails all the same: torch's softplus is z past 20, and its derivative 1."""
    scenario = Scenario.parse("3x8-softplus-quadratic-float64-m8-s1")
    verification = Verification()
    verification.judge(scenario, Backend("mine", load_backend("torch").trace))
    failed = [row for row in verification.rows if row.status == "fail"]
    assert {row.check for row in failed} == {"a", "BP1"}
    assert {"torch-softplus-threshold" in row.cause for row in failed} == {True}


# ------------------------------------------------------------------ what others do
def clamped(problem, right):
    """BP1 of the binary cross-entropy, divided by max(a (1 - a), 1e-12)."""
    a, z, m = right.a[-1], right.z[-1], problem.batch
    delta = (a - problem.y) / np.maximum(a * (1 - a), 1e-12) / m * sigmoid_prime(z)
    return replace(right, delta=[*right.delta[:-1], delta])


def test_another_value_that_a_framework_is_known_to_give_is_named():
    """However wide the usual bound is where it is met: it is followed within a small one."""
    causes = known_elsewhere(
        "5x6x7x7-sigmoid,tanh,sigmoid-binary_cross_entropy-float64-m8-s1", clamped
    )
    assert "what torch does would give it" in causes["BP1"]
    assert "torch-bce-clamp" in causes["BP1"]


def known_elsewhere(text, change):
    """The causes of what fails in the reference's whole trace, after the change."""
    scenario = Scenario.parse(text)
    problem = stack_problems(scenario.problems())
    with np.errstate(all="ignore"):
        found = judge(scenario, facts_of("mine"), problem, change(problem, trace(problem)))
    return {row.check: row.cause for row in found if row.status == "fail"}


def by_logaddexp(_problem, right):
    """The sigmoid as the exponential of a logarithm: errs by u|z|, as do those who use 2 to z."""
    a = [np.exp(-np.logaddexp(z.dtype.type(0), -z)) for z in right.z]
    return replace(right, a=a)


def by_difference(problem, right):
    """1 - y - s(-a), in which nothing is left of a small s."""
    a, m = right.z[-1], right.z[-1].dtype.type(problem.batch)
    delta = (1 - problem.y - sigmoid(-a)) / m
    return replace(right, delta=[*right.delta[:-1], delta.astype(a.dtype)])


@pytest.mark.parametrize(
    ("text", "change", "check"),
    [
        ("2x1-sigmoid-quadratic-float64-m4-s0-g2", by_logaddexp, "a"),
        ("3x2-identity-sigmoid_cross_entropy-float64-m4-s0-g2", by_difference, "BP1"),
        ("3x2-identity-sigmoid_cross_entropy-float32-m4-s0-g2", by_difference, "BP1"),
    ],
)
def test_what_errs_by_as_much_is_not_what_a_framework_does(text, change, check):
    """A wider bound around the same value explains anything within it: nothing is said."""
    causes = known_elsewhere(text, change)
    assert causes[check] == ""
    assert not any("does would give it" in cause for cause in causes.values())


# ------------------------------------------------------------------ rounded to less
@pytest.mark.parametrize(
    ("dtype", "name"),
    [("float64", "float32"), ("float64", "float16"), ("float64", "bfloat16"),
     ("float32", "float16"), ("float32", "bfloat16")],
)  # fmt: skip
def test_what_was_rounded_to_a_narrower_format_is_told(dtype, name):
    """The a that is reported: each of its numbers is one of that format."""

    def rounded(_problem, right):
        return replace(right, a=[a.astype(name).astype(dtype) for a in right.a])

    causes = known_elsewhere(f"3x4x2-tanh,sigmoid-mse-{dtype}-m4-s1-k2", rounded)
    assert causes["a"] == f"rounded to {name}: each number that was reported is one of that format"


def test_what_is_wrong_by_more_than_rounding_is_not_told_as_rounded():
    """In float32, and twice as large, but for what float32 has no digits for."""

    def doubled(_problem, right):
        return replace(right, dW=[(2 * g).astype("float32").astype("float64") for g in right.dW])

    causes = known_elsewhere("3x4x3-tanh,sigmoid-mse-float64-m4-s1-k2", doubled)
    assert causes == {"BP4": ""}


# ------------------------------------------------------------------ what it is of
def partly(text, change, *kept):
    """What is told of a failure in a part of the reference's trace, after the change."""
    scenario = Scenario.parse(text)
    problem = stack_problems(scenario.problems())
    right = change(trace(problem))
    left_out = {name: () for name in ("z", "a", "delta") if name not in kept}
    left_out |= {} if "cost" in kept else {"cost": None}
    return failure_text(
        judge(scenario, facts_of("mine"), problem, replace(right, **left_out)), ""
    ).split("\n")


def of_outputs(right):
    """Gradients of ∇C that was divided by the number of outputs, 3, of four samples."""
    scaled = {name: [g * (4 / 3) for g in getattr(right, name)] for name in ("dW", "db")}
    return replace(right, **scaled)


def test_the_number_of_outputs_for_that_of_samples_shows_in_gradients():
    text = partly("5x8x3-tanh,sigmoid-mse-float64-m4-s17-g2", of_outputs)
    assert text[0].startswith("mine fails dW at layer 2")
    assert f"  likely cause  {OUTPUTS(3, 4)}, or divided by m - 1, not by m (m = 4)" in text


def last_doubled(right):
    """δᴸ alone, and no gradient."""
    return replace(right, delta=[*right.delta[:-1], 2 * right.delta[-1]])


def test_a_delta_that_no_gradient_is_of_is_to_blame():
    """Not ∂C/∂b, which is right."""
    text = partly(
        "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0-g2", last_doubled, "delta"
    )
    assert text[0].startswith("mine fails BP1 at layer 3")
    assert (
        "  likely cause  a factor of the number of outputs too large (2),"
        f" or {OUTPUTS(2, 4)}, or twice as large" in text
    )
    (also,) = (line for line in text if "also" in line)
    assert "BP3 at layer 3" in also
    assert also.endswith(": it is right, but δ³, which it is of, is wrong")


def test_a_gradient_that_is_wrong_itself_is_not_excused_by_a_wrong_delta():
    """Both are: each with its own cause."""
    text = partly(
        "3x4x4x3-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0-g2",
        lambda right: replace(last_doubled(right), db=[-db for db in right.db]),
        "delta",
    )
    assert text[0].startswith("mine fails BP1 at layer 3")
    assert any("BP3 at layer 2" in line and line.endswith("the sign is wrong") for line in text)
    assert not any("which it is of" in line for line in text)


def test_a_delta_that_is_no_number_is_to_blame():
    """Nothing can be expected of what is computed from it."""
    text = partly(
        "3x4x2-tanh,sigmoid-mse-float64-m4-s1-g2",
        lambda right: replace(right, delta=[right.delta[0] * np.nan, *right.delta[1:]]),
        "delta",
    )
    assert text[0].startswith("mine fails BP2 at layer 1")
    assert "  likely cause  not a finite number" in text
    assert not any("BP2" in line for line in text if "also" in line)


@pytest.mark.parametrize("kept", [("a", "cost"), ("a", "delta")])
def test_an_a_that_nothing_is_of_is_to_blame(kept):
    """Neither the cost nor ∂C/∂W, which are right."""
    text = partly(
        "3x4x2-tanh,sigmoid-mse-float64-m4-s1-g2",
        lambda right: replace(right, a=[a.astype("float32").astype("float64") for a in right.a]),
        *kept,
    )
    assert text[0].startswith("mine fails a at layer 1")
    assert any("likely cause  rounded to float32" in line for line in text)
