"""Tables without a frame for a terminal, and as Markdown for a page; cells are texts."""

#: Nothing is cut: rather than a name, a terminal may break a line.
WIDEST = 10_000


def in_columns(headings: list[str], lines: list[list[str]], left: int = 2) -> str:
    """For a terminal; what follows the first ``left`` columns are numbers."""
    from rich.console import Console  # noqa: PLC0415 - only at the end of a run
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="left" if i < left else "right", no_wrap=True)
    for line in lines:
        table.add_row(*line)
    console = Console(width=WIDEST, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def in_markdown(headings: list[str], lines: list[list[str]], left: int = 2) -> str:
    marks = ["---"] * left + ["--:"] * (len(headings) - left)
    return "\n".join(f"| {' | '.join(line)} |" for line in [headings, marks, *lines])
