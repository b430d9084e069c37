"""Dense: every unit sees every input. W: (n, n_in), b: (n, 1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.parts.layers.protocol import Inputs, Linear


@dataclass(frozen=True, kw_only=True)
class Dense(Linear):
    """z = W a + b."""

    labels: ClassVar = {"b": "BP3", "W": "BP4"}

    def forward(self, at: Inputs) -> Sum:
        return Sum(Term("ji,im->jm", at.p["W"], at.a_before), Term("j->jm", at.p["b"]))

    def pull_back(self, at: Inputs, which: int = 0) -> Sum:
        """BP2: v = Wᵀ δ."""
        return Sum(Term("ji,jm->im", at.p["W"], at.delta))

    @property
    def gradients(self) -> Mapping[str, Callable[[Inputs], Sum]]:
        """BP3: Σ δ over the batch. BP4: δ aᵀ.

        One rounding more than there are additions: a fused multiply-add, as XLA makes it of
        δ = v σ′ and its sum, takes δ before it is rounded to what is reported.
        """
        return {
            "b": lambda at: Sum(Term("jm->j", at.delta)),
            "W": lambda at: Sum(Term("jm,im->ji", at.delta, at.a_before)),
        }
