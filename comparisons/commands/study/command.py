"""``crossgrad study``: its options, and what it makes of them."""

import argparse
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from crossgrad.comparisons.commands.arguments import no_effect
from crossgrad.comparisons.commands.study.executors import executor_of, has_port
from crossgrad.comparisons.commands.study.rows import check_form
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.machine.location import require

#: Options that say what is studied.
PLAN = ("seed", "draws", "dtype", "backend")


def study(options: argparse.Namespace) -> Output:
    """Do what is missing, then tell what the folder has found.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    check(options)
    try:
        return found_by(options)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("" if options.merge else how_to_go_on(options)) from None


def found_by(options: argparse.Namespace) -> Output:
    from crossgrad.comparisons.commands.study.engine import run  # noqa: PLC0415
    from crossgrad.comparisons.commands.study.findings import Found  # noqa: PLC0415 - imports NumPy
    from crossgrad.comparisons.commands.study.merge import merged  # noqa: PLC0415
    from crossgrad.comparisons.commands.study.report import told  # noqa: PLC0415
    from crossgrad.comparisons.commands.study.start import folder_of  # noqa: PLC0415

    if options.merge:
        return told(*merged(options.out, options.merge, options.format), options.report)
    with (
        executor_of(options.scheduler, options.jobs) as executor,
        folder_of(options) as folder,
        told_how_to_go_on(options),
    ):
        header = folder.header
        found = Found(header)
        run(header.plan, header.plan.blocks(header.cases, header.shard), folder, executor, found)
    return told(folder, found, [], options.report)


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    if options.merge:
        no_effect(options, ("cases", "resume", "shard", "jobs", "scheduler", *PLAN), "merge")
    elif not options.cases and not options.resume:
        raise ValueError("--cases N is needed, or --resume to go on with what is there")
    elif not options.resume:
        from crossgrad.comparisons.backends import DEFAULT, check_backends  # noqa: PLC0415 - NumPy

        check_backends(options.backend or DEFAULT)
    if options.scheduler is not None:
        check_scheduler(options)
    if options.format is not None:
        check_form(options.format)
    check_files({"report": options.report})


def check_scheduler(options: argparse.Namespace) -> None:
    no_effect(options, ("jobs",), "scheduler")
    require("distributed", "--scheduler", "study")
    if not has_port(options.scheduler):
        raise ValueError(f"--scheduler {options.scheduler}: expected an address, tcp://HOST:PORT")


@contextmanager
def told_how_to_go_on(options: argparse.Namespace) -> Iterator[None]:
    """A full disk, a worker that died, a cluster that is lost: what is finished is there."""
    try:
        yield
    except OSError as error:
        raise OSError(f"{error}; {how_to_go_on(options)}") from None


def how_to_go_on(options: argparse.Namespace) -> str:
    """For who has a study that is not finished."""
    command = f"crossgrad study --out {shlex.quote(str(options.out))} --resume"
    return f"what is finished is in {options.out}; go on by {command}"
