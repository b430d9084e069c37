"""The training as a picture: the cost, the distance to the reference, the largest residual."""

from matplotlib.figure import Figure

from crossgrad.comparisons.commands.train.descent import Training
from crossgrad.comparisons.commands.train.panels import (
    draw_costs,
    draw_distances,
    draw_residuals,
    mark,
)
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.reports.drawing import bare, described, ruled, settings


def as_svg(training: Training) -> str:
    """Three panels over the steps, with a title and a description for who cannot see it."""
    with settings():
        figure = Figure(figsize=(8.2, 7.4), layout="constrained")
        panels = figure.subplots(3, 1, sharex=True)
        for axes, draw in zip(panels, (draw_costs, draw_distances, draw_residuals), strict=True):
            draw(axes, training)
            bare(axes, "left", "bottom")
            ruled(axes, "#e6e6e6", 0.6)
        for i, walk in enumerate(walk for walk in training.walks if walk.wrong):
            late = walk.wrong[0] > training.steps / 2
            mark(panels, walk, training.labels[walk.name], 0.6 - 0.15 * i, late=late)
        panels[-1].set_xlabel("step")
        panels[-1].set_xlim(0, training.steps)
        handles, names = panels[1].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=5, frameon=False)
        return described(figure, "crossgrad train", title(training), description(training))


# ------------------------------------------------------------------ for who cannot see it
def title(training: Training) -> str:
    names = ", ".join(training.labels.values())
    return f"Gradient descent on {training.course.what} by {names}, each step checked"


def description(training: Training) -> str:
    """Of each backend the cost and the distance at its end, and its first wrong step."""
    told = []
    for walk in training.walks:
        ends = [f"{name} {numbers[-1]:.3g}" for name, numbers in numbers_of(walk) if numbers]
        wrong = f"wrong from step {walk.wrong[0]}" if walk.wrong else "no step wrong"
        told.append(f"{training.labels[walk.name]}: {', '.join([*ends, wrong])}.")
    apart = training.control.distances[-1]
    return f"{' '.join(told)} Distance of the control, {apart:.3g}."


def numbers_of(walk: Walk) -> list[tuple[str, list[float]]]:
    """What is told of a way's end."""
    return [("cost", walk.costs), ("distance to the reference", walk.distances)]
