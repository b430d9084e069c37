"""``crossgrad study``: its options, and what it makes of them."""

import argparse
import shlex
from importlib.util import find_spec

from comparisons.files import check_output
from comparisons.report.told import Told
from comparisons.study.executors import executor_of, has_port

#: Options that say what is studied, by the names of the plan's fields.
PLAN = ("seed", "draws", "dtype", "backend")


def study(options: argparse.Namespace) -> Told:
    """Do what is missing, then tell what the folder has found.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    check(options)
    from comparisons.study import campaign  # noqa: PLC0415 - imports NumPy
    from comparisons.study.page import told  # noqa: PLC0415
    from comparisons.study.start import folder_of, merged  # noqa: PLC0415

    if options.merge:
        folder, notes = merged(options)
        return told(folder, options.report, notes)
    with executor_of(options.scheduler, options.jobs) as executor:
        folder = folder_of(options)
        with folder.locked():
            campaign.run(folder, executor)
    return told(folder, options.report, [])


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    if options.merge:
        no_effect(options, "merge", ("cases", "resume", "shard", "jobs", "scheduler", *PLAN))
    elif not options.cases and not options.resume:
        raise ValueError("--cases N is needed, or --resume to go on with what is there")
    if options.scheduler:
        no_effect(options, "scheduler", ("jobs",))
        if not has_port(options.scheduler):
            raise ValueError(
                f"--scheduler {options.scheduler}: expected an address, tcp://HOST:PORT"
            )
    needed = {"scheduler": "distributed"} if options.scheduler else {}
    needed |= {"format parquet": "pyarrow"} if options.format == "parquet" else {}
    for name, package in needed.items():
        if not find_spec(package):
            raise ValueError(f"--{name} needs {package}: pip install -e '.[study]'")
    if options.format not in (None, "jsonl", "parquet"):
        raise ValueError(f"--format {options.format}: known are jsonl, parquet")
    check_output("--report", options.report, ".html")


def no_effect(options: argparse.Namespace, option: str, others: tuple[str, ...]) -> None:
    """Nothing that is asked for is silently ignored."""
    for name in others:
        if getattr(options, name) is not None and getattr(options, name) is not False:
            raise ValueError(f"--{name} has no effect on --{option}: give one of them")


def interrupted(options: argparse.Namespace) -> str:
    """One line for who has pressed Ctrl-C."""
    if options.merge:
        return f"interrupted: {options.out} is not complete"
    command = f"crossgrad study --out {shlex.quote(str(options.out))} --resume"
    return f"interrupted: what is finished is in {options.out}; go on by {command}"
