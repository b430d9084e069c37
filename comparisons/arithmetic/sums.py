"""An equation that is linear in its input and its parameters, as data.

    Sum(Term("ji,im->jm", W, a), Term("j->jm", b))      # z = W a + b

A term is Σ left · right, as ``einsum`` reads ``how``; without ``right`` it is a plain sum, or a
copy. Value, magnitude, number of terms and what may be flushed to zero are taken from the same
data, so that no layer writes down a bound. Letters have axes from the end: leading axes that
``how`` does not name run over a stack of draws. The bounds hold for every order of summation and
every use of fused multiply-adds.
"""

from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.expected import NONE, Expected, Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.pairs import ERROR
from crossgrad.comparisons.arithmetic.rounding import FORMATS, Format, gamma
from crossgrad.comparisons.arithmetic.terms import Plain, Product, Term, is_copy
from crossgrad.comparisons.arithmetic.wide import Wide
from crossgrad.reference.parameters import Array

#: As what δ is a factor: a program that scales has rounded each entry of it apart.
DELTA = "delta"
#: A number, or an array of them.
Amount = Array | float
#: Of no network.
NOWHERE = np.zeros((), bool)


class Rounded(NamedTuple):
    """What is known of a sum before it is held to a format: Σ|left||right|, and the value.

    ``copied`` is the sum of what is added without being multiplied.
    """

    magnitude: Array
    value: Wide
    copied: Amount


class Sum:
    """Terms of one shape, added up."""

    def __init__(self, *terms: Term) -> None:
        """Products, plain sums, and copies: a bias is a copy, and so is what a skip hands on."""
        self.products = [Product(t.how, t.left, t.right) for t in terms if t.right is not None]
        alone = [t for t in terms if t.right is None]
        self.plain = [Plain(t) for t in alone if not is_copy(t.how)]
        self.copies = [t.left for t in alone if is_copy(t.how)]

    def expected(self, fmt: Format, extra: Extra = NONE) -> Expected:
        """The value, and the bound of whoever sums in a format; scaled before or after, and stored.

        Where it is known which factors of products are rounded, the products are exact; what is
        only added up is what was reported, if no rounding is left out. Of what is exact in every
        order nothing is rounded or lost but, in 16 bits, as it is stored.
        """
        cast = self.cast(fmt)
        known = cast.exactly()
        lost = cast.lost(fmt, extra)
        sums = fmt.products if self.products else fmt.sums
        bound = cast.rounded(sums, extra, known)
        exact = cast.is_exact_as_reported(sums, extra, known.magnitude)
        if exact.any() and fmt.narrow:
            bound = np.where(exact, cast.rounded_by(0, sums, extra, known), bound)
        bound += lost
        if exact.any() and not fmt.narrow:
            bound[exact[..., 0, 0]] = 0.0
            return Expected(known.value, bound, lambda: np.where(exact, 0.0, lost))
        return Expected(known.value, bound, lambda: lost)

    @property
    def parts(self) -> int:
        return len(self.products) + len(self.plain) + len(self.copies)

    @property
    def length(self) -> int:
        """The roundings of the longest way to the result: of n addends, each a product, n."""
        lengths = [p.length for p in self.products] + [p.length for p in self.plain]
        return sum(lengths) + len(self.copies)

    def roundings(self, *, as_reported: bool = False) -> Amount:
        """The same, entry by entry, of the addends that are not 0.

        A product with a factor 0 is 0, and adding 0 rounds nothing, in any order, fused or not. An
        addend may be rounded before it is added: as a product; as what a plain sum or a copy is of,
        of which a program that fuses them takes what it was before it was rounded to what it
        reports, unless it goes on with it ``as_reported``. What is given never is: what is left of
        W a + b where W a is 0 is b.
        """
        rounded: Amount = 0
        others: Amount = 0
        for product in self.products:
            rounded = rounded + product.count()
        alone = [(plain.count(), plain.terms) for plain in self.plain]
        alone += [(present(copy), copy) for copy in self.copies]
        for count, number in alone:
            if number.given or as_reported:
                others = others + count
            else:
                rounded = rounded + count
        if not isinstance(rounded, np.ndarray):
            return rounded + others if rounded else np.maximum(others - 1, 0)
        if not isinstance(others, np.ndarray) and not others:
            return rounded
        return np.where(rounded > 0, rounded + others, np.maximum(others - 1, 0))

    def cast(self, fmt: Format) -> "Sum":
        """Of what the factors of products, and what is added to them, are rounded to beforehand."""
        if not fmt.casts or not self.products:
            return self
        other = Sum()
        other.products, other.plain = [p.cast(fmt) for p in self.products], self.plain
        other.copies = [copy.cast(fmt) for copy in self.copies]
        return other

    # ---------------------------------------------------------------- what is known
    def exactly(self) -> Rounded:
        """The sum to 78 bits, or as good as float64 has that of float32; with its magnitude."""
        first, copies = None, list(self.copies)
        if self.products and self.products[0].is_plain and copies:
            first = copies.pop(0)  # is added on the way
        parts = [p.exactly(first if p is self.products[0] else None) for p in self.products]
        parts += [p.exactly() for p in self.plain]
        parts += [(c.size, Wide(c.pair, np.zeros_like(c.size))) for c in copies]
        magnitude, value = parts[0]
        for size, wide in parts[1:]:
            magnitude, value = magnitude + size, added(value, wide)
        return Rounded(magnitude, value, sum((c.array for c in self.copies), start=0.0))

    def value(self) -> Array:
        """The sum, as the format of its factors has it."""
        parts = [p.back(p.left.array @ p.right.array) for p in self.products]
        parts += [p.terms.array.sum(-1, keepdims=True) for p in self.plain]
        return reduce(add, [*parts, *(copy.array for copy in self.copies)])

    def magnitude(self, role: str = "") -> Array:
        """Σ|left||right|, of all terms, or of those of which a number with this role is part."""
        parts = [p.back(p.left.size @ p.right.size) for p in self.products if p.has(role)]
        parts += [p.terms.size.sum(-1, keepdims=True) for p in self.plain if p.has(role)]
        parts += [copy.size for copy in self.copies if role in ("", copy.role)]
        return reduce(add, parts) if parts else np.zeros(())

    @property
    def alone(self) -> list[Number]:
        return [*(p.terms for p in self.plain), *self.copies]

    @property
    def numbers(self) -> list[Number]:
        return [*(f for p in self.products for f in (p.right, p.left)), *self.alone]

    def is_exact(self, magnitude: Array, fmt: Format, digits: int | None = None) -> Array:
        """Whether it is exact in every order, one truth value a network: see ``exactness``.

        Of numbers with more ``digits``, if a limit is set, it is not asked: false.
        """
        of = {number: number.steps(digits) for number in self.numbers}
        quanta = [of[p.left][0] * of[p.right][0] for p in self.products]
        q = reduce(np.minimum, [*quanta, *(of[number][0] for number in self.alone)])
        least = reduce(np.minimum, [smallest for _, smallest in of.values()])
        fits = magnitude.max(axis=(-2, -1), keepdims=True) < q / fmt.u
        return np.asarray(fits & (least >= fmt.omega) & (q >= fmt.omega))

    def is_exact_as_reported(self, fmt: Format, extra: Extra, magnitude: Array) -> Array:
        """The same of whoever sums the very numbers that are reported, or that everybody is given.

        Nobody scales those of z of the first layer. In 16 bits sums are accumulated in float32, in
        which the products are exact, and stored. It is asked where something is summed.
        """
        if not self.may_be_exact(fmt, extra):
            return NOWHERE
        at = FORMATS["float32"] if fmt.narrow else fmt
        exact = self.is_exact(magnitude, at, fmt.digits // 2)
        return exact & (magnitude > 0).any((-2, -1), keepdims=True) if exact.any() else NOWHERE

    def may_be_exact(self, fmt: Format, extra: Extra) -> bool:
        """Whether numbers are short: half of the format's digits, so that a product is a number."""
        if extra.scaled or fmt.factor or fmt.additions or not (fmt.as_reported or self.is_given):
            return False
        half = fmt.digits // 2
        short = all(number.short(half)[1] for number in self.numbers)
        return short and all(p.is_plain for p in self.products)

    @property
    def is_given(self) -> bool:
        """Whether nobody has computed any of its numbers."""
        return all(number.given for number in self.numbers)

    # ---------------------------------------------------------------- what may be off
    def rounded(self, fmt: Format, extra: Extra, known: Rounded) -> Array:
        """What the roundings come to.

        Where an entry of δ is reported as 0, a program that scales, or fuses, may have had up to ω:
        to add that is another rounding, which to nearest is at most what is added. So either the
        terms that are not 0 are counted, and this is allowed for, or all terms are.
        """
        n = self.longest(fmt, extra)
        told = fmt.as_reported or not (extra.scaled or self.plain)
        if told or not isinstance(n, np.ndarray) or not self.has_zero_delta:
            return self.rounded_by(n, fmt, extra, known)
        every = self.length + extra.scaled
        counted = self.rounded_by(n, fmt, extra, known) + fmt.omega * self.beside_delta()
        whole = self.rounded_by(fmt.longest(every, every), fmt, extra, known)
        return np.minimum(counted, whole)

    @property
    def has_zero_delta(self) -> bool:
        """Whether an entry of δ was reported as 0."""
        factors = [f for p in self.products for f in (p.left, p.right)]
        factors += [p.terms for p in self.plain]
        return any(f.role == DELTA and f.has_zeros for f in factors)

    def longest(self, fmt: Format, extra: Extra = NONE) -> Amount:
        """The roundings on the longest way to the result, entry by entry, if any is 0."""
        n = self.roundings(as_reported=fmt.as_reported)
        n = n + extra.scaled if extra.scaled else n
        return fmt.longest(self.length + extra.scaled, n)

    def rounded_by(self, n: Amount, fmt: Format, extra: Extra, known: Rounded) -> Array:
        """Of n roundings on the longest way.

        Of the two roundings of each scale one is of what is reported of the sum. The other is of
        every entry of δ that is reported of what is summed. In 16 bits, where a sum is rounded once
        and not with each of its terms, it is a rounding of each term. (Of a cost in another format
        the mean is taken there.) Where a copy is added, the sum before is stored too.
        """
        value = np.abs(known.value.pair.nearest)
        if not fmt.narrow:
            others = extra.scaled + (bool(self.products) or not fmt.as_reported)
            return fmt.summed(n, known.magnitude, 0.0, value, others)
        if self.parts > 1:
            before = np.abs(known.value.pair.nearest - known.copied)
            return fmt.summed(n, known.magnitude, value + fmt.store * before)
        each = 0 if fmt.loss else extra.scaled // 2
        roundings = (fmt.store + extra.scaled - each) * (extra.stored if self.products else 1.0)
        factor = (1 + fmt.factor) * (1 + gamma(each, fmt.u)) - 1
        return fmt._replace(factor=factor).summed(n, known.magnitude, roundings * value)

    def lost(self, fmt: Format, extra: Extra) -> Amount:
        """What such a sum may lose near 0.

        A program with a scale computes with more than δ, and rounds δ once more as it reports it:
        to a multiple of ω, by ½ω. Several scales, each of which is stored, are divisors of 2 or
        more, one perhaps of 1.5 (mse's n_L/2): ½ω (1 + 1/1.5 + 1/3) = ω at most.
        """
        count = self.flushes(extra.scaled)
        told = self.beside_delta() if fmt.gradual else 0.0
        return fmt.lost(count, self.parts + extra.scaled, told)

    def flushes(self, plain: int = 0, products: int = 0) -> Amount:
        """How much may be flushed, in units of ω: so much more of each plain sum, and of products.

        A product and its addition are 2, besides each factor that is read as 0; a copy is 2; an
        addend of a plain sum is 1.
        """
        count: Amount = 2 * len(self.copies)
        count += sum(term.length + plain for term in self.plain)
        count += sum(2 * product.length + products for product in self.products)
        for product in self.products:
            count = count + product.of_left() + product.of_right()
        return count

    def beside_delta(self) -> Amount:
        """The sum of what multiplies the entries of δ."""
        told: Amount = 0.0
        for plain in self.plain:
            told = told + (plain.length if plain.terms.role == DELTA else 0)
        for product in self.products:
            if product.right.role == DELTA:
                told = told + product.of_left()
            elif product.left.role == DELTA:
                told = told + product.of_right()
        return told


def present(copy: Number) -> Array | int:
    """1 where it is not 0."""
    return (copy.array != 0).astype(np.float64) if copy.has_zeros else 1


def added(one: Wide, other: Wide) -> Wide:
    """The sum of two parts, each known as a pair."""
    own = ERROR * (np.abs(one.pair.nearest) + np.abs(other.pair.nearest)) + one.own + other.own
    return Wide(one.pair + other.pair, own)


__all__ = ["Sum", "Term"]
