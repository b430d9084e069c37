"""``crossgrad ledger``: its options, what it prints, and what it writes after that."""

import argparse
from importlib.util import find_spec

from comparisons.files import writable, write_whole
from comparisons.report.told import Told


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything is read."""
    if options.plot and not find_spec("matplotlib"):
        raise ValueError("--plot needs matplotlib: pip install -e '.[power]'")
    if options.plot and options.plot.suffix != ".svg":
        raise ValueError(f"--plot {options.plot}: expected a name that ends in .svg")
    taken = {file.resolve(): str(file) for file in options.files}
    for name in ("json", "plot"):
        path = getattr(options, name)
        if path and not writable(path):
            raise ValueError(f"--{name} {path}: cannot be written")
        if path and path.resolve() in taken:
            raise ValueError(f"--{name} {path}: would be written over {taken[path.resolve()]}")
        if path:
            taken[path.resolve()] = f"--{name}"


def ledger(options: argparse.Namespace) -> Told:
    """Read and compare; files are written when the table has been printed."""
    from comparisons.ledger.collect import ledger as collect  # noqa: PLC0415 - imports NumPy
    from comparisons.ledger.figures import as_json  # noqa: PLC0415
    from comparisons.ledger.table import as_text  # noqa: PLC0415

    found = collect(options.files)

    def write() -> None:
        if options.json:
            write_whole(options.json, as_json(found))
        if options.plot:
            from comparisons.ledger.plot import as_svg  # noqa: PLC0415 - optional

            write_whole(options.plot, as_svg(found))

    return Told(as_text(found), write=write)
