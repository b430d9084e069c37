"""``crossgrad ledger``: its options, what it prints, and what it writes after that."""

import argparse

from crossgrad.comparisons.files import check_output, check_picture, write_whole
from crossgrad.comparisons.report.told import Told


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything is read."""
    check_output("--json", options.json)
    check_picture("--plot", options.plot)
    taken = {file.resolve(): str(file) for file in options.files}
    for name in ("json", "plot"):
        path = getattr(options, name)
        if path and path.resolve() in taken:
            raise ValueError(f"--{name} {path}: would be written over {taken[path.resolve()]}")
        if path:
            taken[path.resolve()] = f"--{name}"


def ledger(options: argparse.Namespace) -> Told:
    """Read and compare; files are written when the table has been printed."""
    from crossgrad.comparisons.ledger.collect import ledger as collect  # noqa: PLC0415 - imports NumPy
    from crossgrad.comparisons.ledger.figures import as_json  # noqa: PLC0415
    from crossgrad.comparisons.ledger.table import as_text  # noqa: PLC0415

    found = collect(options.files)

    def write() -> None:
        if options.json:
            write_whole(options.json, as_json(found))
        if options.plot:
            from crossgrad.comparisons.ledger.plot import as_svg  # noqa: PLC0415 - slow to import

            write_whole(options.plot, as_svg(found))

    return Told(as_text(found), write=write)
