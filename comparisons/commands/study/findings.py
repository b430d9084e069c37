"""What a study has found: little is kept of each block."""

from crossgrad.comparisons.commands.study.columns import Columns
from crossgrad.comparisons.commands.study.folder import Header
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.reports.page.summary import Summary


class Found:
    """What the table and the page of a study show, and which blocks there are."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.summary = Summary()
        self.blocks: set[int] = set()

    def add(self, block: int, rows: list[Row], columns: list[Columns]) -> None:
        """A block's rows, and the seconds of each backend in it, once."""
        self.blocks.add(block)
        for row in rows:
            self.summary.add(row)
        seconds = {"checks" if c["against"] else c["backend"]: c["seconds"] for c in columns}
        for stage, spent in seconds.items():
            self.summary.took(rows[0].scenario, stage, spent)

    @property
    def cases(self) -> int:
        return len(self.blocks) * self.header.plan.draws

    @property
    def missing(self) -> int:
        """How many blocks are not there, of those that all cases asked for need."""
        needed = self.header.plan.blocks(self.header.cases)
        return len(needed) - sum(block in needed for block in self.blocks)
