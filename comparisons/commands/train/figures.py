"""The training as JSON: every figure, step by step."""

import json
import math
from collections.abc import Sequence
from typing import Any

from crossgrad.comparisons.commands.train.control import CONTROLS
from crossgrad.comparisons.commands.train.descent import Training
from crossgrad.comparisons.commands.train.outcome import ratios
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.records.baseline.surroundings import surroundings
from crossgrad.comparisons.records.results import as_json as row_values


def as_json(training: Training) -> str:
    """All figures; a list has a value for each step from 0 on, null where there is none."""
    course = training.course
    values = {
        "scenario": str(course.scenario),
        "data": course.data or None,
        "rate": course.rate,
        "steps": training.steps,
        "environment": surroundings(),
        "control": {
            "what": CONTROLS[course.scenario.dtype],
            "cost": plain(training.control.costs),
            "distance": plain(training.control.distances),
            "across a kink": training.control.across,
        },
        "backends": [walk_values(walk, training.control) for walk in training.walks],
    }
    return f"{json.dumps(values, ensure_ascii=False, allow_nan=False)}\n"


def walk_values(walk: Walk, control: Walk) -> dict[str, Any]:
    """Of a backend."""
    found = ratios(walk, control)
    keys = ("entries", "uninformative", "accuracy", "whole", "reports_cost")
    return {
        "name": walk.name,
        "cost": plain(walk.costs),
        "distance": plain(walk.distances),
        "across a kink": walk.across,
        "times the control's": [found.get(step) for step in range(len(walk.distances))],
        "residual": plain([worst.residual for worst in walk.worst]),
        "where": [[worst.check, worst.layer, list(worst.entry)] for worst in walk.worst],
        "wrong steps": walk.wrong,
        "first wrong": [row_values(row) for row in walk.failed],
        "explained": {name: plain(numbers) for name, numbers in walk.explained.items()},
        "ended": walk.ended or None,
        **{key: getattr(walk, key) for key in keys},
    }


def plain(numbers: Sequence[float]) -> list[float | str | None]:
    """As strict JSON has them: ``"inf"`` for what is infinite, null for what is no number."""
    return [
        number if math.isfinite(number) else None if math.isnan(number) else str(number)
        for number in numbers
    ]
