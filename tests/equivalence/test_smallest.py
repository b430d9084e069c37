"""Architectures that hypothesis draws: a failure shrinks to the smallest network that fails."""

from contextlib import suppress

import hypothesis
import pytest

from comparisons.backends.custom import BackendError, NotSupportedError
from comparisons.report.failure import failure_text, reproduction
from comparisons.strategies import scenarios
from comparisons.verification import Verification

#: JAX compiles each example.
EXAMPLES = {"jax": 10}


def test_smallest(backend, dtypes, seed):
    """The seven equations hold for whatever hypothesis thinks of."""
    supported = []

    @hypothesis.settings(max_examples=EXAMPLES.get(backend.name, 60), database=None, deadline=None)
    @hypothesis.seed(seed)
    @hypothesis.given(scenarios(dtypes))
    def holds(scenario):
        verification = Verification()
        with suppress(NotSupportedError):
            verification.judge(scenario, backend)
            supported.append(scenario)
        command = reproduction([backend.name], str(scenario))
        assert all(row.status != "fail" for row in verification.rows), failure_text(
            verification.rows, command
        )

    try:
        holds()
    except (AssertionError, BackendError) as error:
        pytest.fail(f"the smallest network that fails:\n{error}", pytrace=False)
    if not supported:
        pytest.skip("not supported: none of the examples")  # counted, never as passed
