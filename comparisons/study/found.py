"""What a folder has found, read once from its beginning to its end: little is kept of it."""

from collections.abc import Iterable

from comparisons.campaign.totals import Totals
from comparisons.page.summary import Summary
from comparisons.study.columns import Columns, from_columns
from comparisons.study.folder import Folder
from comparisons.verdict import Row


class Found:
    """The table of a study, and what its page shows."""

    def __init__(self, folder: Folder) -> None:
        """Read it all; raises ``ValueError`` that names the file."""
        self.totals, self.summary = Totals(), Summary()
        self.blocks = 0
        for block, columns in folder.blocks():
            try:
                rows = list(map(from_columns, columns))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f"{folder.rows}: block {block}: no row: {error}") from None
            self.blocks += 1
            self.totals.add(folder.header.plan.scenario(block), rows)
            self.add(rows, columns)

    def add(self, rows: Iterable[Row], columns: Iterable[Columns]) -> None:
        """A block's rows, and the seconds of each backend in it, once."""
        seconds = {}
        for row, values in zip(rows, columns, strict=True):
            self.summary.add(row)
            if not row.against:
                seconds[row.scenario, row.backend] = values["seconds"]
        for (scenario, backend), spent in seconds.items():
            self.summary.took(scenario, backend, spent)

    @property
    def cases(self) -> int:
        """Draws that are finished."""
        return self.totals.draws
