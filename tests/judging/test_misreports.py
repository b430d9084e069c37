"""What courses call aᴸ and δ is taken as that, or told in one line; no equation is blamed."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from suite import lines_with, run

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import Backend, facts_of, load_backend
from crossgrad.comparisons.backends.own import BackendError, ask
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.equations.propagation import as_trace, trusted
from crossgrad.comparisons.judging.misreports import as_meant
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.judging.verification import answers, asked
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.problem import Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.activations import sigmoid
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop, feedforward
from crossgrad.reference.costs import COSTS, softmax
from crossgrad.reference.parameters import Parameters

SOFTMAX = "3x4x5-tanh,identity-softmax_cross_entropy-{}-m{}-s1"
SIGMOID = "3x4x2-tanh,identity-sigmoid_cross_entropy-{}-m{}-s1"
formats = pytest.mark.parametrize("dtype", ALL_FORMATS)
batches = pytest.mark.parametrize("batch", [1, 4, 5])


def traces(text, *kept):
    """The problems of a scenario, and the reference's traces, with these quantities if any."""
    problems = Scenario.parse(text).problems()
    given = [load_backend("numpy").trace(problem) for problem in problems]
    left_out = {name: () for name in ("z", "a", "delta") if kept and name not in kept}
    return list(zip(problems, (replace(trace, **left_out) for trace in given), strict=True))


def said(problem, trace):
    """In words: what is wrong with its form, or what was taken as what."""
    meant = as_meant(problem, trace)
    return meant.instead or "; ".join(meant.notes)


def told(text, change, *kept):
    """What is said of each draw, after the change."""
    return [said(problem, change(problem, trace)) for problem, trace in traces(text, *kept)]


# ------------------------------------------------------------------ all of it
LONG = "5x9x7x6x3-tanh,silu,sigmoid,sigmoid-mse-{}-m8-s2-g2"
narrower = pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])


def failures(dtype, change=dict):
    """Where the truth, computed in float64 and then rounded, fails as a trace."""
    scenario = Scenario.parse(LONG.format(dtype))
    problem = scenario.stack()
    truth = as_trace(trusted(problem)[1])
    with np.errstate(all="ignore"):
        rounded = {
            name: [array.astype(dtype) for array in getattr(truth, name)]
            for name in ("dW", "db", "z", "a", "delta")
        }
        trace = Trace(**change(rounded), cost=truth.cost.astype(dtype))
        return [
            row for row in judge(scenario, facts_of("mine"), problem, trace) if row.status == "fail"
        ]


@narrower
def test_what_was_rounded_at_the_end_is_told(dtype):
    """Each number is as right as can be; but the equations were evaluated from others."""
    causes = [row.cause for row in failures(dtype)]
    assert causes
    assert all(cause.startswith("computed in a wider format, and rounded") for cause in causes)


@narrower
def test_a_fault_in_what_was_rounded_at_the_end_is_another(dtype):
    """One gradient is off, and the rest is not what is wrong with it."""
    rows = failures(dtype, lambda told: told | {"db": [1.5 * told["db"][0], *told["db"][1:]]})
    assert ("BP3", 1) in {(row.check, row.layer) for row in rows}
    assert not any("wider" in row.cause for row in rows)


WIDER = pytest.mark.skipif(
    np.finfo(np.longdouble).eps >= ALL_FORMATS["float64"].u, reason="NumPy has no wider format here"
)


def in_longdouble(text, change=dict):
    """What fails, and why, of a float64 trace that was computed in longdouble and then rounded."""
    scenario = Scenario.parse(text)
    problem = scenario.stack()
    wide = problem.map(lambda array: array.astype(np.longdouble))
    with np.errstate(all="ignore"):
        truth = as_trace(backprop(wide.architecture, wide.parameters, wide.x, wide.y))
        names = ("dW", "db", "z", "a", "delta")
        told = {name: [a.astype("float64") for a in getattr(truth, name)] for name in names}
        trace = Trace(**change(told), cost=truth.cost.astype("float64"))
        rows = judge(scenario, facts_of("mine"), problem, trace)
    return {(row.check, row.layer): row.cause for row in rows if row.status == "fail"}


@WIDER
def test_what_was_rounded_from_longdouble_is_told():
    """Where the digits that longdouble has more than float64 show: far out in the tails."""
    causes = in_longdouble("2x2x1-sigmoid,sigmoid-quadratic-float64-m4-s0-g2")
    assert len(causes) > 1
    assert all(cause.startswith("computed in a wider format") for cause in causes.values())


@WIDER
def test_a_fault_in_what_was_rounded_from_longdouble_is_another():
    """However small: a few units in the last place of one number."""

    def spoilt(told):
        db = told["db"][0].copy()
        db[0, 0] *= 1 + 2**-46
        return told | {"db": [db, *told["db"][1:]]}

    causes = in_longdouble("2x2x1-sigmoid,sigmoid-quadratic-float64-m4-s0-g2", spoilt)
    assert ("BP3", 1) in causes
    assert not any("wider" in cause for cause in causes.values())


# ------------------------------------------------------------------ aᴸ
def with_probabilities(function, problem, trace):
    return replace(trace, a=(*trace.a[:-1], function(trace.a[-1]).astype(problem.x.dtype)))


@formats
@batches
@pytest.mark.parametrize("kept", [(), ("a", "z"), ("a",)], ids=["all", "no δ", "a alone"])
@pytest.mark.parametrize(
    ("text", "name", "function"), [(SOFTMAX, "softmax", softmax), (SIGMOID, "sigmoid", sigmoid)]
)
def test_probabilities_for_logits_are_told(text, name, function, kept, batch, dtype):
    """In the first draw, whose logits are ordinary."""
    found = told(text.format(dtype, batch), partial(with_probabilities, function), *kept)
    assert found[0] == f"with {name}_cross_entropy, aᴸ is the {name} of zᴸ, and judged as that"


@formats
@pytest.mark.parametrize(("text", "function"), [(SOFTMAX, softmax), (SIGMOID, sigmoid)])
def test_probabilities_are_judged_as_what_they_are(text, function, dtype):
    """Right ones pass, and of wrong ones the entry is named; what follows is of the logits."""
    scenario = Scenario.parse(text.format(dtype, 4))
    problem, numpy = scenario.stack(range(1)), load_backend("numpy")
    given = with_probabilities(function, problem, numpy.traces(scenario.problems()[:1]))
    meant = as_meant(problem, given).trace
    for factor, status in ((1, "pass"), (1.125, "fail")):
        others = {key: array * array.dtype.type(factor) for key, array in meant.others.items()}
        judged = judge(scenario, MINE, problem, replace(meant, others=others))
        rows = {(row.check, row.layer): row.status for row in judged}
        assert rows.pop(("a", 2)) == status
        assert set(rows.values()) == {"pass"}


MINE = Backend("mine")


# ------------------------------------------------------------------ δ
def times(factor, _problem, trace):
    return replace(trace, delta=tuple(d * d.dtype.type(factor) for d in trace.delta))


@formats
@pytest.mark.parametrize("text", [SOFTMAX, "3x4x4x2-tanh,silu,sigmoid-mse-{}-m{}-s1"])
@pytest.mark.parametrize("batch", [3, 4])
def test_delta_per_sample_is_told(batch, text, dtype):
    """1/m is in ∂C/∂W and ∂C/∂b only."""
    found = told(text.format(dtype, batch), partial(times, batch))
    assert found[0] == OF_EACH


OF_EACH = "δ is that of each sample by itself, and 1/m comes later"


def test_another_sign_of_delta_is_told():
    """y - a, with the sign put right in the gradients."""
    found = told(SOFTMAX.format("float64", 3), partial(times, -1.0))
    assert "delta with another sign than the one" in found[0]
    assert found[0].endswith("report -delta")


@pytest.mark.parametrize("factor", [0.0, 1 + 1e-9, np.nan])
def test_nothing_is_said_of_what_is_no_multiple(factor):
    """0 is a mistake, and what is 1 but for rounding is the right one."""
    assert not any(told(SOFTMAX.format("float64", 3), partial(times, factor)))


def test_what_is_lost_below_the_smallest_number_is_no_other_delta():
    """Gradients of a few subnormal steps, of which Σ δ is one more."""
    text = "2x9x8x3-softsign,softsign,tanh-quadratic-float32-m5-s1-g2"
    assert not any(told(text, lambda _, trace: replace(trace, db=[db + STEP for db in trace.db])))


#: Two subnormal numbers of float32.
STEP = np.float32(2.0**-148)


def by_a(problem, trace, factor=1):
    """∂C/∂a for δ, as a course's dA has it; times a factor."""
    above = zip(problem.W[1:], trace.delta[1:], strict=True)
    with np.errstate(all="ignore"):
        last = COSTS[problem.cost].gradient(trace.a[-1], problem.y)
        found = [*(W.T @ delta for W, delta in above), last]
        return replace(trace, delta=[(factor * v).astype(problem.dtype) for v in found])


def by_a_of_each(problem, trace):
    """1/m is in ∂C/∂W and ∂C/∂b only."""
    return by_a(problem, trace, problem.batch)


def whole_stack(text, change):
    """What is said of all draws together, after the change."""
    problems = Scenario.parse(text).problems()
    numpy = load_backend("numpy")
    changed = [change(problem, numpy.trace(problem)) for problem in problems]
    return said(stack_problems(problems), stack_traces(changed))


#: A bend in each layer; kinks; an identity; one number, of which anything is a multiple.
BENDING = "3x4x4x2-tanh,silu,sigmoid-mse-{}-m4-s1-g2"
OTHERS = (
    "3x4x2-relu,relu-quadratic-{}-m3-s1-g2",
    "3x4x5-mish,identity-softmax_cross_entropy-{}-m3-s1-g2",
    "2x1-sigmoid-quadratic-{}-m1-s1-g2",
)
networks = pytest.mark.parametrize("text", [BENDING, *OTHERS])


@formats
@networks
def test_the_derivative_by_a_for_delta_is_told(text, dtype):
    """Of no draw it is another."""
    told = whole_stack(text.format(dtype), by_a)
    assert told == "reported ∂C/∂a as delta: delta is ∂C/∂z: report delta * σ′(z)"


@formats
def test_the_derivative_by_a_of_each_sample_is_told(dtype):
    """As a course has it that divides by m last."""
    told = whole_stack(BENDING.format(dtype), by_a_of_each)
    assert told.startswith("reported m = 4 times ∂C/∂a as delta")
    assert told.endswith("report delta * σ′(z) / m")


def of_last_by_a(problem, trace):
    """∇ₐC for δᴸ alone."""
    return replace(trace, delta=[*trace.delta[:-1], by_a(problem, trace).delta[-1]])


def without_slope(problem, trace):
    """∇ₐC is taken for δᴸ, and what is computed from it is."""
    delta = by_a(problem, trace).delta[-1]
    below = trace.a[-2] if len(trace.a) > 1 else problem.x
    dW, db = delta @ below.T, delta.sum(1, keepdims=True)
    changed = {"dW": dW, "db": db, "delta": delta}
    return replace(trace, **{k: [*getattr(trace, k)[:-1], v] for k, v in changed.items()})


def of_some_draws(problem, trace):
    """∂C/∂a where the first target is above a half."""
    return by_a(problem, trace) if problem.y[0, 0] > 0.5 else trace


def some_draws_doubled(problem, trace):
    """∂C/∂a, and something else in some draws."""
    return by_a(problem, trace, 1 if problem.y[0, 0] > 0.5 else 2)


@formats
@pytest.mark.parametrize("fault", [of_last_by_a, without_slope, of_some_draws, some_draws_doubled])
def test_a_slope_that_is_missing_elsewhere_is_a_fault(fault, dtype):
    """In one layer, in the gradients too, or in some draws only."""
    assert whole_stack(BENDING.format(dtype), fault) == ""


def test_another_delta_of_one_number_is_no_derivative_by_a():
    """It is a multiple of it in each draw, and of none the same."""
    told = whole_stack("2x1-sigmoid-quadratic-float64-m4-s1-g2", partial(times, 4))
    assert told == OF_EACH


# ------------------------------------------------------------------ z
def overwritten(_problem, trace):
    """σ is computed in place."""
    return replace(trace, z=trace.a)


def last_overwritten(_problem, trace):
    return replace(trace, z=[*trace.z[:-1], trace.a[-1]])


def sigma_forgotten(problem, trace):
    """The first layer hands on z for a; the rest follows."""
    l = slice(1, None)
    rest = Architecture(problem.widths[l], problem.activations[l], problem.cost)
    with np.errstate(all="ignore"):
        zs, later = feedforward(rest, Parameters(problem.W[l], problem.b[l]), trace.z[0])
    return replace(trace, z=[trace.z[0], *zs], a=[trace.z[0], *later])


def without_bias(problem, trace):
    """z of the first layer lacks b."""
    return replace(trace, z=[problem.W[0] @ problem.x, *trace.z[1:]])


@formats
@networks
def test_a_z_that_was_overwritten_is_told(text, dtype):
    """At the first layer where it was."""
    told = whole_stack(text.format(dtype), overwritten)
    assert told == f"{A_FOR_Z.format(0)}: report z as it was before σ"


@formats
def test_a_z_that_was_overwritten_in_one_layer_is_told(dtype):
    assert whole_stack(BENDING.format(dtype), last_overwritten).startswith(A_FOR_Z.format(2))


A_FOR_Z = "reported a[{0}] as z[{0}], as if it was overwritten"


@formats
@pytest.mark.parametrize("fault", [sigma_forgotten, without_bias])
@pytest.mark.parametrize("text", [BENDING, *OTHERS[:2]])
def test_a_wrong_z_or_a_is_left_to_its_equation(text, fault, dtype):
    """a is z where σ was forgotten: z is right, and a is not."""
    assert whole_stack(text.format(dtype), fault) == ""


def test_a_z_that_is_its_own_a_was_not_overwritten():
    """Of the identity; and of relu where nothing is negative."""
    assert whole_stack("3x4x2-identity,identity-mse-float64-m3-s1-g2", overwritten) == ""
    problem, trace = traces("3x4-relu-mse-float64-m3-s1-g2")[0]
    problem = replace(problem, W=[abs(problem.W[0])], b=[abs(problem.b[0])], x=abs(problem.x))
    z = problem.W[0] @ problem.x + problem.b[0]
    assert said(problem, replace(trace, z=[z], a=[z])) == ""


# ------------------------------------------------------------------ what is right, or wrong
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_nothing_is_said_of_a_right_trace(dtype):
    """Of no variant, in no regime, of one sample or many."""
    for scenario in first_scenarios(12, 8, 3, (dtype,)):
        for problem in scenario.problems():
            assert said(problem, ask("mine", VARIANTS["textbook"], problem)) == ""


@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("text", [SOFTMAX, SIGMOID, "2x1-identity-softmax_cross_entropy-{}-m{}-s1"])
def test_nothing_is_said_of_a_right_trace_of_logits(text, dtype):
    """Of a single output too, whose softmax is 1."""
    assert set(told(text.format(dtype, 1), lambda _, trace: trace)) == {""}


def of_one_layer(problem, trace):
    """δ of the first layer alone."""
    return replace(trace, delta=(times(problem.batch, problem, trace).delta[0], *trace.delta[1:]))


def of_last_layer(problem, trace):
    """δ of the last layer alone."""
    return replace(trace, delta=(*trace.delta[:-1], times(2, problem, trace).delta[-1]))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch", [2, 4])
def test_a_delta_of_zeros_agrees_with_any_factor_and_shows_none(batch, dtype):
    """In some draws δ¹ is exactly 0: neither they alone nor all of them are of another δ."""
    scenario = Scenario.parse(f"2x2x1-sigmoid,sigmoid-quadratic-{dtype}-m{batch}-s0-g2")
    numpy = load_backend("numpy")
    backend = Backend("mine", lambda problem: of_last_layer(problem, numpy.trace(problem)))
    problems = scenario.problems()
    assert any(not numpy.trace(problem).delta[0].any() for problem in problems)
    for problem in problems:
        asked(backend, problem)
    answers(backend, problems, scenario.stack())


def test_a_factor_of_some_draws_is_a_fault():
    """Who multiplies by it only where y is large does not report another δ."""
    problems = Scenario.parse(SOFTMAX.format("float64", 4)).problems()
    numpy = load_backend("numpy")
    some = [problem.y.tobytes() for problem in problems[::2]]

    def trace(problem):
        right = numpy.trace(problem)
        return times(4, problem, right) if problem.y.tobytes() in some else right

    answers(Backend("mine", trace), problems, stack_problems(problems))


def of_gradients(problem, trace):
    """1/m is there twice."""
    m = problem.x.dtype.type(problem.batch)
    return replace(trace, dW=[g / m for g in trace.dW], db=[g / m for g in trace.db])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("fault", [of_one_layer, of_gradients])
def test_a_fault_is_left_to_its_equation(fault, dtype):
    """What is wrong is no other name of what is right."""
    assert set(told(SOFTMAX.format(dtype, 4), fault)) == {""}


# ------------------------------------------------------------------ as a user meets it
HEAD = """
import numpy as np
from crossgrad.reference.backprop import backprop
from crossgrad.reference.costs import COSTS, softmax

def whole(p):
    r = backprop(p.architecture, p.parameters, p.x, p.y)
    g = r.gradients
    return {"dW": g.dW, "db": g.db, "z": r.z, "a": r.a, "delta": r.delta}

def probabilities(p):
    t = whole(p)
    return t | {"a": [*t["a"][:-1], softmax(t["a"][-1])]}

def per_sample(p):
    t = whole(p)
    return t | {"delta": [d * p.batch for d in t["delta"]]}

def by_a(p):
    t = whole(p)
    with np.errstate(all="ignore"):
        last = COSTS[p.cost].gradient(t["a"][-1], p.y)
        below = [W.T @ delta for W, delta in zip(p.W[1:], t["delta"][1:])]
    return t | {"delta": [*below, last]}

def overwritten(p):
    t = whole(p)
    return t | {"z": t["a"]}

def wrong_as_well(p):
    t = per_sample(p)
    return t | {"dW": [-g for g in t["dW"]]}
"""


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("by_a", "reported ∂C/∂a as delta: delta is ∂C/∂z: report delta * σ′(z)"),
        ("overwritten", "reported a[0] as z[0], as if it was overwritten: report z as it was"),
    ],
)
def test_one_line_says_what_to_report(function, words, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(HEAD, encoding="utf-8")
    scenario = SOFTMAX.format("float64", 4)
    code, output = run("--backend", f"{file}:{function}", "--scenario", scenario)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, f"{file}:{function} {words}")
    assert not lines_with(output, "likely cause")


def test_what_is_known_by_another_name_passes_and_is_told(tmp_path):
    """In the first lines."""
    file = tmp_path / "mine.py"
    file.write_text(HEAD, encoding="utf-8")
    names = [f"{file}:{function}" for function in ("probabilities", "per_sample")]
    asked = [option for name in names for option in ("--backend", name)]
    code, output = run(*asked, "--cost", "softmax_cross_entropy", "--architectures", "2")
    assert code == pytest.ExitCode.OK
    told = "with softmax_cross_entropy, aᴸ is the softmax of zᴸ, and judged as that"
    assert lines_with(output, f"{names[0]} is taken so: {told}")
    assert lines_with(output, f"{names[1]} is taken so: {OF_EACH}")


def test_a_fault_beside_it_is_a_fault(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(HEAD, encoding="utf-8")
    scenario = SOFTMAX.format("float64", 4)
    _, output = run("--backend", f"{file}:wrong_as_well", "--scenario", scenario)
    assert lines_with(output, "fails BP")
    assert not lines_with(output, "reported delta")


def test_what_the_suite_brings_along_is_not_asked():
    """It means what the suite means: no reference is computed for it."""
    problem, trace = traces(SOFTMAX.format("float64", 4))[0]
    wrong = times(4, problem, trace)
    assert asked(replace(facts_of("numpy"), trace=lambda _: wrong), problem) is wrong
    assert asked(Backend("mine", lambda _: wrong), problem) is not wrong
    overwritten_there = overwritten(problem, trace)
    with pytest.raises(BackendError, match=r"^mine reported a\[0\] as z\[0\]"):
        asked(Backend("mine", lambda _: overwritten_there), problem)
    with pytest.raises(BackendError):
        answers(Backend("mine", lambda _: overwritten_there), [problem], problem)


# ------------------------------------------------------------------ arrays of frameworks
def as_tensors(problem, change):
    torch = pytest.importorskip("torch")
    names = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16}
    kind = names.get(problem.dtype, torch.bfloat16)
    trace = load_backend("numpy").trace(problem)

    def tensor(array):
        return change(torch.tensor(np.asarray(array, np.float64), dtype=kind))

    return {
        name: tensor(given) if name == "cost" else [tensor(array) for array in given]
        for name in ("dW", "db", "cost", "z", "a", "delta")
        if (given := getattr(trace, name)) is not None
    }, trace


@formats
@pytest.mark.parametrize(
    "change",
    [lambda t: t, lambda t: t.requires_grad_(), lambda t: t.requires_grad_() * 1],
    ids=["plain", "leaves", "computed"],
)
def test_tensors_are_taken_with_their_history(change, dtype):
    """Bit by bit, in every format."""
    problem = Scenario.parse(SOFTMAX.format(dtype, 4)).problems()[0]
    given, trace = as_tensors(problem, change)
    found = ask("mine", lambda _: given, problem)
    for name in ("dW", "db", "z", "a", "delta"):
        for one, other in zip(getattr(found, name), getattr(trace, name), strict=True):
            assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())


@formats
def test_arrays_of_jax_are_taken(dtype):
    from jax import numpy as jnp  # noqa: PLC0415

    problem = Scenario.parse(SOFTMAX.format(dtype, 4)).problems()[0]
    trace = load_backend("numpy").trace(problem)
    given = {name: list(map(jnp.asarray, getattr(trace, name))) for name in ("dW", "db", "z")}
    found = ask("mine", lambda _: given, problem)
    assert [one.tobytes() for one in found.z] == [other.tobytes() for other in trace.z]


def test_lists_of_numbers_are_taken():
    """Python's floats are those of float64."""
    problem = Scenario.parse(SOFTMAX.format("float64", 4)).problems()[0]
    trace = load_backend("numpy").trace(problem)
    given = {name: [array.tolist() for array in getattr(trace, name)] for name in ("dW", "db")}
    found = ask("mine", lambda _: given, problem)
    assert [one.tobytes() for one in found.dW] == [other.tobytes() for other in trace.dW]
