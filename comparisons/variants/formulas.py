"""σ and σ′ as they are written elsewhere: from z, and from a as students do."""

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Form
from crossgrad.comparisons.problem import Problem

Formulas = dict[str, Form]
FROM_Z: Formulas = {name: sigma.from_z for name, sigma in ACTIVATIONS.items()}
FROM_A: Formulas = {name: sigma.from_a for name, sigma in ACTIVATIONS.items()}
#: Of those that have yet another.
OTHERWISE: Formulas = {
    name: sigma.otherwise for name, sigma in ACTIVATIONS.items() if sigma.otherwise
}


def of_layers(formulas: Formulas, problem: Problem) -> list[Form]:
    """That of each layer, with its α if it has one."""
    layers = zip(problem.activations, problem.alpha, strict=True)
    return [formulas[name].of(alpha) for name, alpha in layers]
