"""``crossgrad.judge``: arrays of a network of somebody's own, with its own weights and data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from crossgrad.comparisons.backends.backend import Backend
from crossgrad.comparisons.backends.own import BackendError, Layout, Program
from crossgrad.comparisons.backends.own.recognition import OPEN
from crossgrad.comparisons.backends.own.validation import as_array
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verdict import judge as rows_of
from crossgrad.comparisons.judging.verification import asked
from crossgrad.comparisons.machine.location import command
from crossgrad.comparisons.problems.arrays import ARRAYS, Arrays
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.reports.failure import Telling, failure_text
from crossgrad.comparisons.reports.numbers import residual_text
from crossgrad.comparisons.reports.words import labelled, note_in, said
from crossgrad.comparisons.suite.own_arrays import Reading, given, readings
from crossgrad.comparisons.suite.saved_arrays import save, save_somewhere

#: What people have: arrays of any framework, lists of them, numbers and names.
Anything: TypeAlias = Any
#: What a network has, and what it computed, by the names of arguments.
PROBLEM = ("W", "b", "x", "y", "activations", "cost")
ANSWER = ("dW", "db", "z", "a", "delta", "C")
UPDATED = ("updated_W", "updated_b", "rate")
LAYOUT = tuple(field.name for field in fields(Layout))
#: The quantity of an argument that has another name.
QUANTITIES = {"C": "cost", "updated_W": "W", "updated_b": "b"}
NAME = "your network"
KNOWN = (*PROBLEM, *ANSWER, *UPDATED, "dtype", *LAYOUT)


@dataclass(frozen=True)
class Verdict:
    """What was judged of arrays: ``right``, ``rows`` with each equation at each layer.

    ``notes``: what was taken as what; ``arguments``: what ``judge`` was given.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    arguments: Mapping[str, Any]
    layout: Layout
    saved: Path | None = None

    @property
    def right(self) -> bool:
        """Whether every number is within its bound, and something was judged."""
        judged = sum(row.entries - row.uninformative for row in self.rows)
        return judged > 0 and not any(row.failed for row in self.rows)

    def raise_if_wrong(self) -> None:
        """Raise ``AssertionError``, whose message is the report, unless all is right."""
        __tracebackhide__ = True
        if not self.right:
            raise AssertionError(str(self))

    def save(self, path: str | Path) -> None:
        """Save the arrays, for ``crossgrad judge FILE.npz``."""
        save(self.arguments, Path(path))

    def text(self, language: str = "en") -> str:
        """The answer first, then where and why; in English, or in Vietnamese (``vi``)."""
        if not self.right and any(row.failed for row in self.rows):
            notes = tuple(note_in(note, language) for note in self.notes)
            telling = Telling(notes=notes, layout=self.layout, language=language)
            return failure_text(list(self.rows), self.again, telling=telling)
        numbers = sum(row.entries for row in self.rows)
        blind = sum(row.uninformative for row in self.rows)
        worst = residual_text(max(row.residual for row in self.rows), 2)
        key = "right" if self.right else "nothing"
        lines = [said("sentences", key, language, numbers=numbers - blind, blind=blind)]
        lines += [labelled("taken", note_in(note, language), language) for note in self.notes]
        if not self.right:
            return "\n".join([*lines, labelled("again", self.again, language)])
        lines.append(f"  {said('sentences', 'largest', language, residual=worst)}")
        if blind:
            lines.append(f"  {said('sentences', 'uninformative', language, blind=blind)}")
        return "\n".join(lines)

    @property
    def again(self) -> str:
        """The line that judges the same arrays again."""
        return f"{command('crossgrad')} judge {self.saved}"

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__


def judge(
    *,
    W: Anything,
    x: Anything,
    y: Anything,
    activations: Anything,
    cost: str,
    b: Anything = None,
    dtype: str | None = None,
    **rest: Anything,
) -> Verdict:
    """Judge the gradients of a network of yours, from its own weights and data.

    ::

        print(crossgrad.judge(W=[W1, W2], b=[b1, b2], x=x, y=y, activations=["relu", "sigmoid"],
                              cost="binary_cross_entropy", dW=[dW1, dW2], db=[db1, db2]))

    Arrays are NumPy's, torch's or JAX's, or lists of numbers, one a layer. How they are laid out is
    read off their shapes, and told, where it is not said. A wrong guess judges nothing wrongly.

    Args:
        W: weights of each layer, ``(n_l, n_{l-1})`` or its transpose.
        x: inputs, columns or rows of samples; a vector is one sample.
        y: targets, likewise; or the class of each sample, as whole numbers.
        activations: of each layer, or one for all; ``"softmax"`` may be the last, before
            ``"cross_entropy"``.
        cost: its name.
        b: biases, in any form; a network without them has none.
        dtype: the format that was computed in, if not the widest of the arrays'.
        rest: what the network computed: ``dW`` and ``db``, or ``updated_W`` and ``updated_b`` with
            the ``rate`` of descent; and, if you like, ``z``, ``a``, ``delta`` and ``C``, which make
            the blame exact. Also what ``network`` takes: ``samples``, ``weights``, ``bias``,
            ``reduction``, ``scale``, ``delta_of``, ``l2``, ``kinks``.

    Returns:
        A verdict: ``print`` shows it, ``raise_if_wrong()`` raises if a number is wrong or nothing
        was judged, ``save(path)`` keeps the arrays. Those of a failure are saved by themselves, and
        the last line of what is told judges them again.

    Raises:
        TypeError, ValueError: an argument is unknown, missing, or does not fit the others.
    """
    own = {"W": W, "b": b, "x": x, "y": y, "activations": activations, "cost": cost, "dtype": dtype}
    arguments = {name: value for name, value in {**own, **rest}.items() if value is not None}
    return judged(arguments)


def judged(arguments: Mapping[str, Any], saved: Path | None = None) -> Verdict:
    """A verdict on arguments of ``judge``; those of a failure are saved, if they are not."""
    for name in arguments:
        if name not in KNOWN:
            raise TypeError(f"judge has no argument {name!r}: known are {', '.join(KNOWN)}")
    said = {name: arguments[name] for name in LAYOUT if name in arguments}
    answer = answer_of(arguments)
    arrays = given(arguments, answer, arguments.get("dtype"))
    answer = {name: in_the_format(value, arrays.dtype) for name, value in answer.items()}
    allowed = readings(arrays, Layout(**said), frozenset(said))
    (layout, verdict), *others = verdicts(allowed, answer, arguments)
    if verdict.right:
        return verdict
    told = [other_reading(other, layout) for other, one in others if one.right]
    return replace(verdict, notes=(*verdict.notes, *told), saved=saved or save_somewhere(arguments))


def verdicts(
    allowed: Sequence[Reading], answer: Mapping[str, Anything], arguments: Mapping[str, Anything]
) -> list[tuple[Layout, Verdict]]:
    """One in each layout in which the answer has the form of one; raises ``ValueError``."""
    found, errors = [], []
    for reading in allowed:
        try:
            found.append((reading.layout, in_reading(reading, answer, arguments)))
        except ValueError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    return found


def answer_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the network computed, by the names of quantities; raises ``TypeError`` if nothing is."""
    found = {QUANTITIES.get(name, name): arguments[name] for name in ANSWER if name in arguments}
    if "rate" in arguments:
        found |= {
            QUANTITIES.get(name, name): arguments[name] for name in UPDATED if name in arguments
        }
    elif "updated_W" in arguments:
        raise TypeError("updated_W without rate: the rate of descent is needed")
    if not {"dW", "W"} & found.keys():
        raise TypeError("dW is missing, or updated_W and rate: gradients are what is judged")
    depth = 1 if np.ndim(arguments["W"][0]) == 1 else len(arguments["W"])
    return {n: v if n in ("cost", "rate") else as_list(v, depth) for n, v in found.items()}


def in_the_format(value: Anything, dtype: str) -> Anything:
    """The same numbers, of a narrower format too: what was computed in it is judged by this one."""
    if not isinstance(value, list | tuple):
        return value
    found = [as_array(one) for one in value]
    return [array.astype(np.promote_types(array.dtype, dtype)) for array in found]


def as_list(value: Anything, depth: int) -> Anything:
    """One array a layer; of one layer the array alone will do."""
    alone = depth == 1 and not (isinstance(value, list | tuple) and len(value) == 1)
    return [value] if alone else value


def in_reading(
    reading: Reading, answer: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Verdict:
    """A verdict in one layout; raises ``ValueError`` if the answer has not its form."""
    problem, layout = reading
    program = Program(NAME, lambda _: dict(answer), layout, frozenset(OPEN), (problem.dtype,))
    backend = Backend(NAME, program.trace, program=program)
    with np.errstate(all="ignore"):
        try:
            trace = asked(backend, problem)
        except BackendError as error:
            raise ValueError(str(error).removeprefix(f"{NAME} returned ")) from None
        stack, traces = stack_problems([problem]), stack_traces([trace])
        rows = rows_of(Arrays(ARRAYS, problem.dtype), backend, stack, traces, counting=False)
    return Verdict(tuple(rows), (laid_out(layout), *backend.notes), arguments, layout)


def laid_out(layout: Layout) -> str:
    """How the arrays were read, in words."""
    rows, inverse = layout.samples == "rows", layout.weights == "in, out"
    return (
        f"samples are {'rows' if rows else 'columns'}, W is ({'in, out' if inverse else 'out, in'})"
    )


def other_reading(layout: Layout, first: Layout) -> str:
    """What to say if another layout was meant, in which all is right."""
    names = [n for n in ("samples", "weights") if getattr(layout, n) != getattr(first, n)]
    said = ", ".join(f"{name}={getattr(layout, name)!r}" for name in names)
    return f"all is right if {said}: say so if it is meant"
