"""The training as JSON: every figure, step by step."""

from typing import Any

from crossgrad.comparisons.commands.train.control import CONTROLS
from crossgrad.comparisons.commands.train.descent import Training
from crossgrad.comparisons.commands.train.outcome import ratios
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.records.baseline.surroundings import surroundings


def as_json(training: Training) -> str:
    """All figures; a list has a value for each step from 0 on."""
    course = training.course
    values = {
        "scenario": str(course.scenario),
        "data": course.data or None,
        "rate": course.rate,
        "steps": training.steps,
        "environment": surroundings(),
        "control": {
            "what": CONTROLS[course.scenario.dtype],
            "cost": training.control.costs,
            "distance": training.control.distances,
            "across a kink": training.control.across,
        },
        "backends": [walk_values(walk, training.control) for walk in training.walks],
    }
    return codec.line(values)


def walk_values(walk: Walk, control: Walk) -> dict[str, Any]:
    found = ratios(walk, control)
    keys = ("entries", "uninformative", "accuracy", "whole", "reports_cost")
    return {
        "name": walk.name,
        "cost": walk.costs,
        "distance": walk.distances,
        "across a kink": walk.across,
        "times the control's": [found.get(step) for step in range(len(walk.distances))],
        "residual": [worst.residual for worst in walk.worst],
        "where": [[worst.check, worst.layer, list(worst.entry)] for worst in walk.worst],
        "wrong steps": walk.wrong,
        "first wrong": [row.as_dict() for row in walk.failed],
        "explained": walk.explained,
        "ended": walk.ended or None,
        **{key: getattr(walk, key) for key in keys},
    }
