"""A new activation, cost and kind of layer leave everything as it was, and are in a run."""

import re
from hashlib import sha256

import pytest
from copies import ROOT, called, copied, python

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.problems.choice import DRAWS, Choice, random_scenarios
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.networks import THOROUGH
from crossgrad.comparisons.records.baseline.surroundings import generator_digest
from crossgrad.reference.activations import ACTIVATIONS

VERIFY = ("-m", "crossgrad.comparisons", "verify", "-n", "0", "--backend", "numpy")
MET = """
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.suite.survey import survey
for name in ("numpy", "jax"):
    nets = [s.architecture for s, names in survey(Choice(), [name]).items() if names]
    outer = {(net.activations[-1], net.cost) for net in nets}
    inner = {name for net in nets for name in net.activations[:-1]}
    print(sum(cost == "squares" for _, cost in outer), ("soft", "mse") in outer, "soft" in inner)
"""
EARLIER = """
import test_additions

def gradients(problem):
    if not test_additions.old(problem.architecture):
        raise NotImplementedError
    return {"dW": problem.W, "db": problem.b}
"""
ASKED = """
import glob, sys
sys.path[:0] = glob.glob("tests/*")
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.suite.survey import survey
both, jax = (survey(Choice(), ["jax", *others]) for others in (["earlier.py:gradients"], []))
print(sum("jax" in names for names in both.values()) - len(jax))
print(sum("earlier.py:gradients" in names for names in both.values()))
"""


def facts():
    """Digests of what is drawn: ids, arrays, and the default run's, as far as it goes without."""
    ids = first_scenarios(60, 8, 0, tuple(FORMATS)) + random_scenarios(900, DRAWS, 3, ("float64",))
    run = [s for s in Choice().scenarios() if old(s.architecture)]
    texts = ["\n".join(map(str, scenarios)) for scenarios in (ids, run)]
    arrays = [generator_digest(generation) for generation in GENERATIONS]
    return [*(sha256(text.encode()).hexdigest() for text in texts), *arrays]


def old(net):
    """Whether there is nothing in it but what generation 2 names."""
    first = GENERATIONS[2]
    return {*net.activations} <= {*first.activations} and net.cost in first.costs


def add(tree, kind, new, like):
    """A file that is another one's but for its name, and the reference's entry."""
    folder = tree / "comparisons" / "parts" / f"{kind}s"
    (folder / f"{new}.py").write_text((folder / f"{like}.py").read_text(encoding="utf-8"))
    by_hand = tree / "reference" / f"{kind}s.py"
    table = by_hand.read_text(encoding="utf-8")
    by_hand.write_text(f'{table}\n{kind.upper()}S["{new}"] = {kind.upper()}S["{like}"]\n')


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the project with an activation, a cost and a kind of layer more."""
    tree = copied(tmp_path_factory.mktemp("tree"))
    add(tree, "activation", "soft", "softsign")
    add(tree, "cost", "squares", "mse")
    layers = tree / "comparisons" / "parts" / "layers"
    layer = (layers / "dense.py").read_text(encoding="utf-8")
    (layers / "denser.py").write_text(re.sub(r"\bDense\b", "Denser", layer), encoding="utf-8")
    return tree


def test_they_change_no_scenario_and_no_array(tree):
    """Of either generation: whatever was drawn before is drawn as before."""
    assert called(tree, "test_additions.facts") == str(facts())


def test_they_change_no_baseline(tree, tmp_path):
    """A strict comparison, scenario by scenario, of what was recorded without them."""
    file = str(tmp_path / "before.jsonl")
    python(ROOT, *VERIFY, "--architectures", "2", "--baseline-save", file)
    assert "identical bits" in python(tree, *VERIFY, "--baseline", file, "--baseline-strict")


def test_they_are_in_a_run(tree):
    """Each output with the new cost, the new one with each, and the new one in hidden layers.

    Of what is compiled a few with the new cost, and the new one in hidden layers.
    """
    whole, compiled = python(tree, "-c", MET).splitlines()
    assert whole == f"{len(ACTIVATIONS) + 1} True True"
    outputs, *_, hidden = compiled.split()
    assert (int(outputs) >= THOROUGH, hidden) == (True, "True")


def test_a_program_without_them_is_asked_what_it_was(tree):
    """And nobody else is asked more because of it."""
    (tree / "earlier.py").write_text(EARLIER, encoding="utf-8")
    asked = [s for s in Choice().scenarios() if old(s.architecture)]
    assert python(tree, "-c", ASKED).split() == ["0", str(len(asked))]
