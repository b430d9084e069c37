"""All ways down at once, step by step: each backend's, the reference's, the control's."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.commands.train.control import control_of
from crossgrad.comparisons.commands.train.course import Course
from crossgrad.comparisons.commands.train.kinks import across
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.commands.train.walker import Walker
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.reports.labels import labels
from crossgrad.comparisons.reports.progress import Meter
from crossgrad.reference import descent
from crossgrad.reference.backprop import feedforward
from crossgrad.reference.parameters import Array

#: Whose way the others' distances are from.
REFERENCE = "numpy"


class Training(NamedTuple):
    """What was asked for, each backend's way, and the control's."""

    course: Course
    steps: int
    walks: list[Walk]
    control: Walk

    @property
    def labels(self) -> dict[str, str]:
        """Each backend's name without its folder, where that tells them apart."""
        return labels(walk.name for walk in self.walks)

    @property
    def code(self) -> int:
        """The exit code: 1 if a gradient is wrong, or a backend has no answer."""
        return int(any(walk.wrong or not walk.answers for walk in self.walks))


def train(course: Course, backends: Sequence[Backend], steps: int) -> Training:
    """Each descends from the same weights, and is judged at steps 0 … N, as long as it goes."""
    judged = [Walker(backend, course.problem, course.scenario) for backend in backends]
    known = [walker for walker in judged if walker.backend.name == REFERENCE]
    reference = known[0] if known else Walker(load_backend(REFERENCE), course.problem)
    control = Walker(*control_of(course.problem))
    walkers = list(dict.fromkeys([*judged, reference, control]))
    with Meter(0, steps + 1, "steps") as meter:
        for step in range(steps + 1):
            advance(walkers, reference, course.rate, step)
            meter.advance(1)
            if not any(walker.going for walker in judged):
                break
    for walker in judged:
        walker.walk.accuracy = accuracy(walker) if course.data and walker.going else None
    return Training(course, steps, [walker.walk for walker in judged], control.walk)


def advance(walkers: Sequence[Walker], reference: Walker, rate: float, step: int) -> None:
    """All who are still going make a step, unless this is the start; then they look around."""
    going = [walker for walker in walkers if walker.going]
    for walker in going if step else ():
        walker.step(rate)
    for walker in going:
        walker.walk.distances.append(distance(reference, walker))
    for walker in going:
        walker.look(step)
    for walker in going:
        if walker.going and reference.going and walker.z:
            names = walker.problem.activations
            walker.walk.across.append(across(names, walker.z, reference.z))


def distance(reference: Walker, walker: Walker) -> float:
    """‖w - w′‖ / ‖w‖, Euclidean, over all weights and biases; NaN to a way that has ended."""
    if not reference.going:
        return math.nan
    w, other = flat(reference.weights), flat(walker.weights)
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(w - other) / np.linalg.norm(w))


def flat(arrays: Sequence[Array]) -> Array:
    """All numbers in a row, in float64."""
    return np.concatenate([array.ravel() for array in arrays]).astype(np.float64)


def accuracy(walker: Walker) -> float:
    """The share of samples that these weights put into the right class, by the reference."""
    problem = walker.problem
    _, activations = feedforward(problem.architecture, problem.parameters, problem.x)
    a, probabilities = activations[-1], COSTS[problem.cost].probabilities
    if probabilities and len(a) == 1:  # of several outputs the largest logit is the likeliest
        a = probabilities.of_logits(a)
    return descent.accuracy(a, problem.y)
