"""The numbers of an earlier run, to the bit, from its records.

A record has the steps from what the reference's equation gives. So a whole trace is found again in
the order of the data: each quantity from those before it. The digests tell whether that went well:
another machine may round differently what the steps are counted from.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress

import numpy as np

from crossgrad.comparisons.arithmetic.steps import numbers, unpacked
from crossgrad.comparisons.equations.propagation import as_trace, trusted
from crossgrad.comparisons.equations.walk import (
    END_TO_END,
    EVERY_CHECK,
    LEARNT,
    compare,
    data_order,
)
from crossgrad.comparisons.judging.record import Record, digest, rounded_places
from crossgrad.comparisons.problems.problem import NotReportedError, Problem, Trace
from crossgrad.reference.parameters import Array

#: What an equation gives.
QUANTITIES = {"BP1": "delta", "BP2": "delta", "BP3": "db", "BP4": "dW"}
QUANTITIES |= {name: f"d{name}" for name in LEARNT}


def rebuilt(problem: Problem, records: Iterable[Record]) -> dict[tuple[str, int], Array]:
    """Equation and layer → what was reported, of all draws; without those that cannot be told."""
    records = sorted(records, key=order)
    trace, found = blank(problem, {quantity_of(record.check) for record in records}), {}
    for record in records:
        place = quantity(trace, record)
        expected = rounded_places(expectation(problem, trace, record), problem.dtype)
        with suppress(ValueError):  # of steps that are none; the digest tells
            place[...] = numbers(expected + unpacked(record.steps, place.shape), problem.dtype)
        if digest(place) == record.bits:
            found[record.place] = place
    return found


def expectation(problem: Problem, trace: Trace, record: Record) -> Array:
    """What the record's numbers were compared with."""
    if record.check not in END_TO_END:
        with suppress(NotReportedError):
            return compare(record.check, record.layer, problem, trace).expected
    return quantity(as_trace(trusted(problem)[1]), record)


def order(record: Record) -> tuple[int, int, int]:
    """The order of the data; final gradients stand at its end."""
    if record.check in EVERY_CHECK:
        return data_order((record.check, record.layer))
    return 2, -record.layer, 0


def blank(problem: Problem, reported: Collection[str]) -> Trace:
    """Zeros in the shapes of what was reported, to be written over."""
    draws, m = problem.x.shape[0], problem.batch

    def columns(name: str) -> list[Array]:
        widths = problem.widths[1:] if name in reported else ()
        return [np.zeros((draws, n, m), problem.dtype) for n in widths]

    return Trace(
        dW=[np.zeros_like(W) for W in problem.W],
        db=[np.zeros_like(b) for b in problem.b],
        cost=np.zeros(draws, problem.dtype) if "cost" in reported else None,
        z=columns("z"),
        a=columns("a"),
        delta=columns("delta"),
        others={
            (f"d{name}", l): np.zeros_like(array) for (name, l), array in problem.others.items()
        },
    )


def quantity(trace: Trace, record: Record) -> Array:
    """The array of the trace that a record is about."""
    name = quantity_of(record.check)
    if (name, record.layer) in trace.others:
        return trace.others[name, record.layer]
    layers = getattr(trace, name)
    return layers if record.check == "cost" else layers[record.layer - 1]


def quantity_of(check: str) -> str:
    """The name of what an equation gives."""
    return QUANTITIES.get(check, check)
