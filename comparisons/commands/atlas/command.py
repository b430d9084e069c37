"""``crossgrad atlas``: its options, what it prints, and what it writes after that."""

import argparse
from collections.abc import Sequence

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.machine.location import require


def chosen(option: str, asked: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Those asked for, or all; raises ``ValueError``."""
    for name in asked or ():
        if name not in known:
            raise ValueError(f"{option} {name!r}: known are {', '.join(known)}")
    return [name for name in known if name in (asked or known)]


def atlas(options: argparse.Namespace) -> Output:
    """Measure; raises ``ValueError`` with one line that names the culprit."""
    require("flint", "atlas", "atlas")
    check_files({"json": options.json, "plot": options.plot})
    from crossgrad.comparisons.backends.modes import missing  # noqa: PLC0415
    from crossgrad.comparisons.commands.atlas import (  # noqa: PLC0415 - slow
        conventions,
        figures,
        report,
        survey,
    )
    from crossgrad.comparisons.commands.atlas.probes import PROBES  # noqa: PLC0415

    probes = chosen("--backend", options.backend, tuple(PROBES))
    lacks = {name: missing(name) for name in probes}
    if options.backend and any(lacks.values()):
        raise ValueError(next(f"--backend {name}: {why}" for name, why in lacks.items() if why))
    asked = survey.Asked(
        chosen("--function", options.function, survey.NAMES),
        chosen("--dtype", options.dtype, tuple(ALL_FORMATS)),
        [name for name, why in lacks.items() if not why],
        options.quick,
    )
    found = survey.survey(asked)
    if not found.lines and not found.answers:
        of = f"{', '.join(asked.functions)} in {', '.join(asked.probes)}"
        raise ValueError(f"nothing was measured: there is no {of}")
    changes = conventions.changes(found.answers, conventions.recorded())

    def picture() -> str:
        from crossgrad.comparisons.commands.atlas.plot import as_svg  # noqa: PLC0415 - slow to import

        return as_svg(found)

    files = {options.json: lambda: figures.as_json(found, changes), options.plot: picture}
    if options.record:
        files[conventions.RECORDED] = lambda: conventions.recorded_with(found.answers)
    left_out = [f"not measured: {name}: {why}" for name, why in lacks.items() if why]
    text = "\n".join([report.as_text(found, changes), *left_out])
    return Output(text, int(bool(changes) and not options.record), files)
