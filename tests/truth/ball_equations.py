"""The right-hand sides of the seven equations in balls, from what a backend *reported* upstream.

What is reported are floats, and so known exactly: nothing of the layers before is in the ball.
"""

from collections.abc import Callable

import numpy as np
from ball_costs import true_cost, true_cost_gradient
from flint import arb, ctx

from crossgrad.comparisons.arithmetic.balls.balls import BITS, balls
from crossgrad.comparisons.equations.place import Place
from crossgrad.comparisons.equations.walk import here_of
from crossgrad.comparisons.parts.balls import true_sigma
from crossgrad.comparisons.problems.problem import Problem, Trace


def true_z(at: Place) -> np.ndarray:
    """Wˡ aˡ⁻¹ + bˡ."""
    return balls(at.p["W"].array) @ balls(at.a_before.array) + balls(at.p["b"].array)


def true_a(at: Place) -> np.ndarray:
    """σ(zˡ)."""
    return true_sigma(at.sigma.name, at.trace["z", at.l])[0]


def true_cost_of_batch(at: Place) -> arb:
    return true_cost(at.problem.cost, at.trace["a", at.l], at.problem.y)


def sigma_prime(at: Place) -> np.ndarray:
    """σ′(zˡ)."""
    return true_sigma(at.sigma.name, at.trace["z", at.l])[1]


def true_bp1(at: Place) -> np.ndarray:
    """∇ₐC ⊙ σ′(zᴸ)."""
    gradient = true_cost_gradient(at.problem.cost, at.trace["a", at.l], at.problem.y)
    return gradient * sigma_prime(at)


def true_bp2(at: Place) -> np.ndarray:
    """((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""
    W, delta = balls(at.problem.of_layer(at.l + 1)["W"]), balls(at.trace["delta", at.l + 1])
    return (W.T @ delta) * sigma_prime(at)


def true_bp3(at: Place) -> np.ndarray:
    """Σ δˡ over the batch."""
    return balls(at.delta.array).sum(axis=1, keepdims=True)


def true_bp4(at: Place) -> np.ndarray:
    """δˡ (aˡ⁻¹)ᵀ."""
    return balls(at.delta.array) @ balls(at.a_before.array).T


TRUE: dict[str, Callable[[Place], np.ndarray]] = {
    "z": true_z,
    "a": true_a,
    "cost": true_cost_of_batch,
    "BP1": true_bp1,
    "BP2": true_bp2,
    "BP3": true_bp3,
    "BP4": true_bp4,
}


def right_hand_side(check: str, problem: Problem, trace: Trace, layer: int) -> np.ndarray:
    """Of one draw. Sums are taken in 384 bits; a ball's radius counts against who is judged."""
    with ctx.workprec(BITS[0]):
        return np.asarray(TRUE[check](here_of(layer, problem, trace).at), object)
