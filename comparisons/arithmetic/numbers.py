"""What was reported or given: an array, and what several equations make of it, made once."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from crossgrad.comparisons.arithmetic.exactness import is_short, quantum_and_smallest
from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.reference.parameters import Array

#: Of larger arrays nothing is kept: what memory costs there is more than what calls do.
KEPT = 1 << 18
#: To choose some of so few numbers takes longer than what is asked of all of them.
FEW = 1 << 12
#: Rows of a matrix are columns of the transposed one.
ACROSS = {-1: -2, -2: -1}


class Number:
    """An array in its own format, which nobody changes while it is judged.

    ``role`` says as what a format with ``casts`` may round it before it is multiplied: W with b, a
    with x, or delta. ``given``: it is the problem's, and nobody has computed it.
    """

    def __init__(self, array: Array, role: str = "", *, given: bool = False) -> None:
        """Nothing is made before it is asked for."""
        self.array, self.role, self.given = array, role, given
        self.kept_short: dict[int, tuple[Array, bool]] = {}
        self.kept_steps: dict[int | None, tuple[Array, Array]] = {}
        self.kept_totals: dict[int, Array] = {}
        self.kept_counts: dict[int, Array] = {}

    @property
    def wide(self) -> Array:
        """In float64."""
        return self.array.astype(np.float64, copy=False)

    @property
    def size(self) -> Array:
        """|array|, in float64."""
        return size_of(self.array) if self.array.size > KEPT else self.kept_size

    @property
    def pair(self) -> Pair:
        return lift(self.array) if self.array.size > KEPT else self.kept_pair

    @cached_property
    def has_zeros(self) -> bool:
        """Whether any entry is 0."""
        return bool((self.array == 0).any())

    def short(self, digits: int) -> tuple[Array, bool]:
        """Whether no number has more digits, of each network of a stack; of any. Made once."""
        if digits not in self.kept_short:
            found = is_short(self.array, digits)
            self.kept_short[digits] = found, bool(found.any())
        return self.kept_short[digits]

    def steps(self, digits: int | None = None) -> tuple[Array, Array]:
        """The quantum and the smallest size, of each network with no more digits; made once.

        Of others the quantum is NaN.
        """
        if digits not in self.kept_steps:
            self.kept_steps[digits] = steps_of(
                self.array, None if digits is None else self.short(digits)[0]
            )
        return self.kept_steps[digits]

    def total(self, axis: int) -> Array:
        """The sum of the sizes over rows, -2, or columns, -1. Made once."""
        if axis not in self.kept_totals:
            self.kept_totals[axis] = sums_over(self.size, axis)
        return self.kept_totals[axis]

    def count(self, axis: int) -> Array:
        """How many entries over rows, -2, or columns, -1, are not 0. Made once."""
        if axis not in self.kept_counts:
            self.kept_counts[axis] = sums_over(self.present, axis).astype(np.float64)
        return self.kept_counts[axis]

    @property
    def present(self) -> Array:
        """1 where an entry is not 0, in float32, in which such are counted up to 2²⁴."""
        return present_in(self.array) if self.array.size > KEPT else self.kept_present

    @cached_property
    def kept_present(self) -> Array:
        return present_in(self.array)

    @cached_property
    def kept_size(self) -> Array:
        return size_of(self.array)

    @cached_property
    def kept_pair(self) -> Pair:
        return lift(self.array)

    def cast(self, fmt: Format) -> "Number":
        """As a factor of products: rounded to the format, if it is before it is multiplied."""
        if self.role not in (fmt.casts or ()):
            return self
        return Number(rounded(self.array, fmt.u), self.role, given=self.given)

    def map(self, view: Callable[[Array], Array]) -> "Number":
        """Another view of the same numbers, and of what is made of them."""
        return self if view is as_it_is else View(self, view)


class View(Number):
    """Of another number, which keeps what is made."""

    def __init__(self, whole: Number, view: Callable[[Array], Array]) -> None:
        """The whole is asked, and its answer is viewed."""
        super().__init__(view(whole.array), whole.role, given=whole.given)
        self.whole, self.view = whole, view

    @property
    def size(self) -> Array:
        """|array|, in float64."""
        return self.view(self.whole.size)

    @property
    def has_zeros(self) -> bool:
        return self.whole.has_zeros

    def short(self, digits: int) -> tuple[Array, bool]:
        """A transposed matrix has the same entries."""
        if self.view is transposed:
            return self.whole.short(digits)
        return super().short(digits)

    def steps(self, digits: int | None = None) -> tuple[Array, Array]:
        return self.whole.steps(digits) if self.view is transposed else super().steps(digits)

    def total(self, axis: int) -> Array:
        """Rows of a transposed matrix are the columns."""
        if self.view is transposed:
            return self.whole.total(ACROSS[axis]).mT
        return super().total(axis)

    def count(self, axis: int) -> Array:
        if self.view is transposed:
            return self.whole.count(ACROSS[axis]).mT
        return super().count(axis)

    @property
    def present(self) -> Array:
        """1 where an entry is not 0."""
        return self.view(self.whole.present)

    @property
    def pair(self) -> Pair:
        return self.whole.pair.map(self.view)

    def cast(self, fmt: Format) -> Number:
        """A view of what the whole is rounded to."""
        return View(self.whole.cast(fmt), self.view)


def sums_over(sizes: Array, axis: int) -> Array:
    """The sums over rows, -2, or columns, -1: a product of matrices is faster than a reduction."""
    ones = np.ones(sizes.shape[axis], sizes.dtype)
    return sizes @ ones[:, None] if axis == -1 else ones[None] @ sizes


def present_in(array: Array) -> Array:
    """1 where it is not 0."""
    return (array != 0).astype(np.float32)


def steps_of(array: Array, short: Array | None) -> tuple[Array, Array]:
    """The quantum and the smallest size of each network, or of each short one.

    Of others the quantum is NaN, which no comparison holds of.
    """
    if short is None:
        return quantum_and_smallest(array)
    if array.size <= FEW:
        quanta, least = quantum_and_smallest(array)
        return np.where(short, quanta, np.nan), least
    quanta, least = (np.full(short.shape, np.nan) for _ in range(2))
    found = quantum_and_smallest(array[short[..., 0, 0]])
    quanta[short], least[short] = (of.ravel() for of in found)
    return quanta, least


def size_of(array: Array) -> Array:
    """|array|, in float64."""
    return np.abs(array).astype(np.float64, copy=False)


def transposed(array: Array) -> Array:
    """The view of a matrix; no copy."""
    return array.mT


def as_it_is(array: Array) -> Array:
    return array


def rounded(array: Array, u: float) -> Array:
    """The nearest numbers of a format with this unit roundoff, ties to even; stored as before."""
    mantissa, exponent = np.frexp(array)
    return np.ldexp(np.rint(mantissa / u), exponent + int(np.log2(u))).astype(array.dtype)
