"""From options to a folder: a new one, or one to go on with. Nobody else writes to it then."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from crossgrad.comparisons.commands.study.folder import Folder, Header, locked
from crossgrad.comparisons.commands.study.plan import plan_of
from crossgrad.comparisons.problems.choice import parse_shard


@contextmanager
def folder_of(options: argparse.Namespace) -> Iterator[Folder]:
    """Where the rows go; raises ``ValueError`` and ``OSError`` with one line."""
    if options.resume and not is_there(options.out):
        Folder.open(options.out)
    new = None if options.resume else new_folder(options)
    options.out.mkdir(parents=True, exist_ok=True)
    with locked(options.out):
        if new:
            check_empty(options.out)  # again: somebody else may have been quicker
        folder = new or gone_on(Folder.open(options.out), options)
        yield folder.write_header()


def check_empty(path: Path) -> None:
    """Raise ``ValueError`` where something is."""
    if is_there(path):
        raise ValueError(f"--out {path}: not empty: go on with --resume, or take another")


def is_there(path: Path) -> bool:
    """Whether anything is; raises ``ValueError`` if that is no folder."""
    if path.exists() and not path.is_dir():
        raise ValueError(f"--out {path}: not a folder")
    return path.is_dir() and any(path.iterdir())


def new_folder(options: argparse.Namespace) -> Folder:
    check_empty(options.out)
    asked = options.seed, options.draws, options.dtype, options.backend
    shard = parse_shard(options.shard)
    plan = plan_of(*asked, cases=options.cases)
    return Folder(options.out, Header(plan, options.cases, shard, options.format or "jsonl").here())


def gone_on(folder: Folder, options: argparse.Namespace) -> Folder:
    """With what is asked for now; not written yet."""
    agree(folder, options)
    header = folder.header
    shard = parse_shard(options.shard) if options.shard else header.shard
    header = replace(header, cases=options.cases or header.cases, shard=shard)
    return Folder(folder.path, header.here())


def agree(folder: Folder, options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line, where the folder is of another study."""
    header = folder.header
    here = plan_of(options.seed, options.draws, options.dtype, [*header.plan.backends])
    header.plan.check(here.versions, f"here: {folder.path} cannot be gone on with")
    there = header.plan.told() | {"format": header.form}
    asked = here.told() | {"format": options.format, "backend": ",".join(options.backend or ())}
    for name in ("seed", "draws", "dtype", "backend", "format"):
        if getattr(options, name) is not None and asked[name] != there[name]:
            raise ValueError(f"--{name}: the study in {folder.path} has {there[name]}")
    if options.cases is not None and options.cases < header.cases:
        raise ValueError(f"--cases: the study in {folder.path} has {header.cases}, and can grow")
