"""``crossgrad bench``: its options, and what it prints."""

import argparse
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from crossgrad.comparisons.backends import check_backends
from crossgrad.comparisons.commands.bench.figures import Found
from crossgrad.comparisons.commands.bench.parts import PARTS
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.machine.location import require_suite


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    for name in options.parts:
        if name not in PARTS:
            raise ValueError(f"part {name!r}: known are {', '.join(PARTS)}")
    require_suite("bench")
    check_backends()
    check_files({"json": options.json, "plot": options.plot})
    if options.plot and "growth" not in chosen(options):
        raise ValueError("--plot is a picture of growth: name that part, or none")


def chosen(options: argparse.Namespace) -> list[str]:
    """Those named, or all, in their own order."""
    return [name for name in PARTS if name in options.parts or not options.parts]


def bench(options: argparse.Namespace) -> Output:
    """Measure part by part; a part that fails is told, and the others go on."""
    check(options)
    from crossgrad.comparisons.commands.bench.report import as_json, as_text  # noqa: PLC0415
    from crossgrad.comparisons.records.baseline.surroundings import surroundings, versions  # noqa: PLC0415
    from crossgrad.comparisons.reports.progress import Meter  # noqa: PLC0415

    machine = surroundings() | versions(("scikit-learn",))
    results: dict[str, Found] = {}
    failed: dict[str, str] = {}
    for name in chosen(options):
        with Meter(0, None, name) as meter:
            advance = partial(meter.advance, 1)
            try:
                results[name] = PARTS[name].measure(quick=options.quick, advance=advance)
            except (BrokenProcessPool, ChildProcessError, ValueError) as error:
                failed[name] = " ".join(str(error).split())

    def picture() -> str:
        from crossgrad.comparisons.commands.bench.plot import as_svg  # noqa: PLC0415 - slow to import

        return as_svg(results["growth"].series, machine)

    files = {options.json: lambda: as_json(results, machine)}
    if "growth" in results:
        files[options.plot] = picture
    text = [as_text(results, machine), *(f"{k} failed: {v}" for k, v in failed.items())]
    return Output("\n".join(text), int(bool(failed)), files)
