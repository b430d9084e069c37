"""Arrays of a network of somebody's own, as a problem in each layout that their shapes allow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends.own import Layout
from crossgrad.comparisons.backends.own.layout import CHOICES
from crossgrad.comparisons.backends.own.validation import as_array
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import are_classes
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

#: By which names people call activations and costs.
ALIASES = {"linear": "identity", "logistic": "sigmoid", "bce": "binary_cross_entropy"}
#: What a cost of probabilities is of logits, where the last activation is taken into it.
OF_LOGITS = {
    ("softmax", "cross_entropy"): "softmax_cross_entropy",
    ("softmax", "categorical_cross_entropy"): "softmax_cross_entropy",
    ("softmax", "softmax_cross_entropy"): "softmax_cross_entropy",
    ("sigmoid", "sigmoid_cross_entropy"): "sigmoid_cross_entropy",
    ("sigmoid", "cross_entropy"): "sigmoid_cross_entropy",
}


class Reading(NamedTuple):
    """A problem in the suite's layout, and the layout in which the arrays were given."""

    problem: Problem
    layout: Layout


class Given(NamedTuple):
    """The arrays of ``judge`` in their own layout; b may be missing."""

    W: list[Array]
    b: list[Array] | None
    x: Array
    y: Array
    activations: tuple[str, ...]
    cost: str
    dtype: str


# ------------------------------------------------------------------ what was given
def given(arguments: Mapping[str, Any], answers: Mapping[str, Any], dtype: str | None) -> Given:
    """Arrays of the arguments, in one format; raises ``ValueError`` with one line."""
    W = arrays("W", arguments["W"], None)
    b = None if arguments.get("b") is None else arrays("b", arguments["b"], len(W))
    x, y = (number_array(name, arguments[name]) for name in "xy")
    lists = {name: value for name, value in answers.items() if name not in ("cost", "rate")}
    reported = [array for name, value in lists.items() for array in arrays(name, value, None)]
    dtype = format_of([*W, *(b or []), x], reported, dtype)
    W = [in_format(f"W[{l}]", array, dtype) for l, array in enumerate(W)]
    b = None if b is None else [in_format(f"b[{l}]", array, dtype) for l, array in enumerate(b)]
    names = activations_of(arguments["activations"], len(W))
    cost = ALIASES.get(arguments["cost"], arguments["cost"])
    names, cost = with_logits(names, cost)
    return Given(W, b, in_format("x", x, dtype), y, names, cost, dtype)


def arrays(name: str, value: Any, depth: int | None) -> list[Array]:  # noqa: ANN401 - of any kind
    """One a layer; of one layer the array alone will do."""
    if not isinstance(value, list | tuple) or np.ndim(value[0] if value else value) == 0:
        value = [value]
    if depth is not None and len(value) != depth:
        raise ValueError(f"{name}: {len(value)} arrays for {depth} layers")
    return [number_array(f"{name}[{l}]", one) for l, one in enumerate(value)]


def number_array(name: str, value: Any) -> Array:  # noqa: ANN401 - likewise
    """An array of numbers; raises ``ValueError``."""
    try:
        array = as_array(value)
    except Exception as error:
        raise ValueError(f"{name}: an array is needed, and not {type(value).__name__}") from error
    if array.dtype.kind not in "fiub" and array.dtype.name not in ALL_FORMATS:
        raise ValueError(f"{name}: numbers are needed, and not {array.dtype}")
    return array


def format_of(inputs: Sequence[Array], reported: Sequence[Array], dtype: str | None) -> str:
    """The format that was computed in: the wider of what was given and what was reported."""
    if dtype is not None:
        if dtype not in ALL_FORMATS:
            raise ValueError(f"dtype {dtype!r}: known are {', '.join(ALL_FORMATS)}")
        return dtype
    found = {array.dtype.name for array in [*inputs, *reported] if array.dtype.kind not in "iub"}
    known = [name for name in ALL_FORMATS if name in found]
    if unknown := found - {*known}:
        raise ValueError(f"{unknown.pop()}: known formats are {', '.join(ALL_FORMATS)}")
    return min(known, key=lambda name: ALL_FORMATS[name].u, default="float64")


def in_format(name: str, array: Array, dtype: str) -> Array:
    """The same numbers in the format; raises ``ValueError`` if some are none of it."""
    with np.errstate(all="ignore"):
        converted = array.astype(dtype)
    same = converted.astype(np.float64) == array.astype(np.float64)
    if not (same | np.isnan(array.astype(np.float64))).all():
        raise ValueError(
            f"{name}: not all of its numbers are {dtype}: say dtype={array.dtype.name!r}"
        )
    return converted


def activations_of(value: str | Sequence[str], depth: int) -> tuple[str, ...]:
    """One a layer; a single name stands for all."""
    names = [value] * depth if isinstance(value, str) else list(value)
    return tuple(ALIASES.get(name, name) for name in names)


def with_logits(names: tuple[str, ...], cost: str) -> tuple[tuple[str, ...], str]:
    """A cost of probabilities that takes the last activation into it is one of logits."""
    of_logits = OF_LOGITS.get((names[-1], cost)) if names else None
    return ((*names[:-1], "identity"), of_logits) if of_logits else (names, cost)


# ------------------------------------------------------------------ in which layout
def readings(arrays: Given, said: Layout, known: frozenset[str]) -> list[Reading]:
    """All layouts that the shapes allow, the suite's own first.

    Raises ``ValueError``, with one line that names what does not fit, if there is none.
    """
    found, told = [], dict[str, int]()
    for layout in layouts(arrays, said, known):
        try:
            found.append(Reading(problem_of(arrays, layout), layout))
        except MisfitError as error:
            told[str(error)] = max(error.reached, told.get(str(error), 0))
    if not found:
        raise ValueError(max(told, key=lambda text: told[text]))
    return found


class MisfitError(ValueError):
    """An array that does not fit the others; how many did before it."""

    def __init__(self, told: str, reached: int) -> None:
        super().__init__(told)
        self.reached = reached


def layouts(arrays: Given, said: Layout, known: frozenset[str]) -> Iterator[Layout]:
    """What was said, and all that it leaves open and shapes may tell."""
    if arrays.b is None:
        said = replace(said, bias="none")
    elif "bias" not in known:
        first = arrays.b[0]
        row = first.ndim == 2 and first.shape[0] == 1 < first.shape[1]  # noqa: PLR2004 - a matrix
        said = replace(said, bias="vector" if first.ndim == 1 else "row" if row else "column")
    names = ("samples", "weights")
    choices = [[getattr(said, n)] if n in known else CHOICES[n] for n in names]
    for values in product(*choices):
        yield replace(said, **dict(zip(names, values, strict=True)))


def problem_of(arrays: Given, layout: Layout) -> Problem:
    """In the suite's layout; raises ``MisfitError``."""
    W = matrices(arrays.W, layout)
    widths = (W[0].shape[1], *(w.shape[0] for w in W))
    b = biases(arrays, widths)
    x = in_columns("x", arrays.x, widths[0], layout, 2 * len(W))
    net = Architecture(widths, arrays.activations, arrays.cost)
    y = targets(arrays, x.shape[1], widths[-1], layout)
    return Problem(net, arrays.dtype, tuple(W), tuple(b), x, y)


def matrices(given: Sequence[Array], layout: Layout) -> list[Array]:
    """W as (out, in), each of as many inputs as the one before has outputs."""
    found = list[Array]()
    for l, array in enumerate(given):
        if array.ndim != 2:  # noqa: PLR2004 - a matrix
            raise MisfitError(f"W[{l}] of shape {array.shape}: a matrix is needed", 0)
        W = array.mT if layout.is_transposed("weights") else array
        if found and W.shape[1] != found[-1].shape[0]:
            there, units = found[-1].shape[0], W.shape[1]
            told = f"W[{l}] of shape {array.shape} takes {units} units, W[{l - 1}] gives {there}"
            raise MisfitError(f"{told}, as weights={layout.weights!r}", l)
        found.append(np.ascontiguousarray(W))
    return found


def biases(arrays: Given, widths: tuple[int, ...]) -> list[Array]:
    """b as columns, in whatever form a vector was given; 0 if there is none."""
    if arrays.b is None:
        return [np.zeros((n, 1), arrays.dtype) for n in widths[1:]]
    for l, (array, n) in enumerate(zip(arrays.b, widths[1:], strict=True)):
        if array.shape not in ((n,), (n, 1), (1, n)):
            told = f"b[{l}] of shape {array.shape}: {n} numbers are needed"
            raise MisfitError(told, len(arrays.W) + l)
    return [array.reshape(-1, 1) for array in arrays.b]


def in_columns(name: str, array: Array, units: int, layout: Layout, reached: int) -> Array:
    """Columns of samples; a vector is one sample, or one number of each."""
    if array.ndim == 1:
        array = array.reshape(1, -1) if units == 1 else array.reshape(-1, 1)
    elif array.ndim == 2 and layout.is_transposed("samples"):  # noqa: PLR2004 - a matrix
        array = array.mT
    if array.ndim != 2 or array.shape[0] != units:  # noqa: PLR2004 - a matrix
        told = f"{name} of shape {array.shape}: {units} numbers of each sample are needed"
        raise MisfitError(f"{told}, as samples={layout.samples!r}", reached)
    return np.ascontiguousarray(array)


def targets(arrays: Given, batch: int, outputs: int, layout: Layout) -> Array:
    """y as the cost takes it: numbers, or the class of each sample."""
    y, cost = arrays.y, COSTS[arrays.cost]
    labels = y.dtype.kind in "iu" and y.size == batch and outputs > 1
    if cost.targets.are is are_classes:
        if not labels:
            raise MisfitError("y: the class of each sample is needed, as whole numbers", 99)
        return y.reshape(1, -1).astype(np.int64)
    if labels:
        if not ((y >= 0) & (y < outputs)).all():
            raise MisfitError(f"y: classes from 0 to {outputs - 1} are needed", 99)
        return (np.arange(outputs)[:, None] == y.reshape(1, -1)).astype(arrays.dtype)
    y = in_columns("y", in_format("y", y, arrays.dtype), outputs, layout, 2 * len(arrays.W) + 1)
    if y.shape[1] != batch:
        raise MisfitError(f"y has {y.shape[1]} samples, x has {batch}", 2 * len(arrays.W) + 1)
    if not cost.targets.are(y):
        raise ValueError(f"y: {arrays.cost} needs {cost.targets.needed}")
    return y
