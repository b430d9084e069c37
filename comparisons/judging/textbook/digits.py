"""Programs that are right but for their digits: computed in a narrower format, or inaccurate forms.

What is computed in a narrower format has that format's bounds, which explain any noise besides: it
is told if each number is one of that format. An inaccurate form is computed as NumPy has it, in the
problem's format: near 0 it has few digits left, which are the same for all who use it.
"""

from collections.abc import Callable, Iterator

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, Format
from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.planted import Planted
from crossgrad.comparisons.judging.textbook.program import Pass, Step
from crossgrad.comparisons.judging.textbook.reckoned import Number, Reckoned, value_of
from crossgrad.comparisons.judging.textbook.texts import Cause, Told
from crossgrad.reference.parameters import Array

Function = Callable[[Array], Array]

#: Activations as they are written by who does not know of expm1 and log1p.
INACCURATE: dict[str, dict[str, Function]] = {
    "tanh": {
        "2/(1 + e⁻²ᶻ) - 1": lambda z: 2 / (1 + np.exp(-2 * z)) - 1,
        "(eᶻ - e⁻ᶻ)/(eᶻ + e⁻ᶻ)": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        "(e²ᶻ - 1)/(e²ᶻ + 1)": lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
        "1 - 2/(e²ᶻ + 1)": lambda z: 1 - 2 / (np.exp(2 * z) + 1),
        "(1 - e⁻²ᶻ)/(1 + e⁻²ᶻ)": lambda z: (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z)),
    },
    "elu": {"eᶻ - 1": lambda z: np.where(z > 0, z, np.exp(z) - 1)},
    "celu": {"eᶻ - 1": lambda z: np.where(z > 0, z, np.exp(z) - 1)},
}


def inaccurate(net: Given, dtype: str) -> Iterator[Planted]:
    """Each such form of an activation of the network, wherever it is."""
    for name in dict.fromkeys(net.activations):
        for what, form in INACCURATE.get(name, {}).items():
            layers = [l for l, own in enumerate(net.activations, start=1) if own == name]
            told = Told(Cause.INACCURATE, {"name": name, "what": what})
            yield Planted((told,), net, {("a", l): as_numpy(form, dtype) for l in layers})


def as_numpy(form: Function, dtype: str) -> Step:
    """The form of z in a format, bit by bit; what an error of z makes of it is that of σ."""

    def sigma(at: Pass) -> Number:
        a = form(value_of(at.z).astype(dtype)).astype(np.float64)
        right = at.sigma(at.z)
        return Reckoned(a, right.error, right.fmt) if isinstance(right, Reckoned) else a

    return sigma


def narrower(dtype: str) -> Iterator[Format]:
    """The formats of fewer digits, those of most first."""
    own = ALL_FORMATS[dtype].u
    yield from sorted((f for f in ALL_FORMATS.values() if f.u > own), key=lambda f: f.u)


def cast(net: Given, name: str) -> Given:
    """What was given, rounded to a format, as a program does that computes in it."""

    def rounded(array: Array) -> Array:
        return array.astype(name).astype(np.float64)

    y = net.y if net.y.dtype.kind == "i" else rounded(net.y)  # classes are whole numbers
    alpha = tuple(None if array is None else rounded(array) for array in net.alpha)
    W, b = tuple(map(rounded, net.W)), tuple(map(rounded, net.b))
    return net._replace(W=W, b=b, alpha=alpha, x=rounded(net.x), y=y)
