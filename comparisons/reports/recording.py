"""The side of a run that records a baseline, and that compares with an earlier one."""

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import (
    CHANGED,
    CONVENTION,
    FAILING,
    NEW,
    Change,
    changes,
)
from crossgrad.comparisons.records.baseline.file import Baseline, write_baseline
from crossgrad.comparisons.records.baseline.surroundings import (
    Facts,
    differences,
    generator_digest,
    surroundings,
)
from crossgrad.comparisons.reports.changes import Differences, as_markdown, as_text, outlined


@dataclass(frozen=True)
class Earlier:
    """The baseline of an earlier run, where this one takes place, and how strict it is."""

    path: Path
    baseline: Baseline
    environment: Facts
    strict: bool

    @cached_property
    def different(self) -> Differences:
        before = self.baseline.environment | {"generator": self.baseline.generator}
        digest = generator_digest(self.baseline.run.get("options", {}).get("generation", 1))
        return differences(before, self.environment | {"generator": digest})

    @cached_property
    def records(self) -> dict[tuple[str, str], list[Record]]:
        return self.baseline.answers()

    def changes(self, scenario: Scenario, backend: str, now: list[Record]) -> list[Change]:
        """What has changed of a scenario and backend."""
        before = self.records.get((str(scenario), backend), [])
        return changes(before, now)

    def failing(self, changes: list[Change]) -> list[Change]:
        """Those that fail; any change of bits does if that is asked for, where nothing else has."""
        strictly = (CHANGED, CONVENTION) if self.strict and not self.different else ()
        return [change for change in changes if change.verdict in (*FAILING, *strictly)]

    def failure_text(self, failed: list[Change], command: str) -> str:
        """What a person sees of an item whose equations hold, and which yet fails."""
        options = f"--baseline {shlex.quote(str(self.path))}" + " --baseline-strict" * self.strict
        return "\n".join([
            f"{failed[0].backend} is not as {self.path} has it in {failed[0].scenario}",
            *(f"  {outlined(change)}" for change in failed),
            f"  reproduce     {command} {options}",
        ])  # fmt: skip


def recording(
    save: Path | None,
    path: Path | None,
    baseline: Baseline | None,
    run: dict[str, Any],
    *,
    strict: bool,
) -> "Recording":
    """Of a run, which may be compared with the baseline, of ``path``; raises ``ValueError``.

    ``run``: what was asked for: ``options``, and what they choose: ``scenarios``, ``backends``.
    """
    environment = surroundings() if save or path else {}
    if not (path and baseline):
        return Recording(save, None, environment, run)
    earlier = Earlier(path, baseline, environment, strict)
    asked = {(scenario, backend) for scenario in run["scenarios"] for backend in run["backends"]}
    if not earlier.records.keys() & asked:
        told = ", ".join(sorted({backend for _, backend in earlier.records}))
        raise ValueError(
            f"--baseline {path}: has none of the scenarios and backends of this run, but {told}"
        )
    return Recording(save, earlier, environment, run)


class Recording:
    """What is recorded, and what has changed: of an item, and in the controller of all items."""

    def __init__(
        self, save: Path | None, earlier: Earlier | None, environment: Facts, run: dict[str, Any]
    ) -> None:
        """``save``: where to, if anywhere; the rest as ``recording`` has it."""
        self.save = save
        self.earlier = earlier
        self.environment = environment
        self.run = run
        self.records: list[Record] = []
        self.changes: list[Change] = []
        self.finished = False
        self.saved = False

    # -------------------------------------------------------------- an item
    @property
    def wanted(self) -> bool:
        """Whether there is any use for records."""
        return bool(self.save or self.earlier)

    def changes_of(
        self, scenario: Scenario, backend: str, verification: Verification
    ) -> list[Change]:
        """What has changed of a scenario and backend, if anything was recorded now."""
        now, earlier = verification.records, self.earlier
        if not (earlier and now):
            return []
        return verification.timed("comparing", lambda: earlier.changes(scenario, backend, now))

    def failing(self, changes: list[Change]) -> list[Change]:
        return self.earlier.failing(changes) if self.earlier else []

    def failure_text(self, failing: list[Change], command: str) -> str:
        return self.earlier.failure_text(failing, command) if self.earlier else ""

    def add(self, told: dict[str, Any]) -> None:
        self.records += [Record(**record) for record in told["records"]]
        self.changes += [Change(**change) for change in told["changes"]]

    # -------------------------------------------------------------- the end
    def finish(self, *, finished: bool) -> list[str]:
        """Write the file of a finished run; what fails it, a line each."""
        self.finished = finished
        if not finished:
            return []
        return [*self.write(), *self.idle(), *self.gone()]

    def write(self) -> list[str]:
        """The file; why not, if it cannot be."""
        if self.save and self.records:
            run = {name: value for name, value in self.run.items() if name != "scenarios"}
            digest = generator_digest(self.run["options"].get("generation", 1))
            try:
                write_baseline(self.save, Baseline(self.environment, digest, run, self.records))
            except OSError as error:
                return [f"--baseline-save {self.save}: {error}"]
            self.saved = True
        return []

    def idle(self) -> list[str]:
        """What was asked for and could not be done."""
        nothing_saved = self.save and not self.records
        nothing_compared = self.earlier and all(c.verdict == NEW for c in self.changes)
        return [
            *(["--baseline-save had no effect: nothing was recorded"] if nothing_saved else []),
            *(["--baseline had no effect: nothing was compared"] if nothing_compared else []),
        ]

    def gone(self) -> list[str]:
        """Scenarios that the same options gave then, and do not give now."""
        if not self.earlier or self.earlier.baseline.run.get("options") != self.run["options"]:
            return []
        then = {scenario for scenario, _ in self.earlier.records}
        missing = sorted(then - set(self.run["scenarios"]))
        return [
            f"missing: {name} is in {self.earlier.path}, and no longer drawn" for name in missing
        ]

    # -------------------------------------------------------------- what a person sees
    def text(self) -> list[str]:
        return [*self.compared(), *self.said()]

    def compared(self) -> list[str]:
        if not (self.earlier and self.changes):
            return []
        told = as_text(self.changes, self.earlier.different)
        return [f"against {self.earlier.path}", *told.splitlines(), *self.loose(), *self.unasked()]

    def loose(self) -> list[str]:
        """Strictness that was asked for and does not apply."""
        if not (self.earlier and self.earlier.strict and self.earlier.different):
            return []
        return ["--baseline-strict: not in another environment: a change of bits fails nothing"]

    def unasked(self) -> list[str]:
        """How much of the baseline this run says nothing about."""
        seen = {(change.scenario, change.backend) for change in self.changes}
        then = self.earlier.records if self.earlier else {}
        count = len(then.keys() - seen)
        told = f"not run now: {count} of the {len(then)} scenarios × backends of the baseline"
        return [told] if count else []

    def said(self) -> list[str]:
        if self.saved:
            failed = sum(record.status in ("fail", "error") for record in self.records)
            with_failures = f", {failed:,} of them failures" if failed else ""
            return [f"baseline: {len(self.records):,} records{with_failures} in {self.save}"]
        if self.save and self.records:
            why = "" if self.finished else "the run did not come to its end, "
            return [f"baseline: {why}{self.save} is as it was"]
        return []

    def markdown(self) -> str:
        if not (self.earlier and self.changes):
            return ""
        return as_markdown(self.changes, self.earlier.different)
