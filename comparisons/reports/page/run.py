"""The page of a run of the suite: what ``--report`` asks for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.machine.location import as_typed
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.surroundings import surroundings
from crossgrad.comparisons.reports.page.summary import Summary


class Page:
    """Is told the seconds on the way, and the rows at the end."""

    def __init__(self, path: Path, arguments: Sequence[str]) -> None:
        """``arguments``: what pytest was started with."""
        self.path = path
        self.words = as_typed(arguments)
        self.summary = Summary()
        self.written = False

    def took(self, scenario: str, stage: str, seconds: float) -> None:
        """A stage of a scenario took so long."""
        self.summary.took(scenario, stage, seconds)

    def write(self, rows: Iterable[Row]) -> list[str]:
        """The file of a finished run; why not, if it cannot be."""
        from crossgrad.comparisons.reports.page.document import About, as_html  # noqa: PLC0415 - where it is asked for

        scenarios = set()
        for row in rows:
            self.summary.add(row)
            if row.check:
                scenarios.add(row.scenario)
        draws = sum(Scenario.parse(scenario).draws for scenario in scenarios)
        about = About.of("crossgrad verification", self.words, surroundings(), draws)
        try:
            write_whole(self.path, as_html(self.summary, about))
        except OSError as error:
            return [f"--report {self.path}: {error}"]
        self.written = True
        return []

    def said(self, *, finished: bool) -> str:
        if self.written:
            return f"report: {self.path}"
        why = "" if finished else "the run did not come to its end, "
        return f"report: {why}{self.path} is as it was"
