"""What a training comes to, in words: who is right, and how far rounding alone leads."""

import math
import shlex
from collections.abc import Iterable
from functools import reduce
from statistics import median

from crossgrad.comparisons.commands.train.descent import REFERENCE, Training
from crossgrad.comparisons.commands.train.kinks import units
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.judging.row import merged_explained
from crossgrad.comparisons.reports.failure import Telling, failure_text
from crossgrad.comparisons.reports.table import met


def notes(training: Training) -> list[str]:
    """Why a way ended, what was not compared, and which known divergences were met."""
    told = []
    for walk in training.walks:
        if walk.ended:
            told.append(f"{walk.name}: {walk.ended}")
        if not walk.reports_cost:
            told.append(
                f"{walk.name} reports no cost: the reference's at the same weights is shown"
            )
        if walk.uninformative:
            blind = f"{walk.uninformative / walk.entries:.0%}"
            told.append(
                f"{walk.name}: {blind} of its entries prove nothing: their bounds are too large"
            )
    return told + met(reduce(merged_explained, (walk.explained for walk in training.walks), {}))


# ------------------------------------------------------------------ how far rounding leads
def beside_control(training: Training) -> list[str]:
    """How far each way leads from the reference's, beside the control's."""
    others = [walk for walk in training.walks if walk.name != REFERENCE]
    told = [
        beside(training.labels[walk.name], walk, training.control)
        for walk in others
        if ratios(walk, training.control)
    ]
    if not told:
        return []
    return [
        "distance to the reference, beside the control's, which rounding alone explains:",
        *told,
    ]


def beside(label: str, walk: Walk, control: Walk) -> str:
    """At the last step, and as it typically is."""
    found = ratios(walk, control)
    step, typical = max(found), times(median(found.values()))
    there = f"{walk.distances[step]:.3g} at step {step:,}, {times(found[step])} times the control's"
    return f"  {label}: {there} {control.distances[step]:.3g} (median of all steps: {typical})"


def times(ratio: float) -> str:
    """Two digits, and from 10 on all before the point."""
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"  # noqa: PLR2004


def ratios(walk: Walk, control: Walk) -> dict[int, float]:
    """Step → how many times as far as the control, at the steps where that can be told."""
    pairs = enumerate(zip(walk.distances, control.distances, strict=False))
    return {step: own / by for step, (own, by) in pairs if by > 0 and math.isfinite(own / by)}


def kinks(training: Training) -> list[str]:
    """Where each way first has a unit on the other side of a kink, and what comes of it."""
    ways = [*training.walks, training.control]
    told = [crossing(training, way, at) for way in ways if (at := way.first_across) is not None]
    return ["first unit on the other side of a kink than the reference's:", *told] if told else []


def crossing(training: Training, walk: Walk, step: int) -> str:
    """How many units, and how the distance grows at the next step."""
    network = training.course.problem
    count = units(network.activations, network.batch, network.widths)
    label = training.labels.get(walk.name, walk.name)
    here, after = (*walk.distances[step : step + 2], math.nan)[:2]
    grown = f", and the next takes {here:.3g} to {after:.3g}" if after > here else ""
    return f"  {label}: at step {step:,} {walk.across[step]:,} of {count:,}{grown}"


# ------------------------------------------------------------------ who is right
def verdict(training: Training) -> list[str]:
    """Of all that is right in a sentence or two; of each that is wrong, its first wrong step."""
    right = [walk for walk in training.walks if walk.worst and not walk.wrong]
    wrong = [walk for walk in training.walks if walk.wrong]
    whole, parts = ([walk for walk in right if walk.whole == there] for there in (True, False))
    told = [tell(training, ways) for tell, ways in ((praise, whole), (doubt, parts)) if ways]
    return [*told, *(blame(training, walk) for walk in wrong)]


def praise(training: Training, right: list[Walk]) -> str:
    """Of whole traces: no equation errs by more than the rounding of its own operations may."""
    met_any = any(walk.explained for walk in right)
    told = f"{every_gradient(training, right)} its bound{' or explained' if met_any else ''}"
    if [walk.name for walk in right] == [REFERENCE]:
        return told
    who = "them apart" if len(right) > 1 else "it apart from the reference"
    more = " and the divergences above" if met_any else ""
    return f"{told}:\n  what sets {who} is no more than rounding{more} may do"


def doubt(training: Training, right: list[Walk]) -> str:
    """Of less: a bound from the data to the end has room for what is no rounding."""
    return (
        f"{every_gradient(training, right)} its end-to-end bound:\n"
        "  that does not tell rounding from a small error; report z, a and delta as well,\n"
        "  and each equation is judged where it is made"
    )


def every_gradient(training: Training, right: list[Walk]) -> str:
    """Whose, and at which steps; up to the bound that it is within."""
    names = named(training.labels[walk.name] for walk in right)
    steps = f"steps 0 … {training.steps:,}"
    when = "every step that was made" if any(walk.ended for walk in right) else steps
    return f"every gradient of {names} at {when} is within"


def blame(training: Training, walk: Walk) -> str:
    step, count = walk.wrong[0], len(walk.worst)
    more = f", and wrong at {len(walk.wrong):,} of {count:,} steps" if count > step + 1 else ""
    command = reproduction(training, walk.name, step)
    told = failure_text(walk.failed, command, telling=Telling(when=f"at step {step:,}"))
    return f"\nfirst wrong at step {step:,}{more}; this is no rounding\n{told}"


def reproduction(training: Training, backend: str, step: int) -> str:
    """The one line that shows it again."""
    course = training.course
    data = f" --data {course.data}" if course.data else ""
    given = f"{course.scenario}{data} --rate {course.eta} --steps {max(step, 1)}"
    return f"crossgrad train {given} --backend {shlex.quote(backend)}"


def named(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
