"""One block of the campaign: all draws of a scenario, through every backend and variant."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from crossgrad.comparisons.backends import DEFAULT, MODES, Backend, load_backend
from crossgrad.comparisons.histogram import added
from crossgrad.comparisons.row import PASSED, Row, merged_explained
from crossgrad.comparisons.scenario import Scenario
from crossgrad.comparisons.variants import VARIANTS
from crossgrad.comparisons.verification import Verification

#: How a variant is asked for by its name, as anybody's own backend is.
VARIANT = "crossgrad.comparisons.variants:"
#: The most that may be said of two rows together: what passes in one of them is judged.
WORST_FIRST = ("fail", "divergence", *PASSED)
BACKENDS = (*DEFAULT, *(VARIANT + name for name in VARIANTS))


@cache
def loaded(name: str) -> Backend:
    """Once a process."""
    return load_backend(name)


@dataclass(frozen=True, slots=True)
class Block:
    """A scenario and the names of those that are asked."""

    scenario: Scenario
    backends: tuple[str, ...]


def judged(block: Block) -> list[Row]:
    """The rows of everybody, and of all pairs of the built-in ones; ``merged``."""
    verification = Verification()
    built_in = [loaded(name) for name in block.backends if name in MODES]
    others = [loaded(name) for name in block.backends if name not in MODES]
    for backend in built_in:
        verification.run(block.scenario, [backend])
    if len(built_in) > 1:
        verification.run(block.scenario, built_in)
    for backend in others:
        verification.run(block.scenario, [backend])
    return merged(verification.rows)


# ------------------------------------------------------------------ many rows as few
def merged(rows: Iterable[Row]) -> list[Row]:
    """The worst row of each backend, format and check, with the entries of all.

    What failed, erred or was not supported stays as it is. The same in any order of the rows.
    """
    kept: list[Row] = []
    worst: dict[tuple[str, ...], Row] = {}
    formats = cache(lambda scenario: Scenario.parse(scenario).dtype)
    for row in rows:
        if row.status not in PASSED:
            kept.append(row)
            continue
        key = row.backend, row.against, row.check, formats(row.scenario)
        worst[key] = both(worst[key], row) if key in worst else row
    return sorted([*kept, *worst.values()], key=Row.order)


def both(one: Row, other: Row) -> Row:
    """The worse of two rows, with the entries of both."""
    worse = max(one, other, key=lambda row: (row.residual, row.order()))
    explained = merged_explained(one.explained, other.explained)
    statuses = {one.status, other.status, "divergence" if explained else "unjudged"}
    return replace(
        worse,
        status=next(status for status in WORST_FIRST if status in statuses),
        entries=one.entries + other.entries,
        uninformative=one.uninformative + other.uninformative,
        explained=explained,
        residuals=added(one.residuals, other.residuals),
        distances=added(one.distances, other.distances),
    )
