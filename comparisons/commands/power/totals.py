"""What alarms come to: the table, each with its reproduction, and one line that says it all."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from crossgrad.comparisons.backends.variants import VARIANT
from crossgrad.comparisons.commands.study.block import both
from crossgrad.comparisons.commands.study.columns import Columns
from crossgrad.comparisons.commands.study.plan import Plan
from crossgrad.comparisons.judging.row import PASSED, Row
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.failure import alarm_text
from crossgrad.comparisons.reports.table import (
    TITLE,
    columns_of,
    headings,
    named,
    notes,
    table_lines,
)

#: So many alarms are told whole.
TOLD = 20


class Totals:
    """The rows of the blocks that are asked for, merged; the same in any order of the blocks."""

    def __init__(self, plan: Plan, asked: range) -> None:
        self.plan = plan
        self.asked = asked
        self.rows: list[Row] = []
        self.cases: Counter[tuple[str, str]] = Counter()
        self.draws = 0

    def add(self, block: int, rows: list[Row], _: list[Columns]) -> None:
        if block not in self.asked:
            return
        self.draws += self.plan.draws
        self.rows = merged([*self.rows, *rows])
        for name in {named(row) for row in rows if row.check}:
            self.cases[name, self.plan.scenario(block).dtype] += self.plan.draws

    @property
    def entries(self) -> int:
        return sum(row.entries for row in self.rows)

    @property
    def alarms(self) -> list[Row]:
        """Residuals above 1 that nothing explains, and answers that never came."""
        return [row for row in self.rows if row.failed]

    # -------------------------------------------------------------- as text
    def as_text(self) -> str:
        """The table, what stands below it, the alarms, and the line that says it all."""
        return "\n".join([TITLE, "", self.table(), "", *notes(self.rows), *self.told(), self.line])

    def table(self) -> str:
        found = table_lines(self.rows)
        explained, alarms = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for row in self.rows:
            key = named(row), Scenario.parse(row.scenario).dtype
            explained[key] += sum(entries for entries, _ in row.explained.values())
            alarms[key] += row.failed
        columns = columns_of(found.values())
        heads = headings(columns)
        heads = [*heads[:2], "cases", *heads[2:], "explained", "alarms"]
        lines = []
        for key, line in sorted(found.items(), key=backends_first):
            cells = [f"{self.cases[key]:,}", *line.cells(columns)]
            ends = [f"{explained[key]:,}", f"{alarms[key]:,}"]
            lines.append([key[0].removeprefix(VARIANT), key[1], *cells, *ends])
        return in_columns(heads, lines)

    def told(self) -> list[str]:
        """Each scenario and backend that raised an alarm, with the line that shows it again."""
        groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.alarms:
            groups[row.scenario, row.backend, row.against].append(row)
        texts = [alarm_text(rows) for rows in list(groups.values())[:TOLD]]
        more = len(groups) - len(texts)
        return [*texts, *([f"and {more} more that raise an alarm"] if more else [])]

    @property
    def line(self) -> str:
        """Cases, entries, residuals above 1; errors only if there are any."""
        statuses = Counter(row.status for row in self.alarms)
        errors = f", {statuses['error']:,} errors" if statuses["error"] else ""
        counted = f"{self.draws:,} cases, {self.entries:,} entries compared"
        return f"{counted}, {statuses['fail']:,} residuals above 1{errors}"


def backends_first(line: tuple[tuple[str, str], object]) -> tuple[bool, bool, tuple[str, str]]:
    """Backends, variants, pairs; each by name and format."""
    name = line[0][0]
    return "~" in name, ":" in name, line[0]


def merged(rows: Iterable[Row]) -> list[Row]:
    """The worst row of each backend, format and check, with the entries of all.

    What failed, erred or was not supported stays as it is. The same in any order of the rows.
    """
    kept: list[Row] = []
    worst: dict[tuple[str, ...], Row] = {}
    formats = cache(lambda scenario: Scenario.parse(scenario).dtype)
    for row in rows:
        if row.status not in PASSED:
            kept.append(row)
            continue
        key = row.backend, row.against, row.check, formats(row.scenario)
        worst[key] = both(worst[key], row) if key in worst else row
    return sorted([*kept, *worst.values()], key=Row.order)
