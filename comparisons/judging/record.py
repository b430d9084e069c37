"""A record: what a run found of one scenario and backend, at one layer of one equation."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.steps import distance, histogram, packed, places
from crossgrad.comparisons.equations.walk import with_delta
from crossgrad.comparisons.judging.conventions import conventions
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array


@dataclass(frozen=True, slots=True)
class Record:
    """Plain values only; ``check`` is empty, and so is the rest, where there was no answer.

    ``inputs`` and ``bits`` are digests of what the backend was given and of what it reported, all
    draws together. ``residual`` and ``worst`` are those of the worst entry that no divergence
    explains, the value as a hexadecimal float. ``ulps`` counts the entries by their steps from the
    reference's equation, evaluated from the backend's own upstream values and rounded once;
    ``steps`` has them entry by entry. ``kinks`` has the convention at each kink that z hits.
    """

    scenario: str
    backend: str
    inputs: str
    check: str
    layer: int
    status: str = "pass"
    bits: str = ""
    residual: float = 0.0
    worst: str = ""
    ulps: dict[str, int] = field(default_factory=dict)
    kinks: dict[str, str] = field(default_factory=dict)
    steps: str = ""

    @property
    def place(self) -> tuple[str, int]:
        return self.check, self.layer

    @property
    def entries(self) -> int:
        return sum(self.ulps.values())

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the way from a worker to the controller."""
        return asdict(self)


def recorded(
    problem: Problem, trace: Trace, checks: Iterable[tuple[Comparison, Row]]
) -> list[Record]:
    """The records of all checks of one backend."""
    inputs, trace = digest(*problem.arrays), with_delta(problem, trace)
    return [
        with_bits(without_bits(row, inputs), problem, trace, comparison)
        for comparison, row in checks
    ]


def without_bits(row: Row, inputs: str) -> Record:
    told = row.scenario, row.backend, inputs, row.check, row.layer, row.status
    worst = hexadecimal(row.value) if row.check else ""
    return Record(*told, residual=float(f"{row.residual:.6g}"), worst=worst)


def hexadecimal(value: float) -> str:
    """The exact number, without the zeros at the end of its digits."""
    return re.sub(r"\.?0*p", "p", float(value).hex())


def with_bits(record: Record, problem: Problem, trace: Trace, comparison: Comparison) -> Record:
    """With the bits of what was reported, and how far each number is from what was expected."""
    here = rounded_places(comparison.expected, problem.dtype)
    reported = comparison.reported.astype(problem.dtype)  # a cost may be a wider float
    there = places(reported)
    return replace(
        record,
        bits=digest(reported),
        ulps=histogram(distance(there, here)),
        kinks=conventions(comparison.check, problem, trace, comparison.layer),
        steps=packed(there - here),
    )


def rounded_places(expected: Array, dtype: str) -> Array:
    """The places of numbers that are rounded to a format first."""
    with np.errstate(all="ignore"):
        return places(expected.astype(dtype))


def digest(*arrays: Array) -> str:
    """Sixteen hexadecimal digits of the exact bits, the same on every machine."""
    state = blake2b(digest_size=8)
    for array in arrays:
        bits = array.view(np.uint16) if array.dtype.name == "bfloat16" else array  # has no buffer
        state.update(np.ascontiguousarray(bits, bits.dtype.newbyteorder("<")).data)
    return state.hexdigest()
