"""``crossgrad divergences``: its options, what it prints, and what it writes after that."""

import argparse
from collections.abc import Sequence

from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files


def divergences(options: argparse.Namespace) -> Output:
    """Run the reproductions again; 1 if one that was run no longer reproduces, or none was run."""
    check_files({"json": options.json, "markdown": options.markdown})
    from crossgrad.comparisons.commands.divergences import report  # noqa: PLC0415
    from crossgrad.comparisons.divergences import DIVERGENCES  # noqa: PLC0415 - imports NumPy
    from crossgrad.comparisons.divergences.reproductions import reproduce  # noqa: PLC0415

    known = {entry.name: entry for entry in DIVERGENCES}
    outcomes = reproduce([known[name] for name in chosen(options.names, list(known))])

    files = {options.json: lambda: report.as_json(outcomes)}
    files[options.markdown] = lambda: report.as_markdown(outcomes)
    text = report.as_text(outcomes, code=options.show)
    if not any(outcome.asked for outcome in outcomes):
        text += "\nnothing was run: none of them is of what is installed here"
        return Output(text, 1, files)
    return Output(text, int(bool(report.failed(outcomes))), files)


def chosen(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those that are named, each once; all, if none is."""
    for name in names:
        if name not in known:
            raise ValueError(f"divergence {name!r}: known are {', '.join(known)}")
    return list(dict.fromkeys(names or known))
