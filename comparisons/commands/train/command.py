"""``crossgrad train``: its options, and what it makes of them."""

import argparse

from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files


def train(options: argparse.Namespace) -> Output:
    """Descend; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""
    check_files({"json": options.json, "plot": options.plot})
    from crossgrad.comparisons.backends import absent, load_backends  # noqa: PLC0415 - imports NumPy
    from crossgrad.comparisons.commands.train.course import course  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.descent import train as descend  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.figures import as_json  # noqa: PLC0415
    from crossgrad.comparisons.commands.train.table import as_text  # noqa: PLC0415

    chosen = course(options.scenario, options.data, options.rate)
    found = descend(chosen, load_backends(options.backend), options.steps)

    def picture() -> str:
        from crossgrad.comparisons.commands.train.plot import as_svg  # noqa: PLC0415 - slow to import

        return as_svg(found)

    text = "\n".join([as_text(found), *absent(options.backend)])
    files = {options.json: lambda: as_json(found), options.plot: picture}
    return Output(text, found.code, files)
