"""A number that comes with its error: what a program with a mistake may be off by, on its way.

``error`` bounds how far a program that computes the same in a format is from the value here, as far
as that is exact. So it is carried through each operation, whatever the program makes of it: what
the errors of both sides make of the result, what the operation itself rounds, and what may be
flushed to zero. Nothing of second order is dropped, since magnitudes are taken as |value| + error.
The value here is computed in float64, and errs as well: by the same bound, of that format.

Of a sum of products the order is not known, nor where in it a factor as 1/m is applied: so each
of them, and each product, may be rounded ``SCALES`` times more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.reference.parameters import Array

#: A factor is multiplied by or divided by, as a rounded reciprocal or not, at two places at most.
SCALES = 4
#: What a function that no bound is known of may be off by, in u: see ``first_order``.
FEW = 16


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The value, its error, and the format that it is an error of. Shapes are the same."""

    value: Array
    error: Array
    fmt: Format
    __array_ufunc__: ClassVar[None] = None  # an array leaves its operations to what has an error

    # ---------------------------------------------------------------- what rounds
    def __add__(self, other: "Number | float") -> "Reckoned":
        other = self.like(other)
        value = self.value + other.value
        return self.rounded(value, self.error + other.error, self.reach + other.reach)

    def __sub__(self, other: "Number | float") -> "Reckoned":
        return self + -self.like(other)

    def __mul__(self, other: "Number | float") -> "Reckoned":
        other = self.like(other)
        error = self.error * other.reach + np.abs(self.value) * other.error
        reach = self.reach * other.reach
        flushed = self.fmt.omega * (self.reach + other.reach)
        return self.rounded(self.value * other.value, error + flushed, reach)

    def __matmul__(self, other: "Number") -> "Reckoned":
        return product(self, self.like(other))

    def __rmatmul__(self, other: "Number") -> "Reckoned":
        return product(self.like(other), self)

    def __radd__(self, other: "Number | float") -> "Reckoned":
        return self + other

    def __rsub__(self, other: "Number | float") -> "Reckoned":
        return -self + other

    def __rmul__(self, other: "Number | float") -> "Reckoned":
        return self * other

    def sum(self, axis: int, *, keepdims: bool = True) -> "Reckoned":
        """Along an axis, in any order."""
        n = self.value.shape[axis]
        value, error, reach = (
            array.sum(axis, keepdims=keepdims) for array in (self.value, self.error, self.reach)
        )
        rounded = self.fmt.relative(n, SCALES) * reach + self.fmt.omega * n
        return Reckoned(value, error + rounded, self.fmt)

    # ---------------------------------------------------------------- what does not
    def __neg__(self) -> "Reckoned":
        return Reckoned(-self.value, self.error, self.fmt)

    def __getitem__(self, index: Any) -> "Reckoned":  # noqa: ANN401 - an index
        return Reckoned(self.value[index], self.error[index], self.fmt)

    @property
    def mT(self) -> "Reckoned":
        """Transposed."""
        return Reckoned(self.value.mT, self.error.mT, self.fmt)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def reach(self) -> Array:
        """As large as it may be."""
        return np.abs(self.value) + self.error

    def like(self, other: "Number | float") -> "Reckoned":
        """What was given has no error."""
        return other if isinstance(other, Reckoned) else exact(np.asarray(other), self.fmt)

    def rounded(self, value: Array, error: Array, reach: Array) -> "Reckoned":
        """The result of an operation on two numbers, with its own roundings."""
        return Reckoned(value, error + (1 + SCALES) * self.fmt.u * reach + self.fmt.omega, self.fmt)


#: What a program computes with: as it is, or with its error.
Number: TypeAlias = Array | Reckoned


def exact(array: Array, fmt: Format) -> Reckoned:
    """What everybody was given."""
    return Reckoned(array, np.zeros(array.shape), fmt)


def product(x: Reckoned, y: Reckoned, more: int = 0) -> Reckoned:
    """x y, a sum of n products and of so many terms more (Higham, §3.1)."""
    fmt, n = x.fmt, x.shape[-1]
    handed_on = np.abs(x.value) @ y.error + x.error @ y.reach
    relative = (1 + fmt.relative(n + more, 1 + SCALES)) * (1 + fmt.factor) - 1
    factors = x.reach.sum(-1, keepdims=True) + y.reach.sum(-2, keepdims=True)
    error = handed_on + relative * (x.reach @ y.reach) + fmt.omega * (2 * n + 1 + factors)
    return Reckoned(x.value @ y.value, error, fmt)


def affine(W: Number, a: Number, b: Number) -> Number:
    """W a + b, whose b may be any term of the sum."""
    if not isinstance(a, Reckoned):
        return W @ a + b
    found, b = product(a.like(W), a, more=1), a.like(b)
    rounded = a.fmt.relative(a.shape[-2] + 1, 1) * b.reach + a.fmt.omega
    error = found.error + b.error + rounded + a.fmt.u * found.reach
    return Reckoned(found.value + b.value, error, a.fmt)


def rectified(x: Number) -> Number:
    """max(x, 0), which is no further apart than x is."""
    if isinstance(x, Reckoned):
        return Reckoned(np.maximum(x.value, 0), x.error, x.fmt)
    return np.maximum(x, 0)


def value_of(x: Number) -> Array:
    """Without its error."""
    return x.value if isinstance(x, Reckoned) else x


def error_of(x: Number) -> Array:
    """Its error."""
    return x.error if isinstance(x, Reckoned) else np.zeros(np.shape(x))


def broadcast(x: Number, shape: tuple[int, ...]) -> Number:
    """The same numbers, along what has the length 1."""
    if not isinstance(x, Reckoned):
        return np.broadcast_to(x, shape)
    return Reckoned(np.broadcast_to(x.value, shape), np.broadcast_to(x.error, shape), x.fmt)


def first_order(function: Callable[..., Array], *arguments: Number) -> Number:
    """A function that no bound is known of: its error is an estimate, to first order.

    Each argument is moved by twice its error, to either side; the function itself is taken as off
    by a few u of the larger of 1 and its value, as one is whose terms are about 1.
    """
    values = [value_of(x) for x in arguments]
    here = function(*values)
    fmt = next((x.fmt for x in arguments if isinstance(x, Reckoned)), None)
    if fmt is None:
        return here
    error = FEW * fmt.u * np.maximum(np.abs(here), 1) + fmt.omega
    for k, x in enumerate(arguments):
        for side in (-2, 2) if isinstance(x, Reckoned) else ():
            moved = function(*values[:k], values[k] + side * error_of(x), *values[k + 1 :])
            error = error + np.abs(moved - here)
    return Reckoned(here, error, fmt)
