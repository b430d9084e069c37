"""Every known divergence is still there, is met by its backend alone, and excuses nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from comparisons.environment import prepare

prepare()

from comparisons.backends import BUILT_IN, load_backend  # noqa: E402 - after x64 is switched on
from comparisons.divergences import DIVERGENCES, deviation_of, divergences_of  # noqa: E402
from comparisons.problem import stack_problems, stack_traces  # noqa: E402
from comparisons.scenario import Scenario  # noqa: E402
from comparisons.verdict import judge  # noqa: E402
from reference.architecture import ACTIVATIONS, COSTS  # noqa: E402

entries = pytest.mark.parametrize("entry", DIVERGENCES, ids=lambda entry: entry.name)
#: A thousandth more than is reported: neither the definition nor its replacement.
WRONG = 1.001


def asked(entry, backend):
    """The scenario of an entry, its problems as a stack, and a backend's traces of them."""
    scenario = Scenario.parse(entry.scenario)
    problems = scenario.problems()
    traces = [load_backend(backend).trace(problem) for problem in problems]
    return scenario, stack_problems(problems), stack_traces(traces)


def rows(entry, backend, spoil=lambda trace: trace):
    """What the backend's traces, as they are or spoilt, are judged as."""
    scenario, problem, trace = asked(entry, backend)
    return judge(scenario, backend, problem, spoil(trace))


def statuses(judged, check):
    """Of the rows of a check."""
    return {row.status for row in judged if row.check == check}


def wrong_where_it_diverges(entry, check):
    """A change of a trace: what is reported, times ``WRONG`` where the divergence applies."""

    def spoil(trace):
        place = trace.a if entry.cost else trace.z
        if check == "cost":  # a number a draw
            there = entry.where(trace.a[-1]).any(axis=(-2, -1))
            return replace(trace, cost=np.where(there, WRONG * trace.cost, trace.cost))
        quantity = "a" if check == "a" else "delta"
        wrong = [np.where(entry.where(p), WRONG * q, q)
                 for p, q in zip(place, getattr(trace, quantity), strict=True)]  # fmt: skip
        return replace(trace, **{quantity: wrong})

    return spoil


# ------------------------------------------------------------------ each entry
@entries
def test_it_is_not_stale(entry):
    """Its scenario shows it, and nothing is wrong there that it does not explain."""
    judged = rows(entry, entry.backend)
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
    scenario, problem, trace = asked(entry, entry.backend)
    assert "fail" in {row.status for row in judge(scenario, "numpy", problem, trace)}


@entries
def test_another_error_at_the_same_entries_is_a_failure(entry):
    """What is neither the definition nor the framework's own fails, in each check it shows in."""
    shown = [row.check for row in rows(entry, entry.backend) if entry.name in row.explained]
    for check in shown:
        judged = rows(entry, entry.backend, wrong_where_it_diverges(entry, check))
        assert statuses(judged, check) == {"fail"}


@entries
def test_what_it_explains_is_counted_and_large(entry):
    """A residual within the bound would need no explanation."""
    for row in rows(entry, entry.backend):
        for count, residual in row.explained.values():
            assert 1 <= count <= row.entries
            assert residual > 1
            assert row.residual <= 1


@entries
def test_it_says_where_and_why(entry):
    """Names that exist, a reason in one line, and a link."""
    assert entry.backend in BUILT_IN
    assert entry.subject in (*ACTIVATIONS, *COSTS)
    assert (entry.cost is None) == (entry.subject in ACTIVATIONS)
    assert entry.reason
    assert "\n" not in entry.reason
    assert entry.link.startswith("https://")


# ------------------------------------------------------------------ the registry
def test_names_are_unique():
    """A row names the divergence that explains it."""
    assert len({entry.name for entry in DIVERGENCES}) == len(DIVERGENCES)


@pytest.mark.parametrize("backend", BUILT_IN)
def test_a_divergence_is_looked_for_only_where_it_belongs(backend):
    """Backend, check and subject must match; a cost shows in its own check and in BP1 only."""
    for check in ("z", "a", "cost", "BP1", "BP2", "BP3", "BP4"):
        found = divergences_of(backend, check, "softplus", "binary_cross_entropy")
        last = check in ("cost", "BP1")
        subjects = {"softplus", "binary_cross_entropy"} if last else {"softplus"}
        assert found == [
            entry
            for entry in DIVERGENCES
            if (entry.backend == backend and check in entry.checks and entry.subject in subjects)
        ]


def test_deviations_end_where_the_divergence_does():
    """Torch's softplus is right below 20, and within e⁻ᶻ above; JAX's does not deviate."""
    low, high = np.array([0.0, 19.0, 21.0]), np.array([19.9, 20.1, 22.0])
    torch, jax = (deviation_of(name)("softplus", low, high) for name in ("torch", "jax"))
    assert torch[0].tolist() == torch[1].tolist() == [0.0, np.exp(-20.0), np.exp(-21.0)]
    assert not np.any(jax)
