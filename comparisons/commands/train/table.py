"""The training as text: a line a backend, the way down step by step, what it comes to."""

from crossgrad.comparisons.commands.train.control import CONTROLS
from crossgrad.comparisons.commands.train.descent import REFERENCE, Training
from crossgrad.comparisons.commands.train.outcome import beside_control, kinks, notes, verdict
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.numbers import NOTHING, number, residual_text

HEADINGS = ["backend", "cost", "right", "residual", "equation", "layer", "step", "entries"]
HEADINGS += ["distance", "first wrong"]
LEGEND = """\
cost, right: at the end, right the share of samples; residual: the largest of all steps, and where;
entries: numbers compared; distance: ‖w - w′‖ ÷ ‖w‖ to the reference's weights at the end;
first wrong: the first step with a gradient beyond its bound at the backend's own weights"""
#: Columns of a terminal.
WIDTH = 100


def as_text(training: Training) -> str:
    lines = [line(training.labels[walk.name], walk) for walk in training.walks]
    return "\n".join(
        [
            *header(training),
            "",
            in_columns(HEADINGS, lines, left=1),
            LEGEND,
            "",
            way_down(training),
            "",
            *notes(training),
            *beside_control(training),
            *kinks(training),
            *verdict(training),
        ]
    )


def header(training: Training) -> list[str]:
    """What is learnt, by which network, how."""
    course = training.course
    return [
        f"gradient descent on {course.what}; η = {course.eta}, steps 0 … {training.steps:,}",
        f"network  {course.scenario}",
        "weights  of its draw 0, to the bit the same for all",
        f"control  {CONTROLS[course.scenario.dtype]}: as far apart as rounding alone leads",
    ]


# ------------------------------------------------------------------ the tables
def line(label: str, walk: Walk) -> list[str]:
    right = NOTHING if walk.accuracy is None else f"{walk.accuracy:.0%}"
    told = [label, short(walk.costs), right]
    if walk.worst:
        step, worst = max(enumerate(walk.worst), key=lambda at: at[1].residual)
        told += [residual_text(worst.residual), worst.check, str(worst.layer), f"{step:,}"]
    else:
        told += [NOTHING] * 4
    told.append(f"{walk.entries:,}")
    apart = NOTHING if walk.name == REFERENCE else short(walk.distances)
    return [*told, apart, f"{walk.wrong[0]:,} ✗" if walk.wrong else NOTHING]


def short(numbers: list[float], step: int = -1) -> str:
    """Three digits of what is there at a step."""
    there = numbers[step:][:1]
    return number(there[0]) if there else NOTHING


def way_down(training: Training) -> str:
    """Costs and distances at some steps, side by side where a terminal is wide enough."""
    apart = [walk for walk in training.walks if walk.name != REFERENCE] + [training.control]
    labels = training.labels | {training.control.name: training.control.name}
    steps = milestones(max(len(walk.distances) for walk in training.walks) - 1)
    column = ["step", *(f"{step:,}" for step in steps)]
    costs = [
        [f"cost {labels[walk.name]}", *(short(walk.costs, step) for step in steps)]
        for walk in training.walks
    ]
    distances = [
        [f"apart {labels[walk.name]}", *(short(walk.distances, step) for step in steps)]
        for walk in apart
    ]
    beside = by_columns([column, *costs, *distances])
    if len(beside.partition("\n")[0]) <= WIDTH:
        return beside
    return "\n\n".join(by_columns([column, *columns]) for columns in (costs, distances))


def by_columns(columns: list[list[str]]) -> str:
    """A table of columns, each with its heading."""
    headings, *lines = map(list, zip(*columns, strict=True))
    return in_columns(headings, lines, left=0)


def milestones(last: int) -> list[int]:
    """0, 1, 2, 5, 10, 20 … and the last."""
    steps = (n * 10**k for k in range(len(str(last))) for n in (1, 2, 5))
    return sorted({0, last, *(step for step in steps if step < last)})
