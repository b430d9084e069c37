"""``crossgrad train``: its options, and what it makes of them."""

import argparse

from comparisons.files import check_output, write_whole
from comparisons.report.told import Told


def train(options: argparse.Namespace) -> Told:
    """Descend; files are written when the text has been printed.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    check(options)
    from comparisons.backends import DEFAULT, load_backend  # noqa: PLC0415 - imports NumPy
    from comparisons.training.course import course  # noqa: PLC0415
    from comparisons.training.descent import train as descend  # noqa: PLC0415
    from comparisons.training.figures import as_json  # noqa: PLC0415
    from comparisons.training.table import as_text  # noqa: PLC0415

    chosen = course(options.scenario, options.data, options.rate)
    backends = [load_backend(name) for name in dict.fromkeys(options.backend or DEFAULT)]
    found = descend(chosen, backends, options.steps)

    def write() -> None:
        if options.json:
            write_whole(options.json, as_json(found))
        if options.plot:
            from comparisons.training.plot import as_svg  # noqa: PLC0415 - slow to import

            write_whole(options.plot, as_svg(found))

    return Told(as_text(found), found.code, write)


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    check_output("--json", options.json)
    check_output("--plot", options.plot, ".svg")
    if options.json and options.plot and options.json.resolve() == options.plot.resolve():
        raise ValueError(f"--json and --plot: the same file {options.json}")
