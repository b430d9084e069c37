"""What a backend supports is found out by asking it, and of that it is asked as much as others."""

from dataclasses import replace

import pytest

from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.judging.probe import Question, probed
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.domain import ACTIVATIONS, COSTS, EVERYTHING, OUTPUTS, Domain
from crossgrad.comparisons.problems.networks import ROUND, SHALLOW, WIDTHS
from crossgrad.comparisons.suite.survey import supported, survey

SIGMOID = (("sigmoid", "quadratic"),)


def refusing(refuses):
    """What a program supports that refuses some networks, a number of samples, or labels."""
    return lambda q: not refuses(q)


def other_than_sigmoids(q):
    """README's program: sigmoids, and the quadratic cost."""
    return set(q.net.activations) != {"sigmoid"} or q.net.cost != "quadratic"


def mixes(q):
    """One activation for all hidden layers, as scikit-learn has it."""
    return len(set(q.net.activations[:-1])) > 1


#: Name → what is refused, and what is left of everything.
PROGRAMS = {
    "nothing is refused": (lambda _: False, EVERYTHING),
    "sigmoids": (other_than_sigmoids, Domain(activations=("sigmoid",), outputs=SIGMOID)),
    "one activation": (mixes, Domain(uniform=True)),
    "the lecture's 2-2-1": (
        lambda q: other_than_sigmoids(q) or q.net.widths != (2, 2, 1),
        Domain(activations=("sigmoid",), outputs=SIGMOID, depths=(2,), inputs=(2,), hidden=(2,),
               last=(1,)),
    ),
    "all widths the same": (
        lambda q: len(set(q.net.widths)) > 1, Domain(ties=("inputs", "hidden", "last"))
    ),
    "as many outputs as inputs": (
        lambda q: q.net.widths[0] != q.net.widths[-1], Domain(ties=("inputs", "last"))
    ),
    "as many samples as inputs": (
        lambda q: q.batch != q.net.widths[0], Domain(ties=("inputs", "batches"))
    ),
    "hidden layers of one width": (
        lambda q: len(set(q.net.widths[1:-1])) > 1, Domain(ties=("hidden",))
    ),
    "one activation throughout": (
        lambda q: len(set(q.net.activations)) > 1, Domain(uniform=True, throughout=True)
    ),
    "no hidden layer": (
        lambda q: q.net.depth > 1 or q.net.activations[-1] != "identity",
        Domain(activations=(), outputs=tuple(p for p in OUTPUTS if p[0] == "identity"),
               depths=(1,)),
    ),
    "two hidden layers at least": (
        lambda q: q.net.depth < 3,
        Domain(depths=(3, 4, 5, 6, 7, 8, 15)),
    ),
    "784-30-10, as for handwritten digits": (
        lambda q: q.net.widths != (784, 30, 10),
        Domain(depths=(2,), inputs=(784,), hidden=(30,), last=(10,)),
    ),
    "samples by fours": (
        lambda q: q.batch % 4 > 0,
        Domain(batches=(4, 8, 12, 16, 20, 24, 32, 48, 64)),
    ),
    "one sample": (lambda q: q.batch > 1, Domain(batches=(1,))),
    "labels one-hot, more than one class": (
        lambda q: q.net.cost != "softmax_cross_entropy" or q.labels != "onehot"
        or q.net.widths[-1] == 1,
        Domain(outputs=(("identity", "softmax_cross_entropy"),), labels="onehot", last=WIDTHS[1:]),
    ),
    "small ones, no mish": (
        lambda q: q.net.depth > 3 or max(q.net.widths) > 5 or "mish" in q.net.activations[:-1],
        Domain(activations=tuple(name for name in ACTIVATIONS if name != "mish"), depths=(1, 2, 3),
               inputs=WIDTHS[:5], hidden=WIDTHS[:5], last=WIDTHS[:5]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_refuses_is_found_out(name):
    """And everything else is left to be asked; what is drawn then is not refused."""
    refuses, domain = PROGRAMS[name]
    assert probed(refusing(refuses)) == (domain,)
    scenarios = Choice(dtype=["float64"]).scenarios(domain)
    questions = [Question(s.architecture, s.batch, s.labels) for s in scenarios]
    assert not any(map(refuses, questions))
    large = domain.inputs == (784,)
    number = len({(s.architecture, s.seed) for s in scenarios if s.seed})
    assert number >= ROUND or (large and number > 50)


def test_what_a_run_is_about_is_asked_first():
    """A size that no other question has."""
    wanted = Domain(depths=(4,), inputs=(7,), hidden=(9,), last=(6,), batches=(10,))
    refuses = refusing(lambda q: (q.net.widths, q.batch) != ((7, 9, 9, 9, 6), 10))
    assert probed(refuses) == ()
    assert probed(refuses, wanted) == (wanted,)


def test_of_few_sizes_that_a_run_is_about_all_combinations_are_asked():
    """As of a program for irises, which takes no other widths; of many the first alone."""
    refuses = refusing(lambda q: q.net.widths != (4, 8, 3))
    named, many = (Domain(inputs=n, hidden=n, last=n) for n in ((4, 8, 3), tuple(range(1, 9))))
    assert probed(refuses) == probed(refuses, many) == ()
    (found,) = probed(refuses, named)
    assert found == Domain(depths=(2,), inputs=(4,), hidden=(8,), last=(3,))


def test_a_program_of_one_input_is_found():
    """A curve, as of a first example of regression."""
    refuses = refusing(lambda q: q.net.widths[0] != 1 or q.net.depth != 2)
    assert probed(refuses) == (Domain(depths=(2,), inputs=(1,)),)


BCE, SOFTMAX = ("sigmoid", "binary_cross_entropy"), ("identity", "softmax_cross_entropy")
OTHERS = tuple(pair for pair in OUTPUTS if pair != SOFTMAX)
#: Name → what is refused, and the domains that are left: sizes or labels that some costs alone
#: insist on.
SEVERAL = {
    "one output of the binary cross-entropy": (
        lambda q: q.net.cost == BCE[1] and q.net.widths[-1] > 1,
        (Domain(outputs=tuple(p for p in OUTPUTS if p != BCE)), Domain(outputs=(BCE,), last=(1,))),
    ),
    "one output, or softmax of several": (
        lambda q: (q.net.cost == SOFTMAX[1]) != (q.net.widths[-1] > 1),
        (Domain(outputs=(SOFTMAX,), last=WIDTHS[1:]),
         Domain(outputs=OTHERS, last=(1,))),
    ),
    "softmax of one sample": (
        lambda q: q.net.cost == SOFTMAX[1] and q.batch > 1,
        (Domain(outputs=OTHERS), Domain(outputs=(SOFTMAX,), batches=(1,))),
    ),
    "softmax of classes": (
        lambda q: q.net.cost == SOFTMAX[1] and q.labels != "onehot",
        (Domain(outputs=OTHERS), Domain(outputs=(SOFTMAX,), labels="onehot")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERAL)
def test_what_some_costs_alone_insist_on_is_asked_of_these_alone(name):
    refuses, domains = SEVERAL[name]
    assert probed(refusing(refuses)) == domains


def test_whoever_refuses_nothing_is_asked_a_few_small_problems():
    """One that compiles each network must not compile hundreds before it starts."""
    asked = []
    assert probed(lambda q: asked.append(q) or True) == (EVERYTHING,)
    assert len(asked) == len(COSTS) + 1


def test_whoever_supports_nothing_has_no_domain():
    """It is asked what everybody is, and refuses it where that is counted."""
    assert probed(lambda _: False) == ()


# ------------------------------------------------------------------ of a real program
MINE = """
import numpy as np

def gradients(problem):
    if set(problem.activations) != {"relu"} or problem.cost != "mse":
        raise NotImplementedError("relu and mse only")
    return {"dW": [np.zeros_like(W) for W in problem.W], "db": [b * 0 for b in problem.b]}

def says(problem):
    if problem.activations[-1] != "tanh":
        raise NotImplementedError
    return {"dW": list(problem.W), "db": list(problem.b)}

says.supports = {"activation": "tanh", "output": ["tanh", "relu"], "cost": "mse", "depth": "1-3"}

def lies(problem):
    return gradients(problem)

lies.supports = {"output": "tanh"}

def raises(problem):
    raise RuntimeError("a bug")

def mistaken(problem):
    return {}

mistaken.supports = {"activation": "reluu"}

def misspelt(problem):
    return {}

misspelt.supports = {"activations": "relu"}

def no_mapping(problem):
    return {}

no_mapping.supports = "relu"
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A folder with the program in it."""
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("mine")
def test_a_restricted_program_is_asked_as_much_as_an_unrestricted_one():
    """So many architectures, all of its kind, beside the lecture's."""
    asked = survey(Choice(), ["mine.py:gradients"])
    drawn = [scenario for scenario in asked if scenario.seed]
    assert len(drawn) == ROUND + SHALLOW  # which are in both formats
    assert {name for s in drawn for name in s.architecture.activations} == {"relu"}
    assert len({s.architecture.widths for s in drawn}) > ROUND / 2


@pytest.mark.usefixtures("mine")
def test_what_is_drawn_for_one_is_asked_of_all_that_can():
    """So that there is something to agree with; torch is asked its own besides."""
    asked = survey(Choice(), ["torch", "mine.py:gradients"])
    assert all("torch" in names for names in asked.values())
    both = [scenario for scenario, names in asked.items() if len(names) == 2]
    assert len(both) == ROUND + SHALLOW


@pytest.mark.usefixtures("mine")
def test_what_a_program_says_it_supports_is_believed():
    """As far as it does not refuse it."""
    (domain,) = supported("mine.py:says", Choice(dtype=["float64"]))
    assert domain == replace(
        EVERYTHING, activations=("tanh",), outputs=(("tanh", "mse"),), depths=(1, 2, 3)
    )


@pytest.mark.usefixtures("mine")
def test_a_program_that_refuses_all_that_it_says_it_supports_is_told():
    told = "^backend mine.py:lies: no last layer and cost that is asked for is supported$"
    with pytest.raises(ValueError, match=told):
        supported("mine.py:lies", Choice(dtype=["float64"]))


@pytest.mark.usefixtures("mine")
def test_a_program_that_raises_is_asked_everything():
    assert supported("mine.py:raises", Choice(dtype=["float64"])) == (EVERYTHING,)


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mistaken", "supports: activation reluu: known are identity"),
        ("misspelt", "supports: activations: known are activation, output"),
        ("no_mapping", "backend 'mine.py:no_mapping': "),
    ],
)
def test_a_mistake_in_what_it_says_is_one_line(name, told):
    """That names the program and the mistake."""
    with pytest.raises(ValueError, match=told) as caught:
        load_backend(f"mine.py:{name}")
    assert "\n" not in str(caught.value)


def test_the_modes_that_are_asked_support_what_they_document():
    (nielsen,) = supported("nielsen", Choice(dtype=["float64"]))
    assert nielsen.activations == ("sigmoid",)
    assert set(nielsen.outputs) == {
        ("sigmoid", "quadratic"),
        ("sigmoid", "binary_cross_entropy"),
    }
    (sklearn,) = supported("sklearn", Choice(dtype=["float64"]))
    assert sklearn.uniform
    assert set(sklearn.activations) == {"identity", "sigmoid", "tanh", "relu"}


def test_a_domain_in_words():
    """What it is restricted to, and nothing else."""
    assert str(EVERYTHING) == ""
    domain = Domain(activations=("relu",), outputs=SIGMOID, depths=(1, 2, 3, 5), labels="onehot")
    assert str(domain) == (
        "hidden relu; output sigmoid with quadratic; layers 1–3, 5; labels onehot"
    )
    assert str(Domain(uniform=True)) == "one activation for all hidden layers"
    assert str(Domain(outputs=OUTPUTS[1:])) == "any output but identity with quadratic"
