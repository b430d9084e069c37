"""What a file of a cost has to say, and what follows from it.

It says C and ∇ₐC as pairs, by which float64 is judged; what a textbook formula may be off by, by
hand or by automatic differentiation, scaled by 1/m before or after its sum; what an error of a
makes of ∇ₐC; what its targets are; how it is written, in words, in formulas and in balls. By the
reference's C and ∇ₐC, in float64, everything less than float64 is judged.

Arguments: a and y in float64, ``(n_L, m)``, a column a sample, and the format; κ from ``rounding``.
Where y is the class of each sample it is ``(1, m)``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property, reduce
from operator import mul
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Expected
from crossgrad.comparisons.arithmetic.pairs import Pair
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.mistakes import Mistake
from crossgrad.comparisons.parts.targets import Targets
from crossgrad.reference.costs import COSTS as BY_HAND
from crossgrad.reference.costs import Cost as ByHand
from crossgrad.reference.parameters import Array

if TYPE_CHECKING:
    from crossgrad.comparisons.equations.place import Place

#: A number, or an array of them.
Amount = Array | float


class Text(NamedTuple):
    """A term of C and of ∇ₐC in {a}, {y}, {p} = softmax(a) and {t}, what stands before, and a name.

    Before them stands a number, ÷ m, perhaps ÷ n_L. ``shares`` says what t is, if not y.
    """

    term: str
    gradient: str
    english: str
    vietnamese: str
    before: Fraction = Fraction(1)
    before_gradient: Fraction = Fraction(1)
    shares: str = ""


class Form(NamedTuple):
    """One way in which people program the terms of C and ∇ₐC, whose sum is divided by something.

    ``in_complex``: the terms of complex numbers, of which only the imaginary part is needed.
    ``divisor`` is of n_L and y.
    """

    terms: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    in_complex: Callable[..., Any]
    divisor: Callable[[int, Array], Amount] = lambda _outputs, y: y.shape[-1]


class Limits(NamedTuple):
    """Of the last layer, in float16: the largest |bias| and |weighted sum|, and the largest |∇ₐC|.

    |z| ≤ 2 ``last`` then, and |a| ≤ |z| + 1.
    """

    last: float
    gradient: float


#: Where targets are at most 1 and outputs are not far out; |∇ₐC| is at most 6 there.
USUAL = Limits(2.0, 8.0)


class Probabilities(NamedTuple):
    """What a cost of logits makes of them before it compares them with the targets."""

    name: str
    of_logits: Callable[[Array], Array]


class Cost(ABC):
    """C(a, y), a number a network."""

    # ---------------------------------------------------------------- what each file says
    #: That of its file.
    name: str
    text: Text
    form: Form
    #: Other ways to program it, by what they are made of.
    otherwise: Mapping[str, Form] = MappingProxyType({})
    targets: Targets
    #: Of fewer outputs nothing is left of the gradient.
    fewest_outputs = 1
    #: Whether it is of an a between 0 and 1, and infinite outside.
    of_probabilities = False
    probabilities: Probabilities | None = None
    #: The cost of z that this is of a = σ(z), where programs compute the one in place of the other.
    of_logits: "Cost | None" = None
    #: Whether a logarithm as large as the logits may be among its terms.
    has_log_sum = False
    #: What people take for its terms, and for those of ∇ₐC: functions of a and y, as in ``form``.
    wrong_terms: tuple[Mistake, ...] = ()
    wrong_gradient: tuple[Mistake, ...] = ()

    @abstractmethod
    def value(self, a: Array, y: Array) -> Pair:
        """C from its definition: nothing here is the reference's."""

    @abstractmethod
    def gradient(self, a: Array, y: Array) -> Pair:
        """∇ₐC, likewise."""

    @abstractmethod
    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """What any textbook C may be off by at an a that is known."""

    @abstractmethod
    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """What any textbook ∇ₐC may be off by there."""

    @abstractmethod
    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """What ∇ₐC may be off by at an a that is known within E."""

    @abstractmethod
    def terms(self, a: Array, y: Array, E: Array) -> Array:
        """At most what m ∇ₐC is the difference of, for any a within E."""

    @abstractmethod
    def truth(
        self, a: Sequence[Any], y: Sequence[Any]
    ) -> Any:  # of python-flint, which is an extra
        """C of one sample in balls: of power series of its outputs, whose slopes are ∇ₐC."""

    def far(self, outputs: int) -> Limits:
        """As far out as C of one sample, and its gradients, are numbers of float16.

        Of logits, n · 2 last, or twice 2 last for a softmax, ≤ 2¹⁵.
        """
        return Limits(2.0 ** np.floor(13 - np.log2(outputs)), USUAL.gradient)

    def divisors(self, outputs: int, y: Array) -> tuple[Amount, ...]:
        """By what the sum of all terms is divided, factor by factor: first the mean over m.

        What depends on the targets is an array, ``(1, 1)``.
        """
        return (y.shape[-1],)

    def shares(self, outputs: int, y: Array) -> Pair | Array:
        """t: what each output of a sample has of its targets, and counts; ``(n_L, m)``."""
        return y

    def flush_gain(self, a: Array, E: Array) -> Array:
        """What a term of ∇ₐC that was flushed to zero may still be multiplied by."""
        return np.ones_like(a)

    # ---------------------------------------------------------------- its two equations
    def forward(self, at: "Place") -> list[Expected]:
        """C(aᴸ, y); or the same of zᴸ, where it has a form in which aᴸ is not."""
        of_a = at.of_cost(at.a, self.float64.value, self.value, self.value_error)
        if not (cost := self.of_logits):
            return [of_a]
        return [of_a, at.of_cost(at.z, cost.float64.value, cost.value, cost.value_error)]

    def pull_back(self, at: "Place") -> Expected:
        """∇ₐC; of a cost in another format it is rounded once more."""
        error = self.fused_error if at.sigma.scaled_last else self.gradient_error
        found = at.of_cost(at.a, self.float64.gradient, self.gradient, error)
        if not at.fmt.loss:
            return found
        size = np.abs(found.value.pair.nearest) + found.bound
        return found._replace(bound=found.bound + at.fmt.u * size + at.fmt.omega)

    # ---------------------------------------------------------------- what follows from it
    def fused_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Of an a that is used before its last product is rounded, as in a fused a - y.

        What is reported of it is rounded, and off by u|a| from that.
        """
        return self.propagated(a, y, fmt.u * np.abs(a), fmt)

    @cached_property
    def float64(self) -> ByHand:
        """The reference's C and ∇ₐC."""
        return BY_HAND[self.name]

    @property
    def last(self) -> str | None:
        """The activation of the last layer, if it is meant for one only."""
        return self.float64.last

    def divisor(self, a: Array, y: Array) -> Amount:
        """All of them."""
        return reduce(mul, self.divisors(a.shape[-2], y))

    def scale_roundings(self, a: Array, y: Array) -> int:
        """Roundings of all scales of one number: two a divisor, and three of a program's own scale.

        XLA multiplies by a rounded reciprocal. A loss scale is multiplied by, and then by its
        rounded reciprocal; a micro-batch's weight is rounded, and multiplied by.
        """
        return 2 * len(self.divisors(a.shape[-2], y)) + 3

    def scaling_roundings(self, outputs: int, y: Array, fmt: Format) -> int:
        """Roundings between two reported derivatives that are scaled after they were computed.

        Each scale rounds either of the two. One is of the program's own: a loss scale, of which the
        derivatives are freed at the end, or the weight k/m of a micro-batch of k samples. One is
        the mean over the batch, or over k samples of it; over 1 or 2 it is exact. What is divided
        by besides, as the outputs, is a scale as well; a power of two is exact.

        In 16 bits a scale of one's own is a power of two. Any other rounds each entry of δ once
        more as it is stored, which in a sum that cancels is any number of times what the sum is: so
        may the means do (``Place.summed``), and nothing else.

        Who goes on with what it reports scales nothing in between.
        """
        if fmt.as_reported:
            return 0
        m, *others = self.divisors(outputs, y)
        rounded = sum(not is_power_of_two(divisor) for divisor in others)
        if fmt.narrow:
            return 2 * (rounded + (not is_power_of_two(m)))
        over_samples = np.ndim(m) or m > 2  # noqa: PLR2004 - so that it may be divided by three
        return 2 * (1 + bool(over_samples) + rounded)

    def largest_value_error(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """The sum of the local errors of C at a and at both ends of where a may be."""
        low, here, high = (self.value_error(end, y, fmt) for end in (a - 2 * E, a, a + 2 * E))
        return low + here + high

    def averaged(self, terms: Array, y: Array) -> Array:
        """Terms over what they are divided by: ∇ₐC, or what is to be summed to C."""
        return np.asarray(terms / self.form.divisor(terms.shape[-2], y))

    @property
    def wrong_values(self) -> Iterator[Mistake]:
        """What people take for C, with its own mean over the batch."""
        for what, terms in self.wrong_terms:
            yield Mistake(what, lambda a, y, of=terms: self.averaged(of(a, y), y).sum((-2, -1)))

    @property
    def wrong_gradients(self) -> Iterator[Mistake]:
        """What people take for ∇ₐC, likewise."""
        for what, terms in self.wrong_gradient:
            yield Mistake(what, lambda a, y, of=terms: self.averaged(of(a, y), y))

    def changed(self, **parts: Any) -> Self:
        """The same with other parts: what a divergence follows in its place."""
        twin = copy(self)
        vars(twin).update(parts)
        return twin

    def replaced(
        self,
        value: Callable[[Array, Array], Pair] | None = None,
        gradient: Callable[[Array, Array], Pair] | None = None,
        **errors: Any,
    ) -> Self:
        """With another C or ∇ₐC, in float64 as in pairs."""
        pairs = {"value": value, "gradient": gradient}
        others = {name: of for name, of in pairs.items() if of}
        in_float64 = ByHand(
            nearest(value) if value else self.float64.value,
            nearest(gradient) if gradient else self.float64.gradient,
            self.float64.last,
        )
        return self.changed(float64=in_float64, **others, **errors)


def nearest(pairs: Callable[[Array, Array], Pair]) -> Callable[[Array, Array], Array]:
    """The same in float64."""
    return lambda a, y: pairs(a, y).nearest


def is_power_of_two(divisor: Amount) -> bool:
    """Whether a division by it is exact; of what depends on the targets nobody relies on it."""
    return not np.ndim(divisor) and bool(np.frexp(divisor)[0] == 0.5)  # noqa: PLR2004 - of a power
