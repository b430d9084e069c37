"""What a run is asked, by its options: which backends, which scenarios, and what is recorded.

Whatever is wrong with an option raises ``ValueError`` with one line that names it.
"""

from itertools import chain

import pytest

from crossgrad.comparisons.backends import DEFAULT, check_backends
from crossgrad.comparisons.backends.modes import family, present, release
from crossgrad.comparisons.machine.environment import PLATFORMS, prepare
from crossgrad.comparisons.machine.files import check_files, flag
from crossgrad.comparisons.problems.choice import Choice, parse_shard
from crossgrad.comparisons.records.baseline.file import Baseline, read_baseline
from crossgrad.comparisons.reports.coverage import Survey
from crossgrad.comparisons.reports.recording import Recording, recording
from crossgrad.comparisons.suite.survey import notes, recorded, supported, survey

#: The options that name a file; the last is read, the others are written.
FILES = ("results", "report", "baseline_save", "baseline")
SURVEY = pytest.StashKey[Survey]()
RECORDING = pytest.StashKey[Recording]()


def begin(config: pytest.Config) -> None:
    """Check all options, and store who is asked what and what is recorded."""
    parse_shard(config.getoption("shard"))
    cached = not config.getoption("no_compile_cache")
    prepare(chosen_device(config), compile_cache=cached)
    names = [name for name in chosen_backends(config) if name != "list"]
    check_backends(names)
    path = config.getoption("baseline")
    baseline = read_baseline(path) if path else None
    config.stash[SURVEY] = who = asked(config, names, baseline)
    config.stash[RECORDING] = started(config, who, baseline)


def asked(config: pytest.Config, names: list[str], baseline: Baseline | None) -> Survey:
    """Who is asked what: what the options choose; if they choose nothing, what a baseline has."""
    choice = chosen(config)
    if baseline and choice == Choice():
        return recorded(baseline.answers(), names)
    return survey(choice, names)


def started(config: pytest.Config, who: Survey, baseline: Baseline | None) -> Recording:
    """What is recorded of this run, and what it is compared with."""
    scenarios, choice = list(map(str, who)), chosen(config)
    if baseline and choice == Choice():
        choice = Choice(scenarios)
    run = {
        "options": choice.as_dict(),
        "scenarios": scenarios,
        "backends": chosen_backends(config),
        "shard": config.getoption("shard") or "1/1",
    }
    paths = {name: config.getoption(name) for name in FILES if config.getoption(name)}
    strict = config.getoption("baseline_strict")
    runs = not any(map(config.getoption, ("collectonly", "setuponly", "setupplan")))
    runs &= "list" not in chosen_backends(config)
    if config.getoption("dist", "no") == "each" and paths:
        raise ValueError("--dist each: every worker would tell of every scenario")
    written = {name: path for name, path in paths.items() if name != "baseline"}
    check_files(written, [paths["baseline"]] if "baseline" in paths else [])
    if strict and "baseline" not in paths:
        raise ValueError("--baseline-strict has no effect without --baseline")
    if not runs and (idle := [name for name in paths if name != "results"]):
        raise ValueError(f"{', '.join(map(flag, idle))}: no effect where no test is run")
    return recording(
        paths.get("baseline_save"), paths.get("baseline"), baseline, run, strict=strict
    )


# ------------------------------------------------------------------ what the options choose
def chosen(config: pytest.Config) -> Choice:
    """The scenarios, by the options that choose them."""
    return Choice(*map(config.getoption, Choice._fields))


def chosen_device(config: pytest.Config) -> str:
    name = config.getoption("device") or "cpu"
    if name not in PLATFORMS:
        raise ValueError(f"--device {name}: known are {', '.join(PLATFORMS)}")
    return name


def chosen_backends(config: pytest.Config) -> list[str]:
    """Those named, or all three; ``all`` is every one that is installed."""
    named = config.getoption("backend") or DEFAULT
    groups = [present() if name == "all" else [name] for name in named]
    return list(dict.fromkeys(chain.from_iterable(groups)))


# ------------------------------------------------------------------ what is said of it first
def header(config: pytest.Config) -> list[str]:
    """What is compared, in which versions; read without importing them; what was found out."""
    names = chosen_backends(config)
    families = dict.fromkeys(map(family, names))
    versions = ", ".join(f"{name} {release(name)}" for name in families if release(name))
    scenarios, device = len(config.stash[SURVEY]), chosen_device(config)
    where = f"{device} ({versions})" if versions else device
    first = f"crossgrad: {scenarios} scenarios, {', '.join(names)} on {where}"
    read = [line for name in names if name != "list" for line in notes(name, chosen(config))]
    return [first, *read, *restricted(config, names)]


def restricted(config: pytest.Config, names: list[str]) -> list[str]:
    """A line for each backend that supports less than everything, where that makes a difference."""
    if config.getoption("scenario") or "list" in names:
        return []
    choice = chosen(config)
    return [
        f"{name} supports only this, and is asked as many networks of it as others of all: {domain}"
        for name in names
        for domain in supported(name, choice)
        if str(domain)
    ]
