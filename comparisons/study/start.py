"""From options to a folder: a new one, one to go on with, or several put together."""

import argparse
from pathlib import Path

from comparisons.baseline.surroundings import surroundings
from comparisons.scenario import parse_shard
from comparisons.study.folder import Folder, Header
from comparisons.study.merge import header_of, merge
from comparisons.study.plan import Plan, plan_of


def folder_of(options: argparse.Namespace) -> Folder:
    """Where the rows go; raises ``ValueError`` and ``OSError`` with one line."""
    shard = parse_shard(options.shard) if options.shard else None
    asked = options.seed, options.draws, options.dtype, options.backend
    there = is_there(options.out)
    if not options.resume:
        if there:
            raise ValueError(
                f"--out {options.out}: not empty: go on with --resume, or take another"
            )
        plan, form = plan_of(*asked, cases=options.cases), options.format or "jsonl"
        header = Header(plan, options.cases, shard or (1, 1), form)
        return Folder.create(options.out, noted(header))
    folder = Folder.open(options.out)
    agree(folder, plan_of(*asked), options)
    cases, shard = options.cases or folder.header.cases, shard or folder.header.shard
    machines = noted(folder.header).machines
    return folder.noted(cases=cases, shard=shard, machines=machines)


def is_there(path: Path) -> bool:
    """Whether anything is; raises ``ValueError`` if that is no folder."""
    if path.exists() and not path.is_dir():
        raise ValueError(f"--out {path}: not a folder")
    return path.is_dir() and any(path.iterdir())


def noted(header: Header) -> Header:
    """With this machine among those that the study was done on."""
    here = surroundings()
    if here in header.machines:
        return header
    return Header(header.plan, header.cases, header.shard, header.form, [*header.machines, here])


def agree(folder: Folder, here: Plan, options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line, where the folder is of another study."""
    plan = folder.header.plan
    plan.check(here.versions, f"here: {folder.path} cannot be gone on with")
    there = plan.told() | {"format": folder.header.form}
    asked = here.told() | {"format": options.format}
    for name in ("seed", "draws", "dtype", "backend", "format"):
        if getattr(options, name) is not None and asked[name] != there[name]:
            raise ValueError(f"--{name}: the study in {folder.path} has {there[name]}")


def merged(options: argparse.Namespace) -> tuple[Folder, list[str]]:
    """All of the folders as a new one, and what is to be said of it."""
    if is_there(options.out):
        raise ValueError(f"--out {options.out}: not empty: take another folder")
    folders = [Folder.open(path) for path in options.merge]
    form = options.format or folders[0].header.form
    header_of(folders, form)
    folder, twice = merge(options.out, folders, form)
    return folder, [f"{twice} blocks were in more than one folder: counted once"] if twice else []
