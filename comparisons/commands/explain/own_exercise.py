"""The exercise that somebody's own numbers make, if they fit each other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.commands.explain.exercise import Exercise, Texts, given
from crossgrad.comparisons.commands.explain.own_numbers import OwnNumbers
from crossgrad.comparisons.commands.explain.symbols import symbol
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import CLASSES
from crossgrad.comparisons.problems.arrays import Arrays
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

NUMBER = re.compile(r"[+-]?([0-9]+/0*[1-9][0-9]*|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)")


def own_exercise(own: OwnNumbers) -> Exercise:
    """It has the name of the file, or none.

    Raises ``ValueError``, with one line that names the culprit, for numbers that do not fit.
    """
    if own.dtype not in ALL_FORMATS:
        raise ValueError(f"dtype {own.dtype!r}: known are {', '.join(ALL_FORMATS)}")
    written = problem_of_texts(own)
    texts = texts_of(written, own.dtype)
    problem = written.map(lambda array: numbers(array, own.dtype))
    problem = replace(problem, y=targets(problem))
    finite(problem)
    return Exercise(Arrays(own.file, own.dtype), problem, 0, texts, biases=own.b is not None)


def texts_of(written: Problem, dtype: str) -> Texts:
    """The text of each number, by its name; raises ``ValueError`` for one that the format lacks."""
    texts: dict[str, str] = {}
    for _, names, values in given(written):
        texts |= {of: str(value).removeprefix("+") for of, value in zip(names, values, strict=True)}
    for name, text in texts.items():
        try:
            nearest(text, dtype)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{name} = {text}: {error}") from None
    return texts


# ------------------------------------------------------------------ what fits what
def problem_of_texts(own: OwnNumbers) -> Problem:
    """All numbers in their places, still as texts."""
    x, y = matrix("x", own.x, "sample"), matrix("y", own.y, "sample")
    W = tuple(weights(own.W, x.shape[1]))
    names = own.activation if len(own.activation) > 1 else [*own.activation] * len(W)
    net = Architecture((x.shape[1], *map(len, W)), tuple(names), own.cost)
    if any(net.has_alpha(l + 1) for l in range(len(W))):
        raise ValueError("activation prelu: its α cannot be given; that of leaky_relu is 0.01")
    if len(y) != len(x):
        raise ValueError(f"y: its number of samples is {len(y)}, that of x is {len(x)}")
    length, why = net.widths[-1], f"the last layer has the width {net.widths[-1]}"
    if COSTS[own.cost].targets is CLASSES:
        length, why = 1, f"{own.cost} needs the class of each alone"
    if y.shape[1] != length:
        raise ValueError(f"y: its samples have length {y.shape[1]}, {why}")
    return Problem(net, own.dtype, W, tuple(biases(own.b, net.widths[1:])), x.T, y.T)


def weights(W: Sequence[Sequence[Sequence[str]]], inputs: int) -> Iterator[Array]:
    """A matrix a layer, whose rows are as long as what comes before has numbers."""
    before, why = inputs, f"samples of x have length {inputs}"
    for l, rows in enumerate(W, start=1):
        layer = matrix(f"W of layer {l}", rows)
        if layer.shape[1] != before:
            raise ValueError(f"W of layer {l}: its rows have length {layer.shape[1]}, {why}")
        before, why = len(layer), f"layer {l} has the width {len(layer)}"
        yield layer


def matrix(name: str, rows: Sequence[Sequence[str]], row: str = "row") -> Array:
    """A row a unit, or a sample; all as long as the first."""
    for i, texts in enumerate(rows, start=1):
        if len(texts) != len(rows[0]):
            lengths = f"{row} {i} has length {len(texts)}, {row} 1 has length {len(rows[0])}"
            raise ValueError(f"{name}: {lengths}")
        for text in texts:
            if not NUMBER.fullmatch(text):
                raise ValueError(f"{name}: {text!r} is no number, as 0.5, -2, 1/3 or 1e-3 are")
    if not rows or not rows[0]:
        raise ValueError(f"{name}: there are no numbers")
    return np.array(rows)


def biases(b: Sequence[Sequence[str]] | None, widths: Sequence[int]) -> Iterator[Array]:
    """A column a layer; 0 where none are given."""
    if b is None:
        b = [["0"] * n for n in widths]
    if len(b) != len(widths):
        raise ValueError(f"b: its number of layers is {len(b)}, that of W is {len(widths)}")
    for l, (texts, n) in enumerate(zip(b, widths, strict=True), start=1):
        column = matrix(f"b of layer {l}", [texts]).T
        if len(column) != n:
            told = f"its length is {len(column)}, the layer has the width {n}"
            raise ValueError(f"b of layer {l}: {told}")
        yield column


def targets(problem: Problem) -> Array:
    """y, of which a cost may ask more than numbers."""
    wanted, y, outputs = COSTS[problem.cost].targets, problem.y, problem.widths[-1]
    if wanted is CLASSES and (y == np.floor(y)).all() and (y < outputs).all():
        y = y.astype(np.int64)
    if not wanted.are(y):
        classes = f", of 0 … {outputs - 1}" if wanted is CLASSES else ""
        raise ValueError(f"y: {problem.cost} needs {wanted.needed}{classes}")
    return y


def finite(problem: Problem) -> None:
    """Raise ``ValueError`` for what overflows, or is not defined, as the reference computes it."""
    with np.errstate(all="ignore"):
        trace = load_backend("numpy").trace(problem)
    found = {"z": trace.z, "a": trace.a, "C": [np.asarray(trace.cost)], "δ": trace.delta}
    for letter, arrays in found.items():
        for l, array in enumerate(arrays, start=1):
            if not np.isfinite(array).all():
                name = letter if letter == "C" else symbol(letter, (), l)
                raise ValueError(f"{name} of these numbers is not finite in {problem.dtype}")


# ------------------------------------------------------------------ numbers
def numbers(texts: Array, dtype: str) -> Array:
    found = [nearest(text, dtype) for text in texts.ravel()]
    return np.array(found, dtype).reshape(texts.shape)


def nearest(text: str, dtype: str) -> np.generic:
    """The number of a format; raises ``ValueError`` or ``OverflowError``."""
    exact = float(Fraction(text)) if "/" in text else float(text)
    with np.errstate(over="ignore", under="ignore"):
        value = np.dtype(dtype).type(exact)
    if not np.isfinite(value):
        raise ValueError(f"too large for {dtype}")
    if not value and re.search("[1-9]", re.split("[eE/]", text)[0]):
        raise ValueError(f"too small for {dtype}")
    return value
