"""Which mistake explains all that was reported of a draw: each is planted, and its numbers held up.

A program is run on plain numbers first; where these are near what was reported, it is run on
numbers with their errors, which decide. What takes fewer things to have gone wrong is told: a
factor before a mistake and a factor, one mistake before two. Of those that are equally simple
nobody knows which it was, and all are named.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.judging.textbook import evidence
from crossgrad.comparisons.judging.textbook.digits import cast, inaccurate, narrower
from crossgrad.comparisons.judging.textbook.evidence import Answer, Bounds, Explained, bounds
from crossgrad.comparisons.judging.textbook.factors import Factor, Sizes, as_simple, matching
from crossgrad.comparisons.judging.textbook.fitted import ratio, updated
from crossgrad.comparisons.judging.textbook.given import Given
from crossgrad.comparisons.judging.textbook.planted import MISTAKES, Planted
from crossgrad.comparisons.judging.textbook.program import NoSuchThingError, Pass
from crossgrad.comparisons.judging.textbook.reckoned import Number, value_of
from crossgrad.comparisons.judging.textbook.texts import Cause, Told
from crossgrad.comparisons.problems.problem import Key
from crossgrad.reference.parameters import Array

#: So many causes are named that give the same numbers.
MOST = 4
#: Two mistakes at once are tried of networks of so many numbers.
SMALL = 2000
#: What one mistake more counts, in factors.
MISTAKE, SECOND = 1, 2

Values = Mapping[Key, Number]


class Found(NamedTuple):
    """A mistake, a factor, and how much had to go wrong for it."""

    planted: Planted
    factor: Factor

    @property
    def weight(self) -> int:
        mistakes = len(self.planted.told)
        return mistakes * MISTAKE + max(mistakes - 1, 0) * SECOND + self.factor.pieces

    def __str__(self) -> str:
        return ", and ".join(map(str, (*self.planted.told, *self.factor.told)))


def told(found: Iterable[Found]) -> str:
    """Each once."""
    texts = list(dict.fromkeys(map(str, found)))
    return ", or ".join([*texts[:MOST], *(["another"] if len(texts) > MOST else [])])


def run(
    planted: Planted, right: Pass, fits: Callable[[Pass], bool] = lambda _: True
) -> Values | None:
    """What the mistaken program gives, without errors; None if there is no such program."""
    try:
        return Pass(planted.net, planted.steps, right=right).run(fits)
    except (NoSuchThingError, ValueError):  # shapes that do not fit
        return None


# ------------------------------------------------------------------ near what was reported
class Search:
    """One draw of an answer, and the problem that it is of."""

    def __init__(self, net: Given, answer: Answer) -> None:
        self.net, self.answer = net, answer
        self.near = float(np.sqrt(answer.fmt.u))
        self.right = Pass(net, {})
        self.right.run()
        self.groups = [
            (keys, evidence.row(answer.reported, keys))
            for name in ("dW", "db")
            if (keys := [key for key in answer.reported if key[0] == name])
        ]
        self.tried = 0
        self.reckoned: dict[int, tuple[Planted, Bounds]] = {}
        self.seen: dict[tuple[Cause, str, bytes], None] = {}

    @property
    def sizes(self) -> Sizes:
        return len(self.net.x), len(self.net.W[-1]), self.net.batch

    def fitting(self, planted: Planted) -> Iterator[Found]:
        """With each factor that makes it near what was reported."""
        self.tried += 1
        if (values := run(planted, self.right, self.fits)) is None:
            return
        rows, ratios = [], []
        for keys, reported in self.groups:
            if any(np.shape(values[key]) != self.answer.reported[key].shape for key in keys):
                return
            rows.append(np.concatenate([np.ravel(value_of(values[key])) for key in keys]))
            ratios.append(ratio(reported, rows[-1]))
        known = [one for one in ratios if np.isfinite(one)]
        if not known or self.is_known(planted, rows):
            return  # whatever it is multiplied by, nothing stays nothing
        ratios = [one if np.isfinite(one) else known[0] for one in (*ratios, known[0])[:2]]
        for factor in matching(self.sizes, np.array(ratios), self.near):
            times = factor.of_W, factor.of_b
            pairs = zip(self.groups, rows, times, strict=False)
            if all(self.is_near(reported, t * row) for (_, reported), row, t in pairs):
                yield Found(planted, factor)

    def fits(self, at: Pass) -> bool:
        """Whether the gradients of a layer are near what was reported, but for some factor."""
        for name in ("dW", "db"):
            reported = self.answer.reported.get((name, at.l))
            given = value_of(at.found[name, at.l])
            if reported is None:
                continue
            if given.shape != reported.shape:
                return False
            times = ratio(reported, given)
            if np.isfinite(times) and not self.is_near(reported, times * given):
                return False
        return True

    def is_known(self, planted: Planted, rows: list[Array]) -> bool:
        """Whether the same mistake in fewer layers gives the same numbers."""
        if len(planted.told) != 1 or not isinstance(cause := planted.told[0].template, Cause):
            return False
        names = [*planted.told[0].names.items()]
        what = [str(name) for key, name in names if key not in ("where", "function")]
        key = cause, " ".join(what), b"".join(row.tobytes() for row in rows)
        known = key in self.seen
        self.seen[key] = None
        return known

    def is_near(self, reported: Array, given: Array) -> bool:
        return bool(np.abs(reported - given).max() <= self.near * np.abs(given).max())

    # ---------------------------------------------------------------- and within its bounds
    def explaining(self, candidates: Iterable[Planted]) -> list[Found]:
        """The simplest that explain everything, for which there is evidence."""
        near = [found for planted in candidates for found in self.fitting(planted)]
        holding: list[Found] = []
        for found in sorted(near, key=lambda one: one.weight):
            if holding and found.weight > holding[0].weight:
                break
            if self.holds(found):
                holding.append(found)
        return holding

    def explained(self, found: Found) -> Explained | None:
        """What a mistake and a factor give, if that is everything; a mistake is reckoned once."""
        key = id(found.planted)
        if key not in self.reckoned:
            self.reckoned[key] = found.planted, bounds(found.planted, self.answer.fmt)
        return evidence.explained(self.answer, self.reckoned[key][1], found.factor)

    def holds(self, found: Found) -> bool:
        explained = self.explained(found)
        if explained is None:
            return False
        mistakes = self.tried if found.planted.told else 1
        tried = mistakes * as_simple(self.sizes, found.factor.pieces)
        return not evidence.by_chance(self.answer, explained, tried)

    # ---------------------------------------------------------------- all there are
    def cause(self) -> str:
        """What is told of an ordinary draw; empty if nothing explains it."""
        if not evidence.may_tell(self.answer):
            return ""
        return (
            self.narrower()
            or told(self.explaining(self.single()))
            or told(self.explaining(self.pairs()))
        )

    def single(self) -> Iterator[Planted]:
        """No mistake, which may have a factor, then one."""
        yield Planted((), self.net)
        for mistake in MISTAKES:
            yield from mistake.plant(self.net)
        yield from updated(self.net, self.answer.reported, self.right)

    def pairs(self) -> Iterator[Planted]:
        """Two that are common, of a small network."""
        if sum(W.size for W in self.net.W) > SMALL:
            return
        common = [one for mistake in MISTAKES for one in mistake.plant_two(self.net)]
        for one, other in combinations(common, 2):
            both = one.and_also(other) if other.net is self.net else other.and_also(one)
            if both is not None and (one.net is self.net or other.net is self.net):
                yield both

    def narrower(self) -> str:
        """A format of fewer digits that it was computed in."""
        for fmt in narrower(self.answer.fmt.name):
            if evidence.of_narrower(self.answer, fmt):
                planted, wide = Planted((), cast(self.net, fmt.name)), self.answer._replace(fmt=fmt)
                if evidence.explained(wide, bounds(planted, fmt), NO_FACTOR):
                    return str(Told(Cause.NARROWER, {"name": fmt.name}))
        return ""

    def inaccurate(self) -> str:
        """Of a draw near 0: a form that has no digits there."""
        forms = list(inaccurate(self.net, self.answer.fmt.name))
        near = [found for form in forms for found in self.fitting(form) if not found.factor.pieces]
        return told(found for found in near if self.has_digits(found, len(forms)))

    def has_digits(self, found: Found, tried: int) -> bool:
        explained = self.explained(found)
        return explained is not None and evidence.by_digits(self.answer, explained, tried)

    def stale(self) -> str:
        """Of a draw that has much of the one before: what was kept of that."""
        planted = (one for mistake in MISTAKES for one in mistake.plant(self.net))
        return told(self.explaining(p for p in planted if p.told[0].template in STALE))


#: What can only be told of a draw that has much of the one before.
STALE = (Cause.STALE_FORWARD,)
NO_FACTOR = Factor((), 1.0, 1.0, 1.0)
