"""σ, σ′ and costs as they are written elsewhere: from z, and from a as students do."""

from collections.abc import Mapping

import numpy as np

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Form
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.costs import Form as FormOfCost
from crossgrad.comparisons.problems.problem import Problem

Formulas = dict[str, Form]
FROM_Z: Formulas = {name: sigma.from_z for name, sigma in ACTIVATIONS.items()}
FROM_A: Formulas = {name: sigma.from_a for name, sigma in ACTIVATIONS.items()}
#: Of those that have yet another.
OTHERWISE: Formulas = {
    name: sigma.otherwise for name, sigma in ACTIVATIONS.items() if sigma.otherwise
}
COST: Mapping[str, FormOfCost] = {name: cost.form for name, cost in COSTS.items()}


def of_layers(formulas: Formulas, problem: Problem) -> list[Form]:
    """That of each layer, with its α if it has one."""
    layers = zip(problem.activations, problem.alpha, strict=True)
    return [formulas[name].of(alpha) for name, alpha in layers]


def divisor(problem: Problem) -> float:
    """What the sum over outputs and batch is divided by."""
    return float(np.squeeze(COST[problem.cost].divisor(problem.widths[-1], problem.y)))
