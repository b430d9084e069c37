"""Whether all entries of a large sum pass: it takes its product once more, and little else.

The sum is evaluated in its own format, some products at a time, and these parts are added, so that
each product is rounded r times at most, in whatever order a part is added:

    |ours - y| ≤ γ_r M ≤ u r′ M,    r′ = r/(1 - ru);    bound ≥ u (n M - ½ (n - o)(M - |y|))

With h = ½ (n - o), and because |y| ≥ s - u r′ M where s = |reported| - |reported - ours|,

    bound - |ours - y| ≥ u ((n - h - r′ (1 + u h)) M + h s),    M ≥ s/(1 + u r′)

which grows with M as long as r is well below n/2. What underflows in a part is less than what may
be flushed of an entry, which is in its bound besides. So most entries pass by their size alone,
most others by a few terms of M; what is left is evaluated by the equation itself.
"""

import numpy as np

from crossgrad.comparisons.arithmetic.screening.entries import (
    OWN,
    SHARE,
    Asked,
    Places,
    placed,
    screened,
    where,
)
from crossgrad.comparisons.arithmetic.screening.factors import Factors
from crossgrad.reference.parameters import Array

#: So many terms of a sum tell of most entries that they pass.
FEW = 16
#: A part has one of so many of the products that are not 0; with more parts it does not pay.
PART, MOST_PARTS = 4, 16


@np.errstate(all="ignore")
def passes(asked: Asked) -> bool:
    """False if an entry fails, or if this cannot be told here."""
    for draw, first, factors in asked.factors(Again):
        if factors.parts > MOST_PARTS:
            return screened(asked) is not None
        for rows in factors.blocks():
            i, j = farther(asked, factors, rows)
            places = placed(draw, rows, first, i, j)
            if len(places) * SHARE > factors.reported.size:
                return False
            if not all((asked.held(some).residual <= 1).all() for some in asked.portions(places)):
                return False
    return True


class Again(Factors):
    """A B + p in the format of the numbers, a part of the products at a time."""

    def prepare(self) -> None:
        """How many products are taken at a time, how often each is rounded, and two buffers."""
        present = self.present(slice(None)).mean() * self.there.mean() / self.n
        self.at_once = max(1, int(present / PART))
        self.parts = -(-self.n // self.at_once)
        self.rounded = self.at_once + self.parts + 1
        self.y, self.part = (np.empty((self.step, self.columns), self.B.dtype) for _ in range(2))

    def off(self, rows: slice) -> Array:
        """How far what was reported is from it."""
        A, count = self.A[rows], rows.stop - rows.start
        y, part = self.y[:count], self.part[:count]
        np.matmul(A[:, : self.at_once], self.B[: self.at_once], out=y)
        for k in range(self.at_once, self.n, self.at_once):
            some = slice(k, k + self.at_once)
            y += np.matmul(A[:, some], self.B[some], out=part)
        if self.p is not None:
            y += self.p[rows]
        np.subtract(self.reported[rows], y, out=y)
        return np.abs(y, out=y)


def farther(asked: Asked, factors: Again, rows: slice) -> Places:
    """Entries of some rows that are not within what is certainly allowed."""
    u, others = asked.fmt.u, asked.extra.scaled + 1
    r = factors.rounded / (1 - factors.rounded * u)
    off, reported = factors.off(rows), factors.reported[rows]
    here, there = factors.present(rows), factors.there
    n = np.maximum(here + there - factors.n, 0) + asked.extra.scaled  # or more of them
    half = np.maximum(n - others, 0) / 2
    slope = n - half - r * (1 + u * half)
    share = np.where(slope < 0, 0, u * (1 - OWN) * (slope / (1 + r * u) + half))
    size = np.abs(reported, out=factors.part[: len(off)])
    size *= (share / (1 + share)).astype(size.dtype)
    i, j = where(~(off < size))  # ∞ is not below ∞
    half, slope, here, there = (
        np.broadcast_to(x, off.shape)[i, j] for x in (half, slope, here, there)
    )
    off, few = off[i, j].astype(float), slice(0, FEW)
    s = np.maximum(np.abs(reported[i, j]) - off, 0)
    A, B = (np.abs(of.astype(float)) for of in (factors.A[rows][i, few], factors.B[few, j]))
    M = np.maximum(np.einsum("ck,kc->c", A, B), s / (1 + r * u))
    near = (slope >= 0) & (off < u * (1 - OWN) * (slope * M + half * s))
    near |= (off == 0) & ((here == 0) | (there == 0))  # of no product, which is exact
    return i[~near], j[~near]
