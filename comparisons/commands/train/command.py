"""``crossgrad train``: its options, and what it makes of them."""

import argparse

from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_output, check_picture, write_whole


def train(options: argparse.Namespace) -> Output:
    """Descend; files are written when the text has been printed.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    check(options)
    from crossgrad.comparisons.backends import absent, load_backends  # noqa: PLC0415 - imports NumPy
    from crossgrad.comparisons.commands.train.course import course  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.descent import train as descend  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.figures import as_json  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.table import as_text  # noqa: PLC0415

    chosen = course(options.scenario, options.data, options.rate)
    found = descend(chosen, load_backends(options.backend), options.steps)

    def write() -> None:
        if options.json:
            write_whole(options.json, as_json(found))
        if options.plot:
            from crossgrad.comparisons.commands.train.plot import as_svg  # noqa: PLC0415 - slow to import

            write_whole(options.plot, as_svg(found))

    return Output("\n".join([as_text(found), *absent(options.backend)]), found.code, write)


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    check_output("--json", options.json)
    check_picture("--plot", options.plot)
    if options.json and options.plot and options.json.resolve() == options.plot.resolve():
        raise ValueError(f"--json and --plot: the same file {options.json}")
