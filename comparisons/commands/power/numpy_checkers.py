"""NumPy's comparisons at their defaults, and the finite differences of the textbooks."""

import numpy as np

from crossgrad.comparisons.commands.power.subject import (
    GRADIENTS,
    Checker,
    Subject,
    pairs,
    with_parameters,
)
from crossgrad.comparisons.problems.problem import QUANTITIES
from crossgrad.reference.parameters import Array

ALL = ("float64", "float32", "bfloat16")
#: Gradient checking as it is taught (A. Ng, *Deep Learning*, course 2, week 1).
STEP, THRESHOLD = 1e-7, 2e-7


def allclose(subject: Subject) -> bool:
    """rtol 1e-5, atol 1e-8, whatever the format."""
    return all(np.allclose(given, trusted) for given, trusted in pairs(subject))


def assert_allclose(subject: Subject) -> bool:
    """rtol 1e-7, atol 0, whatever the format."""
    for given, trusted in pairs(subject):
        np.testing.assert_allclose(given, trusted)
    return True


def finite_differences(subject: Subject) -> bool:
    """‖g - g′‖ ≤ 2e-7 (‖g‖ + ‖g′‖), g′ by central differences, ± 1e-7."""
    problem = subject.problem
    parameters = [np.array(p) for p in (*problem.W, *problem.b)]
    by_program = flat([*subject.answer["dW"], *subject.answer["db"]])
    places = [(p, place) for p in parameters for place in np.ndindex(p.shape)]
    by_differences = np.array([slope(subject, parameters, *where) for where in places])
    size = np.linalg.norm(by_program) + np.linalg.norm(by_differences)
    return bool(np.linalg.norm(by_program - by_differences) <= THRESHOLD * size)


def flat(arrays: list[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


def slope(subject: Subject, parameters: list[Array], array: Array, place: tuple[int, ...]) -> float:
    """∂C/∂(one parameter); it is put back afterwards."""
    before, costs = array[place], []
    for step in (STEP, -STEP):
        array[place] = before + step
        answer = subject.program(with_parameters(subject.problem, parameters))
        costs.append(float(answer["cost"]))
    array[place] = before
    return (costs[0] - costs[1]) / (2 * STEP)


CHECKERS = (
    Checker(
        "finite differences",
        "‖g - g′‖ ≤ 2e-7 (‖g‖ + ‖g′‖), ± 1e-7",
        ("float64",),
        GRADIENTS,
        finite_differences,
    ),
    Checker("numpy allclose", "whole trace, rtol 1e-5, atol 1e-8", ALL, QUANTITIES, allclose),
    Checker("numpy assert_allclose", "whole trace, rtol 1e-7", ALL, QUANTITIES, assert_allclose),
)
