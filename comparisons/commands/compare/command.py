"""``crossgrad compare``: its options, and what it makes of them."""

import argparse

from crossgrad.comparisons.backends import MODES, load_backend
from crossgrad.comparisons.backends.modes import family
from crossgrad.comparisons.commands.compare import ledger_text
from crossgrad.comparisons.commands.compare.judgement import pair_under
from crossgrad.comparisons.commands.compare.ledger import Ledger, ledger_of
from crossgrad.comparisons.commands.compare.pair import Pair, pair_of
from crossgrad.comparisons.commands.compare.settings import Setup, concerned, listed, setting, setup
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.records.baseline.file import read_baseline

#: What chooses the scenarios, and what is asked under which settings.
ASKED = ("backend", "env", "against", *Choice._fields)
OUTPUTS = ("json", "plot")


def compare(options: argparse.Namespace) -> Output:
    """Compare; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""
    check(options)
    if options.list:
        return Output(listed())
    baselines = [(path, read_baseline(path)) for path in options.files]
    several = len(baselines) > 2  # noqa: PLR2004 - before and now
    ledger = ledger_of(baselines) if several or options.plot else None
    if ledger and several:
        text, figures, code = ledger_text.as_text(ledger), ledger.as_dict, 0
    else:
        pair = pair_of(*baselines) if baselines else under_settings(options)
        text, figures, code = pair.as_text(), pair.as_dict, pair.code

    files = {options.json: lambda: codec.page(figures())}
    if ledger:
        files[options.plot] = lambda: picture(ledger)
    return Output(text, code, files)


def picture(ledger: Ledger) -> str:
    from crossgrad.comparisons.commands.compare.picture import as_svg  # noqa: PLC0415 - slow to import

    return as_svg(ledger)


# ------------------------------------------------------------------ what is refused
def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line, before anything is read or run."""
    asked = [f"--{name}" for name in ASKED if getattr(options, name) is not None]
    outputs = [f"--{name}" for name in OUTPUTS if getattr(options, name)]
    if options.list:
        for without_effect in [*outputs, *asked, *options.files]:
            raise ValueError(f"{without_effect} has no effect on --list")
        return
    if not (options.files or options.env or options.against):
        raise ValueError("give two files or more, or a setting, --env SETTING (see --list)")
    if options.files and asked:
        raise ValueError(f"{asked[0]} has no effect on files: give one of them")
    if len(options.files) == 1:
        raise ValueError("files given: 1, needed are two or more")
    if options.plot and not options.files:
        raise ValueError("--plot has no effect on settings: it draws files")
    check_files({name: getattr(options, name) for name in OUTPUTS}, options.files)


# ------------------------------------------------------------------ two settings
def under_settings(options: argparse.Namespace) -> Pair:
    """The same scenarios under two; raises ``ValueError``, also if there is no difference."""
    before, now = setup(options.against or []), setup(options.env or [])
    if (before.environment, set(before.calls)) == (now.environment, set(now.calls)):
        raise ValueError(f"both sides are the same: {before} and {now}")
    choice = Choice(*(getattr(options, name) for name in Choice._fields))
    return pair_under((before, now), backends(options, before, now), choice.scenarios())


def backends(options: argparse.Namespace, before: Setup, now: Setup) -> list[str]:
    """Those named, or those that all settings concern; raises ``ValueError``."""
    names = [*now.names, *before.names]
    chosen = list(dict.fromkeys(options.backend or concerned(names)))
    if not chosen:
        raise ValueError(f"no backend that {', '.join(names)} all concern: name one by --backend")
    for backend in chosen:
        if backend not in MODES and ":" not in backend:
            load_backend(backend)  # says what is known
        for name in names if backend in MODES else ():
            if family(backend) not in setting(name).backends:
                raise ValueError(
                    f"setting {name!r} does not concern {backend}: it is one of "
                    f"{', '.join(setting(name).backends)}"
                )
    return chosen
