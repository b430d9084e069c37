"""The end of a run: collect what the items report, print the table, write the results file."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable
from itertools import chain
from pathlib import Path
from typing import Protocol

import pytest

from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.records.results import write_results
from crossgrad.comparisons.reports.coverage import (
    Survey,
    little,
    refused_regimes,
    taken_so,
    unasked,
)
from crossgrad.comparisons.reports.failure import USUALLY, Telling, smallest
from crossgrad.comparisons.reports.recording import Recording
from crossgrad.comparisons.reports.table import as_markdown, as_text, idle_backends


class Page(Protocol):
    """A file of what a run has found; who makes it, and of what, is known later than this."""

    def took(self, scenario: str, stage: str, seconds: float) -> None:
        """A stage of a scenario took so long."""

    def write(self, rows: Iterable[Row]) -> list[str]:
        """The file of a finished run; why not, if it cannot be."""
        ...

    def said(self, *, finished: bool) -> str: ...


class Closing:
    """Lives in the controller, or in the only process; gets rows from the reports of all items."""

    def __init__(
        self,
        results: Path | None,
        recording: Recording,
        asked: list[str],
        survey: Survey,
        page: Page | None = None,
        telling_of: Callable[[str], Telling] = lambda _: USUALLY,
    ) -> None:
        """``results``: where to write the rows, if anywhere; ``asked``: the options given.

        ``survey``: who is asked what; empty where a user has named the scenarios.
        ``telling_of``: how failures of a backend are told.
        """
        self.survey = survey
        self.results = results
        self.recording = recording
        self.asked = asked
        self.page = page
        self.telling_of = telling_of
        self.rows: list[Row] = []
        self.unsteady: Counter[str] = Counter()
        self.notes: dict[str, dict[str, None]] = {}
        self.stages: dict[str, float] = defaultdict(float)
        self.scenarios: dict[str, float] = defaultdict(float)
        self.complaints: list[str] = []
        self.ran = False
        self.finished = False
        self.lost = False
        self.written = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Whether every item was run: neither interrupted nor stopped at a failure."""
        result = yield
        self.finished = not (session.shouldstop or session.shouldfail or self.lost)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.ran |= "equivalence" in report.nodeid
        told = getattr(report, "crossgrad", None)
        if told is None:
            # a worker has died, or the set-up has failed: nothing is known of this item
            self.lost |= report.failed and report.when != "call" and "equivalence" in report.nodeid
            return
        self.rows += [Row.from_dict(row) for row in told["rows"]]
        self.recording.add(told)
        for name, notes in told["notes"].items():
            self.notes.setdefault(name, {}).update(dict.fromkeys(notes))
        if told["unsteady"]:
            self.unsteady[told["backend"]] += 1
        for stage, seconds in told["seconds"].items():
            self.stages[stage] += seconds
            self.scenarios[told["scenario"]] += seconds
            if self.page:
                self.page.took(told["scenario"], stage, seconds)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run that proved nothing; write what a finished run found."""
        self.rows.sort(key=Row.order)
        idle = self.idle_options(session)
        self.complaints = [*idle_backends(self.rows), *idle, *self.write()]
        if not idle:
            self.complaints += self.recording.finish(finished=self.finished)
        if self.complaints and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def write(self) -> list[str]:
        """The results of a finished run; why not, if they cannot be."""
        if self.results and self.rows and self.finished:
            try:
                write_results(self.results, self.rows)
            except OSError as error:
                return [f"--results {self.results}: {error}"]
            self.written = True
        return self.page.write(self.rows) if self.page and self.rows and self.finished else []

    def idle_options(self, session: pytest.Session) -> list[str]:
        """Options of the suite in a run without an item of the suite."""
        if self.ran or not self.asked or session.config.option.collectonly:
            return []
        return [f"{', '.join(self.asked)} had no effect: nothing was compared"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table and what stands below it."""
        write = terminalreporter.write_line
        if self.rows:
            terminalreporter.section("crossgrad")
            taken = chain.from_iterable(taken_so(*item) for item in sorted(self.notes.items()))
            first = smallest(self.rows, self.telling_of)
            for line in [*taken, *as_text(self.rows).splitlines(), *first]:
                write(line)
            for line in [*unasked(self.survey), *self.otherwise(), *self.slowest()]:
                write(line)
            self.summarise()
            for line in self.recording.text():
                write(line)
        if self.written:
            write(f"results: {len(self.rows):,} rows in {self.results}")
        elif self.results and self.rows:
            why = "" if self.finished else "the run did not come to its end, "
            write(f"results: {why}{self.results} is as it was")
        if self.page and self.rows:
            write(self.page.said(finished=self.finished))
        warnings = [*little(self.rows), *refused_regimes(self.rows)] if self.survey else []
        for warning in warnings:
            write(f"WARNING: {warning}", yellow=True)
        for complaint in self.complaints:
            write(f"ERROR: {complaint}", red=True)

    def otherwise(self) -> list[str]:
        """Who answered one problem twice with other bits; whether they are right, rows tell."""
        return [
            f"{name} answered the same problem with other bits when asked again: {count} scenarios"
            for name, count in sorted(self.unsteady.items())
        ]

    def slowest(self) -> list[str]:
        total = sum(self.stages.values())
        shares = sorted(self.stages.items(), key=lambda stage: -stage[1])
        parts = ", ".join(f"{name} {seconds / total:.0%}" for name, seconds in shares)
        scenario, seconds = max(self.scenarios.items(), key=lambda item: item[1])
        return [f"time: {total:.1f} s ({parts})", f"slowest: {seconds:.1f} s, {scenario}"]

    def summarise(self) -> None:
        """The same as Markdown, where a summary page is asked for."""
        page = os.environ.get("GITHUB_STEP_SUMMARY")
        if not page:
            return
        try:
            with Path(page).open("a", encoding="utf-8") as file:
                file.write(f"{as_markdown(self.rows)}\n\n{self.recording.markdown()}\n")
        except OSError as error:
            self.complaints.append(f"GITHUB_STEP_SUMMARY: {error}")
