"""What a backend says of itself is what it is judged by; what it lacks is not supported."""

from dataclasses import replace

import numpy as np
import pytest
from suite import lines_with, run

import crossgrad
from crossgrad.comparisons.arithmetic.numbers import rounded
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import facts_of, load_backend, of_function
from crossgrad.comparisons.backends.guard import guarded
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.judging.verification import answers
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS

NETWORK = Scenario.parse("5x8x3-softsign,tanh-mse-float32-m4-s17-k3")
#: Of short sums over a batch that is no power of two.
MEAN = Scenario.parse("5x8x3-relu,identity-mse-float32-m3-s17")


def stored(array):
    """In bfloat16."""
    return rounded(array, ALL_FORMATS["bfloat16"].u)


def mixed(problem):
    """Factors of products in bfloat16, all else in float32: the whole trace."""
    zs, activations = [], [problem.x]
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        zs.append(stored(stored(W) @ stored(activations[-1]) + stored(b)))
        activations.append(stored(ACTIVATIONS[name].sigma(zs[-1])))
    cost = COSTS[problem.cost]
    slopes = [
        ACTIVATIONS[name].sigma_prime(z) for name, z in zip(problem.activations, zs, strict=True)
    ]
    delta = stored(stored(cost.gradient(activations[-1], problem.y)) * slopes[-1])
    deltas = [delta]
    for W, slope in zip(problem.W[:0:-1], slopes[-2::-1], strict=True):
        delta = stored(stored(stored(W).T @ delta) * slope)
        deltas.insert(0, delta)
    below = activations[:-1]
    return {
        "dW": [stored(d @ stored(a).T) for d, a in zip(deltas, below, strict=True)],
        "db": [stored(d.sum(axis=1, keepdims=True)) for d in deltas],
        "z": zs,
        "a": activations[1:],
        "delta": deltas,
        "cost": cost.value(activations[-1], problem.y),
    }


def largest(function, network=NETWORK):
    """The largest residual of a function in a network, by what it says of itself."""
    backend = of_function("mine", function)
    problems, stack = network.problems(), stack_problems(network.problems())
    rows = judge(network, backend, stack, answers(backend, problems, stack))
    return max(row.residual for row in rows)


def test_a_program_is_judged_in_the_arithmetic_that_it_declares():
    """One that rounds factors to 16 bits is wrong by far in float32, and right where it says so."""

    @crossgrad.backend(arithmetic="mixed bfloat16")
    def declared(problem):
        return mixed(problem)

    assert largest(mixed) > 1000
    assert largest(declared) <= 1


def test_a_wrong_program_is_wrong_in_its_own_arithmetic_too():
    """By what 16 bits can tell."""

    @crossgrad.backend(arithmetic="mixed bfloat16")
    def wrong(problem):
        answer = mixed(problem)
        return answer | {"dW": [2 * dW for dW in answer["dW"]]}

    assert largest(wrong) > 1


def test_what_is_said_is_kept_by_the_function_itself():
    """By whatever name it is asked for; and its fields are those of a backend."""

    @crossgrad.backend(supports={"cost": "mse"}, arithmetic="one by one", forward=False)
    def gradients(problem):
        raise NotImplementedError(problem.cost)

    found = of_function("mine", gradients)
    assert [cost for _, cost in found.domain.outputs if cost != "mse"] == []
    assert found.computes_in("float16") == facts_of("torch.vmap").computes_in("float16")
    assert (found.carries_forward(has_delta=False), found.built_in) == (False, False)
    assert of_function("mine", mixed).carries_forward(has_delta=False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"arithmetic": "bfloat"}, "arithmetic 'bfloat': known are as it is, one by one, mixed"),
        ({"forward": "yes"}, "forward 'yes': True or False is needed"),
        ({"as_reported": 1}, "as_reported 1: True or False is needed"),
        ({"supports": {"activation": "reluu"}}, "supports: activation reluu: known are"),
        ({"supports": "relu"}, "supports:"),
    ],
)
def test_what_is_said_wrongly_is_refused_where_it_is_said(said, told):
    """In a line that names the function."""
    with pytest.raises(ValueError, match="mixed") as error:
        crossgrad.backend(**said)(mixed)
    assert told in str(error.value)


def test_a_fact_that_is_none_is_an_error():
    """A word too many is no fact."""
    with pytest.raises(TypeError, match="arithmetics"):
        crossgrad.backend(arithmetics="as it is")


def scaled(problem):
    """The reference with 1/3 on its way back: right, and not as it is reported."""
    return VARIANTS["loss_scaled_by_3"](problem)


def test_who_says_that_it_goes_on_with_what_it_reports_is_held_to_that():
    """A program that scales is right, unless it says that it does not."""

    @crossgrad.backend(as_reported=True)
    def declared(problem):
        return VARIANTS["loss_scaled_by_3"](problem)

    assert of_function("mine", declared).computes_in("float32").as_reported
    assert not of_function("mine", scaled).computes_in("float32").as_reported
    assert 1 / 4 < largest(scaled, MEAN) <= 1
    assert largest(declared, MEAN) > 1


@pytest.mark.parametrize("name", ["textbook", "reversed_sums", "higher_precision"])
def test_programs_that_scale_nothing_may_say_so(name):
    """In any order of their sums, and in a wider format."""

    @crossgrad.backend(as_reported=True)
    def declared(problem):
        return VARIANTS[name](problem)

    assert largest(declared, MEAN) <= 1


FILE = """
import crossgrad
from crossgrad.reference.backprop import backprop

@crossgrad.backend(arithmetic="mixed bfloat")
def gradients(problem):
    answer = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
    return {"dW": answer.gradients.dW, "db": answer.gradients.db}
"""


def test_a_run_ends_with_one_line(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE, encoding="utf-8")
    code, output = run("--backend", f"{file}:gradients", "--architectures", "1")
    assert code == 4
    assert lines_with(output, "arithmetic 'mixed bfloat'", "known are")


# ------------------------------------------------------------------ what is not there
@pytest.mark.parametrize("name", ["torch", "jax", "torch.module", "jax.eager"])
@pytest.mark.parametrize("what", ["activations", "cost"])
def test_what_a_framework_lacks_is_not_supported_in_its_name(name, what):
    """A function that stands in no table of it."""
    (problem,) = replace(NETWORK, draws=1).problems()
    net = problem.architecture
    other = object.__new__(type(net))
    for field in ("widths", "activations", "cost"):
        object.__setattr__(other, field, getattr(net, field))
    missing = ("swish", "tanh") if what == "activations" else "swish"
    object.__setattr__(other, what, missing)
    framework = name.partition(".")[0]
    with pytest.raises(NotSupportedError, match=f"{name}: {framework} has no swish"):
        load_backend(name).trace(replace(problem, architecture=other))


def test_a_key_that_is_no_function_is_an_error():
    """What else is not found is a mistake of ours."""

    def trace(_problem):
        return {}["swish"]

    (problem,) = replace(NETWORK, draws=1).problems()
    with pytest.raises(Exception, match="torch raised KeyError: 'swish'"):
        guarded("torch", trace)(problem)
    assert np.isfinite(problem.x).all()
