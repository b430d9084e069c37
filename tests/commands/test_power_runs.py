"""What a run of the suite catches, as it draws its networks, and what it misses, is measured."""

import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.commands.power import runs
from crossgrad.comparisons.commands.power.runs import (
    LAST,
    README,
    RESTRICTIONS,
    UNRESTRICTED,
    Found,
    Task,
    as_table,
    measured,
    missed,
    planted,
    share_caught,
    tasks,
)
from crossgrad.comparisons.equations.faults import CATALOGUE

NUMBERS = {fault.name: number for number, fault in enumerate(CATALOGUE)}


def outcomes(restriction, name, *layers):
    """What becomes of a fault at layers."""
    task = Task(restriction, tuple((NUMBERS[name], layer) for layer in layers))
    return [found.outcome for found in measured(task)]


@pytest.mark.parametrize("name", ["no slope", "weights after their update", "bias forgotten"])
def test_a_fault_is_caught_at_every_layer(name):
    """From the first to the eighth."""
    assert outcomes(UNRESTRICTED, name, *range(1, 9)) == ["caught"] * 8


def test_a_fault_of_a_function_is_caught_at_every_layer():
    """Each activation is in each hidden layer; so is every kink."""
    assert outcomes(UNRESTRICTED, "relu let through", *range(1, 9)) == ["caught"] * 8
    assert outcomes(UNRESTRICTED, "slope zero at zero", *range(1, 9)) == ["caught"] * 8


def test_a_fault_of_the_cost_is_caught_at_the_last_layer():
    assert outcomes(UNRESTRICTED, "softmax gradient of the diagonal", LAST) == ["caught"]


def test_readmes_sample_is_asked_enough():
    """One kind of network; what it cannot show is unseen, and not missed."""
    assert outcomes(README, "no average over the batch", LAST) == ["caught"]
    assert outcomes(README, "relu let through", 1) == ["unseen"]


#: Kinds of networks that people have: of each, what a program gets wrong in no other is caught.
EVERYDAY = {
    "three layers, relu, softmax": lambda net, _: (
        net.activations == ("relu", "relu", "identity") and net.cost == "softmax_cross_entropy"
    ),
    "tanh, one probability": lambda net, _: (
        net.activations == ("tanh", "sigmoid")
        and net.cost == "binary_cross_entropy"
        and net.widths[-1] == 1
    ),
    "logistic regression": lambda net, _: (
        net.depth == 1 and net.cost == "binary_cross_entropy" and net.widths[-1] == 1
    ),
    "three layers, one output": lambda net, _: net.depth == 3 and net.widths[-1] == 1,
    "hidden layer, one output, one sample": lambda net, m: (
        net.depth == 2 and net.widths[-1] == m == 1
    ),
    "a curve": lambda net, _: net.depth == 3 and net.widths[0] == net.widths[-1] == 1,
    "tanh into tanh": lambda net, _: net.activations[-2:] == ("tanh", "tanh"),
    "tanh throughout": lambda net, _: net.depth > 1 and set(net.activations) == {"tanh"},
    "three layers, two of relu": lambda net, _: (
        net.depth == 3 and net.activations[:2] == ("relu", "relu")
    ),
    "six layers without gelu": lambda net, _: net.depth == 6 and "gelu" not in net.activations,
    "softmax, as many samples as classes": lambda net, m: (
        net.cost == "softmax_cross_entropy" and net.widths[-1] == m
    ),
    "softmax on more than 64 samples": lambda net, m: (
        net.cost == "softmax_cross_entropy" and m > 64
    ),
    "64 samples": lambda net, m: net.depth > 1 and m == 64,
    "64 hidden units": lambda net, _: 64 in net.widths[1:-1],
    "an autoencoder": lambda net, _: (
        net.depth == 2 and net.widths[0] == net.widths[2] > net.widths[1]
    ),
    "gelu behind a single unit": lambda net, _: any(
        width == 1 and name == "gelu"
        for width, name in zip(net.widths[1:-1], net.activations[1:], strict=True)
    ),
}


def wrong_in(kind):
    """The right program, but that ∂C/∂W¹ is 0 in networks of a kind."""
    right = runs.program()

    def answer(problem):
        known = right(problem)
        if kind(problem.architecture, problem.x.shape[-1]):
            known["dW"] = [0 * known["dW"][0], *known["dW"][1:]]
        return known

    return answer


@pytest.mark.parametrize("name", EVERYDAY)
def test_what_is_wrong_in_networks_that_people_have_is_caught(name):
    """By the default run, in one of its networks of that kind."""
    kind = EVERYDAY[name]
    asked = runs.run_of(RESTRICTIONS[UNRESTRICTED], tuple(FORMATS))
    of_kind = [s for s in asked if kind(s.architecture, s.batch)]
    assert runs.caught(wrong_in(kind), of_kind)


@pytest.mark.parametrize(
    ("depth", "outputs", "batch"), [(2, 1, 1), (3, 1, 4), (4, 1, None), (3, 10, None), (2, 3, 3)]
)
def test_readmes_sample_is_asked_the_networks_that_people_have(depth, outputs, batch):
    """One output and one sample, ten classes, few layers."""

    def kind(net, m):
        return (net.depth, net.widths[-1]) == (depth, outputs) and batch in (m, None)

    asked = runs.run_of(RESTRICTIONS[README], tuple(FORMATS))
    assert runs.caught(wrong_in(kind), [s for s in asked if kind(s.architecture, s.batch)])


def test_what_only_small_networks_show_is_missed(monkeypatch):
    """Were the run asked nothing, it would have missed what any small network shows."""
    monkeypatch.setattr(runs, "run_of", lambda *_: [])
    assert outcomes(README, "no average over the batch", LAST) == ["missed"]


def test_faults_that_do_not_fit_leave_a_program_right():
    """No layer above, or other shapes: the program is the right one there."""
    problem = runs.run_of(RESTRICTIONS[README], ("float64",))[0].problems()[0]
    fault = CATALOGUE[NUMBERS["error of two layers above"]]
    assert runs.same(planted(fault, 1)(problem), planted(fault, 8)(problem), ("dW", "db"))


def test_every_fault_is_at_every_layer_and_before_some_restrictions():
    """In parts that each draw their scenarios once."""
    todo = tasks()
    assert {task.restriction for task in todo} == set(RESTRICTIONS)
    everywhere = {p for task in todo if task.restriction == UNRESTRICTED for p in task.planted}
    inner = {n for n, f in enumerate(CATALOGUE) if f.wrong and f.check not in ("BP1", "cost")}
    assert {(n, layer) for n in inner for layer in range(1, 9)} <= everywhere
    restricted = {n for task in todo if task.restriction != UNRESTRICTED for n, _ in task.planted}
    assert restricted == {n for n, fault in enumerate(CATALOGUE) if fault.layer}


def test_the_summary_counts_what_can_be_seen():
    """Of what is missed there is a line each."""
    found = [
        Found(UNRESTRICTED, "a", 1, "caught"),
        Found(UNRESTRICTED, "b", 1, "missed"),
        Found(UNRESTRICTED, "c", 1, "unseen"),
        Found(README, "a", 1, "caught"),
        Found("tanh, mse", "a", 1, "caught"),
        Found("relu, mse", "a", 1, "missed"),
    ]
    assert share_caught(found) == 0.5
    assert as_table(found).splitlines()[1:] == [
        "everything, layer 1                         1/2",
        "README's sample                             1/1",
        "each output with each cost alone (31 runs)  1/2",
    ]
    assert missed(found) == [
        "missed by a run, everything, layer 1: b",
        "missed by a run, relu, mse: a",
    ]
