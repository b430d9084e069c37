"""What the checks hold a backend to: each σ and each cost, with the error they may make.

A divergence replaces a definition by the one that a framework is known to follow instead.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.cost_errors import COST_ERRORS, Error
from crossgrad.comparisons.local_errors import SELECTING, Errors, flush_gain, local_errors
from crossgrad.comparisons.pairs import activations as pair_activations
from crossgrad.comparisons.pairs import choose
from crossgrad.comparisons.pairs import costs as pair_costs
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

Sigma = Callable[[Array], Array]


class ActivationDefinition(NamedTuple):
    """σ, σ′, the errors e0, e1 and the ``flush_gain`` of ``local_errors``.

    σ and σ′ in float64, and as ``pairs``. ``selects``: σ′ is 0 or 1, exactly.
    """

    sigma: Sigma
    sigma_prime: Sigma
    pairs: pair_activations.Functions
    errors: Callable[..., Errors]
    gain: Callable[[Array], Array]
    selects: bool

    def replaced(
        self, where: Callable[[Array], Array], sigma_prime: float, sigma: Sigma | None = None
    ) -> "ActivationDefinition":
        """With a σ′ that is a constant, and perhaps another σ, at some arguments: in both ways."""
        other = sigma or self.sigma
        wide, prime = self.pairs
        return self._replace(
            sigma=lambda z: np.where(where(z), other(z), self.sigma(z)),
            sigma_prime=lambda z: np.where(where(z), sigma_prime, self.sigma_prime(z)),
            pairs=pair_activations.Functions(
                lambda z: choose(where(z), other(z), wide(z)) if sigma else wide(z),
                lambda z: choose(where(z), sigma_prime, prime(z)),
            ),
        )


class CostDefinition(NamedTuple):
    """C and ∇ₐC, and how far a textbook formula in a format may be from them.

    C and ∇ₐC in float64, and as ``pairs``. ``of_logits``: the cost of z that this is of a = σ(z),
    where programs compute the one in place of the other.
    """

    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    pairs: pair_costs.Functions
    value_error: Error
    gradient_error: Error
    of_logits: "CostDefinition | None" = None


# ------------------------------------------------------------------ the tables
def activation_definition(name: str) -> ActivationDefinition:
    """σ and σ′, with the textbook errors."""
    float64, pairs = ACTIVATIONS[name], pair_activations.ACTIVATIONS[name]
    errors, gain = partial(local_errors, name), partial(flush_gain, name)
    return ActivationDefinition(*float64, pairs, errors, gain, name in SELECTING)


def cost_definition(cost: str, value_error: Error, gradient_error: Error) -> CostDefinition:
    """C and ∇ₐC, with the textbook errors."""
    return CostDefinition(*COSTS[cost], pair_costs.COSTS[cost], value_error, gradient_error)


ACTIVATION_DEFINITIONS = {name: activation_definition(name) for name in ACTIVATIONS}
COST_DEFINITIONS = {name: cost_definition(name, *errors) for name, errors in COST_ERRORS.items()}
COST_DEFINITIONS["binary_cross_entropy"] = COST_DEFINITIONS["binary_cross_entropy"]._replace(
    of_logits=COST_DEFINITIONS["sigmoid_cross_entropy"]
)
