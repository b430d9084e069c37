"""Every known divergence is still there, is met by its backend alone, and excuses nothing else."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons import divergences
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.backends import DEFAULT, MODES, facts_of, load_backend
from crossgrad.comparisons.commands.divergences.attacks import ATTACKS, attacked, smallest
from crossgrad.comparisons.divergences import (
    DIVERGENCES,
    MET,
    arithmetic_of,
    deviation_of,
    divergences_of,
)
from crossgrad.comparisons.divergences import entry as found_in
from crossgrad.comparisons.divergences.jax.sums import in_windows
from crossgrad.comparisons.divergences.parts import at_ends, steep
from crossgrad.comparisons.equations.walk import CHECKS, EVERY_CHECK
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.parts.activations import Elementwise
from crossgrad.comparisons.parts.costs import Cost
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.activations import (
    ACTIVATIONS,
    silu,
    silu_prime,
)
from crossgrad.reference.costs import COSTS

entries = pytest.mark.parametrize("entry", MET, ids=lambda entry: entry.name)
all_entries = pytest.mark.parametrize("entry", DIVERGENCES, ids=lambda entry: entry.name)
#: What no definition that frameworks follow is near, unless it is right.
GROSS = ("× 2", "0", "× -1")
ROOT = Path(__file__).parents[2]


def asked(entry, backend):
    """The scenario of an entry, its problems as a stack, and a backend's traces of them."""
    if lacks := missing(backend):
        pytest.skip(f"{backend}: {lacks}")
    if not entry.shows_here:
        pytest.skip(f"shows{entry.processors}")
    if not entry.known_here:
        pytest.skip(entry.not_known_here)
    scenario = Scenario.parse(entry.scenario)
    problems = scenario.problems()
    traces = [load_backend(backend).trace(problem) for problem in problems]
    return scenario, stack_problems(problems), stack_traces(traces)


def rows(entry, backend):
    """What the backend's traces are judged as."""
    scenario, problem, trace = asked(entry, backend)
    return judge(scenario, facts_of(backend), problem, trace)


def statuses(judged, check, layer):
    """Of the rows of a check at a layer."""
    return {row.status for row in judged if (row.check, row.layer) == (check, layer)}


# ------------------------------------------------------------------ each entry
@entries
def test_it_is_not_stale(entry):
    """Its scenario shows it, and nothing is wrong there that it does not explain."""
    judged = rows(entry, entry.shown_by)
    met = [row for row in judged if entry.name in row.explained]
    assert met, f"{entry.name} no longer shows in {entry.scenario}: remove it"
    assert {row.status for row in met} == {"divergence"}
    assert {row.check for row in met} <= set(entry.checks)
    assert not [row for row in judged if row.status == "fail"]


@entries
def test_the_reference_does_not_meet_it(entry):
    """On the same scenario NumPy simply passes."""
    assert {row.status for row in rows(entry, "numpy")} == {"pass"}


@entries
def test_it_is_known_of_its_own_backend_only(entry):
    """The same trace under another name is a failure."""
    scenario, problem, trace = asked(entry, entry.shown_by)
    assert "fail" in {row.status for row in judge(scenario, facts_of("numpy"), problem, trace)}


@entries
def test_every_attack_on_what_it_explains_fails(entry):
    """What is four bounds from the framework's own answer, at the entries that are explained.

    And what is 0, twice as much or of the other sign in any case, unless that is right.
    """
    scenario, problem, _ = asked(entry, entry.shown_by)
    found = list(attacked(entry))
    assert {one.attack for one in found} == set(ATTACKS)
    for one in found:
        assert not (one.moved & ~one.caught).any()
        assert one.attack not in GROSS or np.array_equal(one.caught, one.wrong)
        judged = judge(scenario, facts_of(entry.shown_by), problem, one.trace)
        status = statuses(judged, one.check, one.layer)
        assert (status == {"fail"}) == bool(one.caught.any())
    assert any(one.caught.any() for one in found)


@entries
def test_the_page_has_the_smallest_fault_that_fails(entry):
    """One of those that are planted, or none where it does not show or is not known.

    ``crossgrad divergences --markdown`` finds them out; other processors and releases may show it.
    """
    page = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"^\| \[{entry.name}\]\(.*\| (.*) \|$", page, re.MULTILINE)
    assert line in ATTACKS or (line == "·" and not entry.applies_here)


@entries
def test_what_it_explains_is_counted_and_large(entry):
    """A residual within the bound would need no explanation."""
    for row in rows(entry, entry.shown_by):
        for count, residual in row.explained.values():
            assert 1 <= count <= row.entries
            assert residual > 1
            assert row.residual <= 1


@all_entries
def test_it_says_where_and_why(entry):
    """Names that exist, formats, a reason in one line, and a link or none."""
    assert entry.framework in MODES
    assert entry.subject in ("", *ACTIVATIONS, *COSTS)
    assert set(entry.checks) <= {*EVERY_CHECK, "dW", "db"}
    assert set(entry.dtypes) <= set(ALL_FORMATS)
    assert not entry.link or entry.link.startswith("https://")
    for said in (entry.reason, entry.place):
        assert said
        assert "\n" not in said
        assert not said.endswith(".")


@entries
def test_it_has_what_is_followed_instead(entry):
    """A definition of what it is about, or another arithmetic; the link is shown by reports."""
    assert entry.part is not None or entry.arithmetic is not None
    assert isinstance(entry.part, Elementwise) == (entry.subject in ACTIVATIONS)
    assert isinstance(entry.part, Cost) == (entry.subject in COSTS)
    if entry.subject:
        assert entry.part.name == entry.subject


@all_entries
def test_a_place_of_it_is_named(entry):
    """Where its reproduction looks, it applies; a scenario is had by those that are met."""
    if entry.at is not None:
        assert entry.where(np.array([entry.at])).all()
    assert bool(entry.scenario) == (entry in MET)


def test_a_definition_that_is_too_wide_is_seen(monkeypatch):
    """An error of nine tenths of the slope lets a tenth pass; of none, the smallest fault fails."""
    entry = next(entry for entry in MET if entry.name == "jax-hardtanh-kink")
    wide = replace(entry, part=rougher_kink(0.9))
    monkeypatch.setattr(divergences, "MET", (wide,))
    assert smallest(wide) == "× 2"
    monkeypatch.setattr(divergences, "MET", (entry,))
    assert smallest(entry) == "× (1 + 8u)"


def rougher_kink(error):
    """hardtanh with a derivative of 1 at its kinks, give or take an error."""
    followed = steep("hardtanh", at_ends)
    return followed.changed(errors=lambda z, _a, _d, _fmt: (0 * z, np.full_like(z, error)))


# ------------------------------------------------------------------ releases
def in_another_release(monkeypatch, entry):
    """As if a release were installed that is newer than all in which it was seen."""
    monkeypatch.setattr(found_in, "installed", lambda _: "999.1")
    return f"{entry.name}, known of {entry.framework} "


@pytest.mark.parametrize("name", ["jax-hardtanh-kink", "torch-bce-clamp", "jax-bias-sums-16-bit"])
def test_in_a_release_beyond_those_in_which_it_was_seen_it_explains_nothing(name, monkeypatch):
    """A relapse is a failure, which says of which releases it is known."""
    entry = next(entry for entry in MET if entry.name == name)
    known = in_another_release(monkeypatch, entry)
    failed = [row for row in rows(entry, entry.shown_by) if row.status == "fail"]
    assert failed
    assert not [row for row in failed if row.explained]
    assert any(
        row.cause.startswith(known) and row.cause.endswith("it does not apply to 999.1")
        for row in failed
    )


def test_in_such_a_release_nothing_deviates_and_all_sums_are_usual(monkeypatch):
    """The end-to-end bound allows for nothing that is not known."""
    in_another_release(monkeypatch, MET[0])
    low, high = np.array([19.0]), np.array([22.0])
    assert not np.any(deviation_of("torch", FORMATS["float64"])("softplus", low, high))
    assert arithmetic_of("jax", "BP3", ALL_FORMATS["bfloat16"]) == ALL_FORMATS["bfloat16"]


# ------------------------------------------------------------------ the registry
def put(monkeypatch, folder, code):
    """A file of NumPy's divergences, in a folder that is looked through as well."""
    (folder / "numpy.py").write_text(code.format(divergences.__name__), encoding="utf-8")
    monkeypatch.setattr(divergences, "__path__", [str(folder), *divergences.__path__])
    monkeypatch.delitem(sys.modules, f"{divergences.__name__}.numpy", raising=False)


def test_a_file_of_the_folder_is_found(monkeypatch, tmp_path):
    """By the name of its framework; no list has to know it."""
    code = "from dataclasses import replace\nfrom {}.mlx import DIVERGENCES as OF_MLX\n"
    code += "DIVERGENCES = [replace(OF_MLX[0], name='numpy-exp', backend='numpy')]"
    put(monkeypatch, tmp_path, code)
    found = {entry.name for entry in divergences.registered()}
    assert found == {entry.name for entry in DIVERGENCES} | {"numpy-exp"}


def test_they_stand_framework_by_framework():
    """In the order of the files' names, and of the entries in a file."""
    frameworks = [entry.framework for entry in DIVERGENCES]
    assert frameworks == sorted(frameworks)
    of_mlx = tuple(entry for entry in DIVERGENCES if entry.framework == "mlx")
    assert of_mlx == divergences.mlx.DIVERGENCES


@pytest.mark.parametrize("code", ["", "from {}.mlx import DIVERGENCES"])
def test_a_file_has_entries_of_its_framework(code, monkeypatch, tmp_path):
    """One without any, or with those of another, is named."""
    put(monkeypatch, tmp_path, code)
    with pytest.raises(TypeError, match=r"numpy\.py: DIVERGENCES, all of numpy, are needed"):
        list(divergences.registered())


def test_names_are_unique():
    """A row names the divergence that explains it."""
    assert len({entry.name for entry in DIVERGENCES}) == len(DIVERGENCES)


@pytest.mark.parametrize("backend", DEFAULT)
@pytest.mark.parametrize("check", CHECKS)
def test_a_divergence_is_looked_for_only_where_it_belongs(backend, check):
    """Backend, check and subject must match; a cost shows in its own check and in BP1 only."""
    found = divergences_of(backend, check, "softplus", "binary_cross_entropy")
    subjects = {"", "softplus"} | ({"binary_cross_entropy"} if check in ("cost", "BP1") else set())
    assert found == [
        entry
        for entry in MET
        if entry.of(backend) and check in entry.checks and entry.subject in subjects
    ]


def test_a_divergence_of_a_framework_is_one_of_all_its_modes():
    """And of no other framework; one of some modes is of these only."""
    entry = next(entry for entry in MET if entry.backend == "torch")
    assert [entry.of(name) for name in ("torch", "torch.vmap", "jax")] == [True, True, False]
    mode = replace(entry, modes=("torch.vmap",))
    assert [mode.of(name) for name in ("torch", "torch.vmap", "torch.func")] == [False, True, False]
    assert mode.framework == "torch"


def test_a_divergence_is_looked_for_only_in_its_formats():
    """Past 20 a float32 softplus is z to the last bit: there is nothing to be explained."""
    for dtype, known in (("float64", True), ("float32", False), ("bfloat16", False)):
        assert bool(divergences_of("torch", "a", "softplus", "mse", dtype)) == known


def test_the_arithmetic_of_sums_is_that_of_the_framework():
    """JAX sums ∂C/∂b in the format itself, if it has 16 bits; nobody else, and nothing else."""
    for fmt in ALL_FORMATS.values():
        narrow = in_windows(fmt) if fmt.narrow else fmt
        assert arithmetic_of("jax", "BP3", fmt) == narrow
        assert arithmetic_of("jax", "BP4", fmt) == arithmetic_of("torch", "BP3", fmt) == fmt


def test_deviations_end_where_the_divergence_does():
    """Torch's softplus is right below 20, and within e⁻ᶻ above; JAX's does not deviate."""
    low, high = np.array([0.0, 19.0, 21.0]), np.array([19.9, 20.1, 22.0])
    for name in ("torch", "torch.vmap"):
        extra = deviation_of(name, FORMATS["float64"])("softplus", low, high)
        assert extra[0].tolist() == extra[1].tolist() == [0.0, np.exp(-20.0), np.exp(-21.0)]
    assert not np.any(deviation_of("jax", FORMATS["float64"])("softplus", low, high))


def test_what_silu_loses_in_float16_is_all_of_it():
    """At any z of an interval, where the sigmoid is 0."""
    z = np.linspace(-17, -11.1, 60)
    fmt = ALL_FORMATS["float16"]
    for low, high in ((z, z), (z - 3, z), (z, z + 0.5)):
        lost = deviation_of("jax", fmt)("silu", low, high)
        assert (lost[0] >= np.abs(silu(low))).all()
        assert (lost[1] >= np.abs(silu_prime(low))).all()
    assert not np.any(deviation_of("jax", fmt)("silu", np.array([-11.0]), np.array([5.0])))
