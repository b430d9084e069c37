"""The same scenarios under two settings: two processes answer, this one judges both."""

from contextlib import closing

from crossgrad.comparisons.campaign.progress import Meter
from crossgrad.comparisons.diff.found import Found
from crossgrad.comparisons.diff.judged import Judged
from crossgrad.comparisons.diff.messages import messages
from crossgrad.comparisons.diff.side import Answer, Task
from crossgrad.comparisons.diff.sides import Sides
from crossgrad.comparisons.scenario import Scenario


def compared(sides: Sides, backends: list[str], scenarios: list[Scenario]) -> Found:
    """Ask and judge; raises ``ValueError`` and ``ChildProcessError``, with one line."""
    found = Judged(sides)
    asked = 2 * len(backends) * len(scenarios)
    told_by = messages(sides, tasks(sides, backends, scenarios))
    with closing(told_by), Meter(0, asked, "answers") as meter:
        for number, told in told_by:
            if isinstance(told, Answer):
                found.add(number, told)
                meter.advance(1)
            elif isinstance(told, dict):
                found.facts[number] = told
    pairs = [(name, scenario) for name in backends for scenario in scenarios]
    return Found(
        (str(sides[0]), str(sides[1])),
        (found.facts[0], found.facts[1]),
        [change for name, scenario in pairs for change in found.changes(name, scenario)],
        [row for name, scenario in pairs for row in found.rows[1, name, str(scenario)]],
        found.remarks(),
    )


def tasks(sides: Sides, backends: list[str], scenarios: list[Scenario]) -> list[Task]:
    """The same for both sides, but for the calls."""
    names = list(map(str, scenarios))
    calls, variables = (
        list(dict.fromkeys(name for side in reversed(sides) for name in getattr(side, kind)))
        for kind in ("calls", "variables")
    )
    return [Task(backends, names, list(side.calls), calls, variables) for side in sides]
