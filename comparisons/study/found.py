"""What a folder has found, read once from its beginning to its end: little is kept of it."""

from collections.abc import Iterable

from crossgrad.comparisons.page.summary import Summary
from crossgrad.comparisons.row import Row
from crossgrad.comparisons.study.columns import Columns, from_columns
from crossgrad.comparisons.study.folder import Folder


class Found:
    """What the table and the page of a study show, and which blocks there are."""

    def __init__(self, folder: Folder) -> None:
        """Read it all; raises ``ValueError`` that names the file."""
        self.folder = folder
        self.summary = Summary()
        self.blocks: set[int] = set()
        for block, columns in folder.blocks():
            try:
                rows = list(map(from_columns, columns))
            except ValueError as error:
                raise ValueError(f"{folder.rows}: block {block}: no row: {error}") from None
            except (TypeError, KeyError, AttributeError):
                raise ValueError(f"{folder.rows}: block {block}: no row of a study") from None
            self.blocks.add(block)
            self.add(rows, columns)

    def add(self, rows: Iterable[Row], columns: Iterable[Columns]) -> None:
        """A block's rows, and the seconds of each backend in it, once."""
        seconds = {}
        for row, values in zip(rows, columns, strict=True):
            self.summary.add(row)
            seconds[row.scenario, "checks" if row.against else row.backend] = values["seconds"]
        for (scenario, stage), spent in seconds.items():
            self.summary.took(scenario, stage, spent)

    @property
    def cases(self) -> int:
        """Draws that are finished."""
        return len(self.blocks) * self.folder.header.plan.draws

    @property
    def missing(self) -> int:
        """How many blocks are not there, of those that all cases asked for need."""
        header = self.folder.header
        needed = header.plan.blocks(header.cases)
        return len(needed) - sum(block in needed for block in self.blocks)
