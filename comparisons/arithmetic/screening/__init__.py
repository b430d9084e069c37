"""A large sum of products that passes, judged by blocks: nothing as large as its result is made.

Of y = A B + p 1ᵀ the bound is that of ``Sum``. What it is at least takes one product of matrices in
float32, where the bound itself takes one in float64, and many passes:

    bound ≥ u (n M - ½ (n - o)(M - |y|)) + ω c ≥ u w M + ω c,    M = |A||B| + |p| 1ᵀ

n: the products of an entry that are not 0, and the roundings of scales; o: the roundings of it that
are no additions (``Format.summed``); w = min(n, (n + o)/2); c: what may be flushed of any entry. An
entry that is nearer than that to what it has to be passes; and if its distance is a smaller part of
it than the largest residual is, it is not the worst. The few entries that may be the worst, or of
which the bound may say nothing, are evaluated by the equation itself, as a stack of sums of one
entry. What does not pass has to be explained, and is judged as a whole. Whether all pass, without
the worst, takes less (``passing``).
"""

from crossgrad.comparisons.arithmetic.screening.entries import Asked, screened
from crossgrad.comparisons.arithmetic.screening.passing import passes

__all__ = ["Asked", "passes", "screened"]
