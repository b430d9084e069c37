"""Answers that depend on what was asked before are wrong, and told as what they are."""

from dataclasses import replace

import numpy as np
import pytest
from suite import lines_with, run

from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.judging.repeats import STATE
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

PROGRAM = """
import numpy as np
from crossgrad.reference.backprop import backprop

answers, asked = {}, set()

def right(problem, whole=True):
    with np.errstate(all="ignore"):
        known = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
    answer = {"dW": list(known.gradients.dW), "db": list(known.gradients.db)}
    if whole:
        answer |= {"z": list(known.z), "a": list(known.a), "delta": list(known.delta)}
    return answer

def kept(key, problem, whole):
    if key not in answers:
        answers[key] = right(problem, whole)
    return answers[key]

def kept_by_batch(problem):
    return kept(problem.x.tobytes(), problem, True)

def kept_by_weights(problem):
    return kept(problem.W[0].tobytes(), problem, False)

def kept_without_targets(problem):
    return kept(b"".join(a.tobytes() for a in problem.arrays[:-1]), problem, True)

def kept_without_biases(problem):
    rest = (*problem.W, problem.x, problem.y)
    return kept(b"".join(a.tobytes() for a in rest), problem, False)

last = {}

def kept_until_another(forgotten):
    def gradients(problem):
        rest = [*problem.arrays]
        del rest[forgotten]
        key = problem.architecture, *(array.tobytes() for array in rest)
        if last.get("key") != key:
            last.update(key=key, answer=right(problem))
        return last["answer"]
    return gradients

last_without_first_weights = kept_until_another(0)
last_without_last_weights = kept_until_another(1)
last_without_biases = kept_until_another(slice(2, 4))
last_without_inputs = kept_until_another(-2)
last_without_targets = kept_until_another(-1)

buffers = {}

def summed_in_a_buffer(problem):
    answer = right(problem)
    for l, delta in enumerate(answer["delta"]):
        n, m = delta.shape
        before = buffers.get(n, np.zeros((n, 0)))
        buffers[n] = np.hstack([delta, before[:, m:]])
        answer["db"][l] = buffers[n].sum(axis=1, keepdims=True)
    return answer

def zero_everywhere(problem):
    return {"dW": [0 * W for W in problem.W], "db": [0 * b for b in problem.b]}

def first_time(problem):
    key = b"".join(array.tobytes() for array in problem.arrays)
    new = key not in asked
    asked.add(key)
    return new

def added_up(problem):
    answer = right(problem)
    if not first_time(problem):
        answer["dW"][0] = 2 * answer["dW"][0]
    return answer

def an_ulp_off(problem):
    answer = right(problem)
    if not first_time(problem):
        answer["dW"][0] = np.nextafter(answer["dW"][0], np.inf).astype(problem.dtype)
    return answer
"""
SCENARIO = ("--scenario", "3x4x2-tanh,sigmoid-mse-float64-m5-s1-g2")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the suite says of a program of the file."""
    file = tmp_path_factory.mktemp("mine") / "mine.py"
    file.write_text(PROGRAM, encoding="utf-8")
    return lambda name: run("--backend", f"{file}:{name}", *SCENARIO)


@pytest.mark.parametrize(
    ("name", "check", "cause"),
    [
        (
            "kept_by_batch",
            "z at layer 1",
            "a stale cache: the answer to draw 0, which has other W¹ and nothing else",
        ),
        (
            "kept_by_weights",
            "dW at layer",
            "a stale cache: the answer to draw 0, which has other b¹, b² and nothing else",
        ),
        ("kept_without_targets", "BP1 at layer 2", "which has other y and nothing else"),
        ("kept_without_biases", "dW at layer", "which has other b¹, b² and nothing else"),
        ("last_without_first_weights", "z at layer 1", "which has other W¹ and nothing else"),
        ("last_without_last_weights", "z at layer 2", "which has other W² and nothing else"),
        ("last_without_biases", "z at layer 1", "which has other b¹, b² and nothing else"),
        ("last_without_inputs", "z at layer 1", "which has other x and nothing else"),
        ("last_without_targets", "BP1 at layer 2", "which has other y and nothing else"),
        (
            "added_up",
            "BP4 at layer 1",
            "draw 0 is the same problem, and was answered otherwise: a state is kept, or it is",
        ),
    ],
)
def test_an_answer_of_another_call_is_told(told, name, check, cause):
    """With the draw that it belongs to, and what that has in common."""
    code, output = told(name)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "mine.py", "fails", check)
    assert lines_with(output, "likely cause", cause)


def causes(network, *changes):
    """Why BP4 fails where one problem was asked as often as dW is changed, each time otherwise."""
    scenario = Scenario.parse(network)
    problem = scenario.problem(0)
    right = load_backend("numpy").trace(problem)
    traces = [replace(right, dW=[change(dW) for dW in right.dW]) for change in changes]
    stack = stack_problems([problem] * len(changes))
    rows = judge(scenario, facts_of("mine"), stack, stack_traces(traces))
    return {row.cause for row in rows if row.status == "fail"}


def without_mean(m, off=0.0):
    """1/m is missing, and each entry is off by so many roundings."""
    return lambda dW: (dW * m * (1 + off * np.finfo(dW.dtype).eps)).astype(dW.dtype)


WIDE = "5x9x3-tanh,sigmoid-mse-{}-m{}-s1-k2"
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


@formats
@pytest.mark.parametrize("batch", [6, 70])
@pytest.mark.parametrize("off", [1, 64])
def test_sums_in_another_order_hide_no_mistake(off, batch, dtype):
    """Two answers that differ by rounding are wrong for the same reason."""
    found = causes(WIDE.format(dtype, batch), without_mean(batch), without_mean(batch, off))
    assert found == {f"1/m is missing in ∂C/∂W alone (m = {batch})", ""}  # told once


@formats
@pytest.mark.parametrize(
    "changes",
    [
        (lambda dW: 1.001 * dW, lambda dW: 1.002 * dW),
        (lambda dW: dW, lambda dW: 2 * dW),
        (lambda dW: 2 * dW, lambda dW: dW),
        (without_mean(6), lambda dW: dW * 0),
    ],
    ids=["noise", "right once", "wrong once", "reset"],
)
def test_answers_that_rounding_cannot_tell_apart_are_of_a_state(changes, dtype):
    """Or of noise; whether one of them is right, or none."""
    (told,) = causes(WIDE.format(dtype, 6), *(lambda dW, c=c: c(dW).astype(dtype) for c in changes))
    assert told.endswith(f"is the same problem, and was answered otherwise: {STATE}")


def test_zeros_everywhere_are_no_cache(told):
    """They are the same in all draws, and wrong in all."""
    _, output = told("zero_everywhere")
    assert lines_with(output, "likely cause", "zero everywhere")
    assert not lines_with(output, "stale cache")


def test_other_bits_within_the_bounds_fail_nothing_and_are_said(told):
    """As sums in parallel have them."""
    code, output = told("an_ulp_off")
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "answered the same problem with other bits when asked again: 1 scen")


def test_of_a_program_without_state_nothing_is_said(told):
    code, output = told("right")
    assert code == pytest.ExitCode.OK
    assert not lines_with(output, "asked again")


def test_what_is_kept_of_another_network_is_told(tmp_path):
    """Alone each of the two is right: the line that reproduces one does not show it."""
    file = tmp_path / "mine.py"
    file.write_text(PROGRAM, encoding="utf-8")
    many = "3x4x2-tanh,sigmoid-mse-float64-m5-s1-g2"
    few = "3x4x2-tanh,sigmoid-mse-float64-m3-s1-g2"
    both = ("--backend", f"{file}:summed_in_a_buffer", "--scenario", many, "--scenario", few)
    code, output = run(*both)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "mine.py", "fails BP3 at layer 2", few)
    assert not lines_with(output, "fails", many)
    assert lines_with(output, "likely cause", "asked this first, it is right: a state is kept")
    assert run(*both[:2], *both[4:])[0] == pytest.ExitCode.OK
