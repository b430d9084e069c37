"""One backend on its way down: it is asked and judged at its own weights, and makes its steps.

A step is made here, once for all, in the format of the weights, from the gradients that the
backend reports: what one way differs from another by is the gradients.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crossgrad.comparisons.backends import Backend
from crossgrad.comparisons.backends.numpy_reference import trace as reference
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.commands.train.finite import all_finite, leaves_the_format
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.judging.verification import asked
from crossgrad.comparisons.problems.problem import (
    Problem,
    Trace,
    of_layers_with_any,
    stack_problems,
    stack_traces,
)
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference import descent
from crossgrad.reference.parameters import Array, Gradients


class Walker:
    """A backend, where it is, and its way up to there."""

    def __init__(
        self, backend: Backend, problem: Problem, scenario: Scenario | None = None
    ) -> None:
        """At step 0; without a scenario it is not judged."""
        self.backend = backend
        self.problem = problem
        self.scenario = scenario
        self.walk = Walk(backend.name)
        self.gradients = Gradients((), ())
        self.z: Sequence[Array] = ()

    @property
    def going(self) -> bool:
        return not self.walk.ended

    @property
    def weights(self) -> tuple[Array, ...]:
        return (*self.problem.W, *self.problem.b, *self.problem.others.values())

    def step(self, rate: float) -> None:
        """w ← w - η ∂C/∂w, in the format; of bfloat16 NumPy makes float32."""
        with np.errstate(all="ignore"):
            there = descent.step(self.problem.parameters, self.gradients, rate)
            W = tuple(array.astype(self.problem.dtype) for array in there.W)
            b = tuple(array.astype(self.problem.dtype) for array in there.b)
            alpha = [None if a is None else a.astype(self.problem.dtype) for a in there.alpha]
        others = of_layers_with_any("alpha", alpha)
        self.problem = replace(self.problem, W=W, b=b, others=others)

    # -------------------------------------------------------------- a look around
    def look(self, step: int) -> None:
        """Ask for the gradients here, and judge them; the way may end here."""
        if not all_finite(self.weights):
            why = self.blamed("the rate is too large")
            self.walk.ended = f"its weights are not finite at step {step}: {why}"
            return
        try:
            with np.errstate(all="ignore"):
                trace = asked(self.backend, self.problem)
        except (BackendError, NotSupportedError) as error:
            self.walk.ended, self.walk.answers = f"no answer at step {step}: {error}", False
            return
        self.walk.costs.append(self.cost(trace))
        if self.scenario:
            self.judge(self.scenario, trace, step)
        self.gradients = Gradients(tuple(trace.dW), tuple(trace.db), self.of_alpha(trace))
        self.z = trace.z
        if self.going and not all_finite((*trace.dW, *trace.db)):
            self.walk.ended = f"its gradients are not finite at step {step}: no step can be made"

    def of_alpha(self, trace: Trace) -> tuple[Array | None, ...]:
        """∂C/∂α of each layer that has one; 0 of who reports none: his α stays as it is."""
        return tuple(
            None if alpha is None else trace.others.get(("dalpha", l), np.zeros_like(alpha))
            for l, alpha in enumerate(self.problem.alpha, start=1)
        )

    def cost(self, trace: Trace) -> float:
        """As reported; of who reports none, the reference's at these weights."""
        if trace.cost is None:
            self.walk.reports_cost = False
            with np.errstate(all="ignore"):
                trace = reference(self.problem)
        return math.nan if trace.cost is None else float(trace.cost)

    def judge(self, scenario: Scenario, trace: Trace, step: int) -> None:
        """By every check of the suite, at these weights.

        Where the numbers leave the format in any correct program, what is not finite is not wrong:
        it is no number to be judged, and the way ends.
        """
        self.walk.whole &= trace.whole
        here, answer = stack_problems([self.problem]), stack_traces([trace])
        rows = judge(scenario, self.backend, here, answer, counting=False)
        if not all(map(in_numbers, rows)) and leaves_the_format(self.problem):
            rows = [row for row in rows if in_numbers(row)]
            why = self.blamed("the rate is too large, or a unit saturated")
            self.walk.ended = f"at step {step} numbers leave the format, the reference's too: {why}"
        self.walk.add(step, rows)

    def blamed(self, why: str) -> str:
        """Why numbers leave the format: only where all gradients were right it can be the rate."""
        return "a wrong gradient came before" if self.walk.wrong else why


def in_numbers(row: Row) -> bool:
    """Whether what is compared at the worst entry are finite numbers."""
    return math.isfinite(row.value) and math.isfinite(row.expected)
