"""JAX's ``check_grads`` at its defaults."""

from typing import Any

import numpy as np
from jax import test_util

from crossgrad.comparisons.commands.power.subject import (
    GRADIENTS,
    Checker,
    Subject,
    with_parameters,
)


def check_grads(subject: Subject) -> bool:
    """What ``check_grads(…, order=1, modes="rev")`` does with a function and its vjp."""

    def ask(parameters: list[Any]) -> Any:  # noqa: ANN401 - an answer
        arrays = [np.asarray(p) for p in parameters]
        return subject.program(with_parameters(subject.problem, arrays))

    def value_and_vjp(parameters: list[Any]) -> Any:  # noqa: ANN401 - as jax.vjp has it
        answer = ask(parameters)
        gradients = [*answer["dW"], *answer["db"]]
        return answer["cost"], lambda upstream: ([upstream * g for g in gradients],)

    parameters = [*subject.problem.W, *subject.problem.b]
    check_vjp: Any = test_util.check_vjp
    check_vjp(lambda parameters: ask(parameters)["cost"], value_and_vjp, (parameters,))
    return True


CHECKERS = (
    Checker(
        "jax check_grads",
        "its reverse half: one random direction, tolerance by format",
        ("float64", "float32"),
        GRADIENTS,
        check_grads,
    ),
)
