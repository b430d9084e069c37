"""Architectures that hypothesis draws: a failure shrinks to the smallest network that fails."""

import pytest

from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.reports.failure import failure_text, reproduction

#: JAX compiles each example.
EXAMPLES = {"jax": 4}


class FailsError(Exception):
    """The text of a failure."""


def test_smallest(backend, dtypes, seed, domains):
    """The seven equations hold for whatever hypothesis thinks of."""
    import hypothesis  # noqa: PLC0415 - collection does without it

    from crossgrad.comparisons.problems.strategies import scenarios  # noqa: PLC0415 - likewise

    supported = []

    @hypothesis.settings(max_examples=EXAMPLES.get(backend.name, 60), database=None, deadline=None)
    @hypothesis.seed(seed)
    @hypothesis.given(scenarios(dtypes, domains))
    def holds(scenario):
        text = failure_of(scenario, backend)
        supported.append(text is not None)
        if text:
            raise FailsError(text)

    smallest = ""
    try:
        holds()
    except FailsError as error:
        smallest = str(error)
    if smallest:
        pytest.fail(f"the smallest network that fails:\n{smallest}", pytrace=False)
    if not any(supported):
        pytest.skip("not supported: none of the examples")  # counted, never as passed


def failure_of(scenario, backend):
    """The text of a failure, empty if there is none, None if the scenario is not supported."""
    verification = Verification()
    command = reproduction([backend.name], str(scenario))
    match verification.run(scenario, [backend]):
        case "not supported":
            return None
        case "error":
            return f"{verification.told}\n  reproduce     {command}"
        case "fail":
            return failure_text(verification.rows, command)
    return ""
