"""``crossgrad diff``: its options, and what it makes of them."""

import argparse

from crossgrad.comparisons.backends import MODES, load_backend
from crossgrad.comparisons.backends.modes import family
from crossgrad.comparisons.choice import Choice
from crossgrad.comparisons.diff.files import compared as compare_files
from crossgrad.comparisons.diff.found import Found
from crossgrad.comparisons.diff.run import compared as compare_settings
from crossgrad.comparisons.diff.settings import as_text, concerned, setting
from crossgrad.comparisons.diff.sides import Side, side
from crossgrad.comparisons.files import check_output, write_whole
from crossgrad.comparisons.report.told import Told

#: What chooses the scenarios, and what is asked under which settings.
ASKED = ("backend", "env", "against", *Choice._fields)


def diff(options: argparse.Namespace) -> Told:
    """Compare; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""
    if options.list:
        if options.json:
            raise ValueError("--json has no effect on --list")
        return Told(as_text())
    check(options)
    found = files(options) if options.files else settings(options)

    def write() -> None:
        if options.json:
            write_whole(options.json, found.as_json())

    return Told(found.as_text(), found.code, write)


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line, before anything runs."""
    given = [name for name in ASKED if getattr(options, name) is not None]
    if not options.files and not (options.env or options.against):
        raise ValueError("give two files, OLD and NEW, or a setting, --env SETTING (see --list)")
    if options.files and given:
        raise ValueError(f"--{given[0]} has no effect on files: give one of them")
    if options.files and len(options.files) != 2:  # noqa: PLR2004 - before and now
        raise ValueError(f"files given: {len(options.files)}, needed are two, OLD and NEW")
    check_output("--json", options.json)
    if options.json and options.json.resolve() in [path.resolve() for path in options.files]:
        raise ValueError(f"--json {options.json}: one of the files to compare")


def files(options: argparse.Namespace) -> Found:
    """Two of them."""
    return compare_files(*options.files)


def settings(options: argparse.Namespace) -> Found:
    """The same scenarios under two."""
    sides = chosen_sides(options.against or [], options.env or [])
    choice = Choice(*(getattr(options, name) for name in Choice._fields))
    return compare_settings(sides, chosen_backends(options), choice.scenarios())


def chosen_sides(against: list[str], env: list[str]) -> tuple[Side, Side]:
    """Before and now; raises ``ValueError``, also if there is no difference."""
    before, now = side(against), side(env)
    if (before.environment, set(before.calls)) == (now.environment, set(now.calls)):
        raise ValueError(f"both sides are the same: {before} and {now}")
    return before, now


def chosen_backends(options: argparse.Namespace) -> list[str]:
    """Those named, or those that all settings concern; raises ``ValueError``."""
    names = [*(options.env or []), *(options.against or [])]
    backends = list(dict.fromkeys(options.backend or concerned(names)))
    if not backends:
        raise ValueError(f"no backend that {', '.join(names)} all concern: name one by --backend")
    for backend in backends:
        if backend not in MODES and ":" not in backend:
            load_backend(backend)  # says what is known
        for name in names if backend in MODES else ():
            if family(backend) not in setting(name).backends:
                raise ValueError(
                    f"setting {name!r} does not concern {backend}: it is one of "
                    f"{', '.join(setting(name).backends)}"
                )
    return backends
