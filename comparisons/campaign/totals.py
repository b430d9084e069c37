"""What a campaign comes to: the table, the alarms with their reproductions, and one line."""

from collections import Counter, defaultdict

from crossgrad.comparisons.campaign.block import VARIANT, merged
from crossgrad.comparisons.report.columns import in_columns
from crossgrad.comparisons.report.failure import failure_text, reproduction
from crossgrad.comparisons.report.table import (
    TITLE,
    columns_of,
    headings,
    named,
    notes,
    table_lines,
)
from crossgrad.comparisons.row import Row
from crossgrad.comparisons.scenario import Scenario

#: So many alarms are told whole.
TOLD = 20


class Totals:
    """The rows of all blocks, merged; the same in any order of the blocks."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.rows: list[Row] = []
        self.cases: Counter[tuple[str, str]] = Counter()
        self.draws = 0

    def add(self, scenario: Scenario, rows: list[Row]) -> None:
        """Count a finished block."""
        self.draws += scenario.draws
        self.rows = merged([*self.rows, *rows])
        for name in {named(row) for row in rows if row.check}:
            self.cases[name, scenario.dtype] += scenario.draws

    @property
    def entries(self) -> int:
        """How many numbers were compared."""
        return sum(row.entries for row in self.rows)

    @property
    def alarms(self) -> list[Row]:
        """Residuals above 1 that nothing explains, and answers that never came."""
        return [row for row in self.rows if row.status in ("fail", "error")]

    # -------------------------------------------------------------- as text
    def as_text(self) -> str:
        """The table, what stands below it, the alarms, and the line that says it all."""
        return "\n".join([TITLE, "", self.table(), "", *notes(self.rows), *self.told(), self.line])

    def table(self) -> str:
        """Backends first, then variants, then pairs."""
        explained, alarms = self.per_line()
        found = table_lines(self.rows)
        columns = columns_of(found.values())
        heads = headings(columns)
        heads = [*heads[:2], "cases", *heads[2:], "explained", "alarms"]
        lines = [
            [
                name.removeprefix(VARIANT),
                dtype,
                f"{self.cases[name, dtype]:,}",
                *line.cells(columns),
                f"{explained[name, dtype]:,}",
                f"{alarms[name, dtype]:,}",
            ]
            for (name, dtype), line in sorted(found.items(), key=backends_first)
        ]
        return in_columns(heads, lines)

    def per_line(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """How many entries are explained, and how many alarms there are, in each line."""
        explained, alarms = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for row in self.rows:
            key = named(row), Scenario.parse(row.scenario).dtype
            explained[key] += sum(entries for entries, _ in row.explained.values())
            alarms[key] += row.status in ("fail", "error")
        return explained, alarms

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


def alarm_text(rows: list[Row]) -> str:
    """What was seen in one scenario of one backend or pair, and how to see it again."""
    first = rows[0]
    names = [first.backend, first.against] if first.against else [first.backend]
    command = reproduction(names, first.scenario)
    if first.status == "error":
        return f"{first.backend} gives no answer: {first.cause}\n  reproduce     {command}"
    return failure_text(rows, command)
