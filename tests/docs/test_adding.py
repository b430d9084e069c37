"""docs/adding.md: each diff applies, is as small as it says, and what it adds is right."""

import re
from shutil import which

import numpy as np
import pytest
from copies import ROOT, called, copied, printed, python

from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.parts.network import Network, network_of
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.scenario import Scenario

PAGE = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"\n## (.*?)\n.*?```diff\n(.*?)```", PAGE, re.DOTALL))
#: What each section adds: a file, or something to one that is there.
ADDED = {
    "An activation": "comparisons/parts/activations/softshrink.py",
    "A cost": "comparisons/parts/costs/mae.py",
    "A layer": "comparisons/parts/layers/diagonal.py",
    "A backend": "comparisons/backends/torch_clamp.py",
    "A divergence": "comparisons/divergences/torch/activations.py",
    "A fault": "comparisons/equations/faults/textbook_backward.py",
    "A command": "comparisons/commands/faults.py",
}
BY_HAND = {"An activation": {"reference/activations.py"}, "A cost": {"reference/costs.py"}}
#: Where a line is added.
FRAMEWORKS = {"comparisons/backends/torch_autograd.py", "comparisons/backends/jax_jit.py"}
ROWS = {
    "An activation": FRAMEWORKS,
    "A cost": FRAMEWORKS,
    "A backend": {"comparisons/backends/modes.py", "README.md"},
    "A command": {"comparisons/commands/__init__.py"},
}
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
CROSSGRAD = ("-m", "crossgrad.comparisons")
#: In one process: there is little to do.
VERIFY = (*CROSSGRAD, "verify", "-n", "0")
FAULT = "slope averaged over the samples"
PLANTED = f"""
from crossgrad.comparisons.equations.faults import CATALOGUE

gradients = next(fault for fault in CATALOGUE if fault.name == "{FAULT}").make()
"""


def parts(diff):
    """The lines that are added to each of its files, and those that are taken away."""
    files = re.findall(r"^\+\+\+ b/(.*)\n((?:[ +@-].*\n)*?)(?=---|\Z)", diff, re.MULTILINE)
    return {file: re.findall(r"^[+-].*", lines, re.MULTILINE) for file, lines in files}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the project, with all that the page adds."""
    tree = copied(tmp_path_factory.mktemp("tree"))
    for diff in SECTIONS.values():
        printed(tree, str(which("git")), "apply", "-", given=diff)
    return tree


def test_every_kind_has_its_section():
    assert list(SECTIONS) == list(ADDED)


@pytest.mark.parametrize("section", ADDED)
def test_adding_touches_one_place_and_its_rows(section):
    """A row is one line; nothing is changed that was there."""
    touched, rows = parts(SECTIONS[section]), ROWS.get(section, set())
    assert set(touched) == {ADDED[section], *BY_HAND.get(section, ()), *rows}
    assert not [line for lines in touched.values() for line in lines if line.startswith("-")]
    assert all(len(touched[row]) == 1 for row in rows)


# ------------------------------------------------------------------ an activation, a cost
def test_a_function_is_certified(tree):
    """In balls, in all formats, as all others are; by forms, variants, words and its faults."""
    others = ("tests/commands/test_explain.py", "tests/equations/test_part_faults.py")
    files = ("tests/truth", "tests/reference", *others)
    told = python(tree, *PYTEST, *files, "-k", "softshrink or mae")
    assert int(re.search(r"(\d+) passed", told)[1]) > 60


def test_a_function_is_judged(tree):
    """In networks of its own, in a run of the suite; by Hypothesis with the reference alone."""
    backends = ("--backend", "numpy", "--backend", "torch", "-k", "not smallest or numpy")
    few = ("--dtype", "float32", "--architectures", "2", "--activation", "softshrink")
    assert " passed" in python(tree, *VERIFY, *backends, *few, "--cost", "mae")


# ------------------------------------------------------------------ a layer
#: A dense layer of which no unit sees another: what it gives is by hand what a diagonal one gives.
DENSE = Scenario.parse("3x4x4x2-tanh,silu,identity-quadratic-float32-m5-s1-k2")
#: A mistake of the layer itself, at an equation and a layer.
MISTAKES = {
    ("z", 2): lambda at: at.W @ at.below,
    ("BP2", 1): lambda at: at.delta_next * at.slope,
    ("BP3", 2): lambda at: at.delta.mean(axis=1, keepdims=True),
    ("BP4", 2): lambda at: at.delta.sum(axis=1, keepdims=True) * np.ones_like(at.W),
}


class Diagonally(Problem):
    """Of its second layer the weights are g."""

    def of_layer(self, l):
        """The parameters of layer l, 1 … L, by name."""
        usual = super().of_layer(l)
        return usual if l != 2 else {"g": np.diagonal(usual["W"]), "b": usual["b"]}


def diagonal_layer_judged():
    """Which equations fail where: of a right trace, and of one with each of the mistakes."""
    from crossgrad.comparisons.parts.layers.diagonal import Diagonal  # noqa: PLC0415 - of the page

    first, second, last = network_of(DENSE.architecture).layers
    network = Network(
        (first, Diagonal(sigma=second.sigma), last), network_of(DENSE.architecture).cost
    )
    problem = DENSE.problems()[0]
    arrays = problem.W[0], problem.W[1] * np.eye(4, dtype="float32"), problem.W[2]
    problem = Diagonally(DENSE.architecture, "float32", arrays, problem.b, problem.x, problem.y)

    def failed(answer):
        trace = Trace(**answer, others={("dg", 2): np.diagonal(answer["dW"][1])})
        found = local_checks(problem, trace, network=network)
        assert {("BP3", 2), ("BP4", 2), ("z", 2), ("BP2", 1)} <= {(c.check, c.layer) for c in found}
        return [(c.check, c.layer) for c in found if not (c.residual <= 1).all()]

    return failed(program()(problem)), [
        failed(program({at: w})(problem)) for at, w in MISTAKES.items()
    ]


def test_a_layer_is_judged(tree):
    """Right by hand, nothing fails; wrong in one equation, it fails there and nowhere else."""
    expected = [], [[at] for at in MISTAKES]
    assert called(tree, "test_adding.diagonal_layer_judged") == str(expected)


# ------------------------------------------------------------------ a backend, a divergence
def test_a_backend_is_judged_in_every_format(tree):
    """With all others, in README too."""
    files = ("tests/modes/test_matrix.py", "tests/docs/test_readme.py")
    told = python(tree, *PYTEST, *files, "-k", "torch.clamp or every_mode_is_named")
    assert "5 passed" in told


def test_a_divergence_explains_what_the_backend_does_and_nothing_else(tree):
    """It is not stale; every attack on it fails; its reproduction reproduces."""
    entry = "torch-clamp-kink"
    tests = (*PYTEST, "tests/divergences/test_divergences.py", "-k", f"{entry} and not page")
    assert "8 passed" in python(tree, *tests)
    assert " yes\n" in python(tree, *CROSSGRAD, "divergences", entry)


def test_without_the_divergence_the_backend_fails(tmp_path):
    """At the kink, by the name of the equation."""
    tree = copied(tmp_path)
    printed(tree, str(which("git")), "apply", "-", given=SECTIONS["A backend"])
    asked = ("--backend", "torch.clamp", "--scenario", "1x1-relu-quadratic-float64-m8-s1")
    told = python(tree, *VERIFY, *asked, code=1)
    assert "torch.clamp fails BP1 at layer 1" in told


# ------------------------------------------------------------------ a fault, a command
def test_a_fault_is_found_at_its_equation(tree):
    """And at no other, in a network of the default run; the catalogue holds what it should."""
    (tree / "planted.py").write_text(PLANTED, encoding="utf-8")
    scenario = "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float32-m4-s0-k2-g2"
    asked = ("--backend", "planted.py:gradients", "--scenario", scenario)
    told = python(tree, *VERIFY, *asked, code=1)
    assert set(re.findall(r"gradients fails (.*) in ", told)) == {"BP2 at layer 1"}
    assert " passed" in python(
        tree, *PYTEST, "tests/equations/test_catalogue.py", "-k", "not changes"
    )


def test_a_command_runs(tree):
    """It is in the help, tells what it should, and bad input is a line."""
    assert "faults" in python(tree, *CROSSGRAD, "--help")
    told = python(tree, *CROSSGRAD, "faults", "--check", "BP2")
    assert f"BP2   layer 1  textbook: {FAULT}: One σ′ for the whole batch.\n" in told
    assert python(tree, *CROSSGRAD, "faults", "--check", "BP5", code=2) == ""
