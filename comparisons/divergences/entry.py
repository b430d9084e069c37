"""What is written down of a known divergence: where, what instead, why, and how to see it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, Format
from crossgrad.comparisons.divergences.releases import between, installed, span
from crossgrad.comparisons.machine.frameworks import framework_of
from crossgrad.comparisons.machine.processor import has_avx512
from crossgrad.comparisons.parts.activations import Activation
from crossgrad.comparisons.parts.costs import Cost
from crossgrad.comparisons.parts.network import Part
from crossgrad.reference.parameters import Array

#: Of an activation or cost, extra errors for any argument between two arrays: see ``end_to_end``.
Deviation = Callable[[Array, Array, Format], tuple[Array, Array]]
#: Checks in which a cost shows; in which σ′ does; in which σ does as well.
OF_COST = ("cost", "BP1")
BP = ("BP1", "BP2")
SIGMA = ("a", *BP)


def everywhere(place: Array) -> Array:
    return np.ones(place.shape, bool)


def above(limit: float) -> Callable[[Array], Array]:
    return lambda place: place > limit


def below(limit: float) -> Callable[[Array], Array]:
    return lambda place: place < limit


def beyond(limit: float) -> Callable[[Array], Array]:
    return lambda place: np.abs(place) > limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """One framework with all its modes, or some of them; what it concerns; what is computed there.

    ``subject`` is an activation or a cost, that of its ``part`` if it has one; empty, it is any.
    ``where`` selects entries by z (of an activation) or a (of a cost), ``place`` says it in words,
    and ``at`` is one of them.

    Those that a check can meet have the ``scenario`` that shows them, and explain entries:
    ``part`` is the activation, cost or kind of layer followed there, ``arithmetic`` the format
    computed in, and ``deviation`` how far σ and σ′ then are from the definition, for the end-to-end
    bound. The others are within what any textbook formula may do, or beyond what scenarios reach.

    ``reproduction`` is at most five lines that print two words: what is given at ``at``, and what
    is right, in as many digits as a right program would share. It reproduces if they differ.
    ``seen`` has the releases in which it was seen to: it is known of those from the oldest to the
    newest, and explains nothing in others. ``avx512`` is whether processors with these
    instructions show it, or those without; all, if it is not said.
    """

    name: str
    backend: str
    modes: tuple[str, ...] = ()
    subject: str = ""
    checks: tuple[str, ...]
    dtypes: tuple[str, ...] = tuple(ALL_FORMATS)
    where: Callable[[Array], Array] = everywhere
    place: str
    at: float | None = None
    reason: str
    link: str = ""
    reproduction: str
    seen: tuple[str, ...]
    avx512: bool | None = None
    scenario: str = ""
    part: Part | None = None
    arithmetic: Callable[[Format], Format] | None = None
    deviation: Deviation | None = None

    def __post_init__(self) -> None:
        """What stands in place of an activation or a cost has its name."""
        if isinstance(self.part, Activation | Cost):
            object.__setattr__(self, "subject", self.part.name)

    @property
    def framework(self) -> str:
        return self.backend

    @property
    def quantity(self) -> str:
        """What selects the entries that it is about."""
        if isinstance(self.part, Activation):
            return "z"
        return "a" if isinstance(self.part, Cost) else "delta"

    @property
    def shown_by(self) -> str:
        """The backend that its scenario shows it in."""
        return self.modes[0] if self.modes else self.backend

    @property
    def concerned(self) -> str:
        of = f" of {self.subject}" if self.subject else ""
        formats = "" if self.dtypes == tuple(ALL_FORMATS) else f", {', '.join(self.dtypes)}"
        return f"{', '.join(self.checks)}{of}{formats}: {self.place}{self.processors}"

    @property
    def processors(self) -> str:
        if self.avx512 is None:
            return ""
        return f", on processors {'with' if self.avx512 else 'without'} AVX-512"

    @property
    def shows_here(self) -> bool:
        return self.avx512 is None or self.avx512 == has_avx512()

    @property
    def applies_here(self) -> bool:
        """Whether it is about this processor, and known of the installed release."""
        return self.shows_here and self.known_here

    @property
    def known_here(self) -> bool:
        """Whether it is known of the installed release; if there is none, it is of any."""
        here = installed(self.framework)
        return not here or between(self.seen, here)

    @property
    def not_known_here(self) -> str:
        """Why it explains nothing here, though it would."""
        known = f"{self.name}, known of {self.framework} {span(self.seen)}, would explain it"
        return f"{known}; it does not apply to {installed(self.framework)}"

    def of(self, backend: str) -> bool:
        """Whether it is a backend's: of all modes of the framework, if none is named."""
        return backend in self.modes if self.modes else self.backend == framework_of(backend)

    def may_show(self, check: str, activation: str, cost: str, dtype: str) -> bool:
        """Whether it may in a check of a layer with this activation and, if last, this cost."""
        subjects = ("", activation, cost) if check in OF_COST else ("", activation)
        formats = ("", *self.dtypes)
        return check in self.checks and dtype in formats and self.subject in subjects
