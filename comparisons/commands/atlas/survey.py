"""The whole atlas, or a part: all that is asked for, measured one function and format at a time."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.atlas import arguments
from crossgrad.comparisons.commands.atlas.conventions import FOREIGN, GELU, Answers, answers
from crossgrad.comparisons.commands.atlas.functions import (
    ACTIVATION_NAMES,
    ELEMENTARY_NAMES,
    Function,
    activation,
    elementary,
)
from crossgrad.comparisons.commands.atlas.measurement import measure
from crossgrad.comparisons.commands.atlas.probes import PROBES, framework, offers
from crossgrad.comparisons.commands.atlas.refinement import Line
from crossgrad.comparisons.reports.progress import Meter

#: tanh, sigmoid and softplus are of both kinds.
NAMES = tuple(dict.fromkeys((*ACTIVATION_NAMES, *ELEMENTARY_NAMES)))


class Asked(NamedTuple):
    """Names of functions, formats and probes; a sixteenth of the numbers, or all."""

    functions: Sequence[str] = NAMES
    dtypes: Sequence[str] = tuple(ALL_FORMATS)
    probes: Sequence[str] = tuple(PROBES)
    quick: bool = False


class Atlas(NamedTuple):
    """What was asked for, and found; the versions of the frameworks."""

    asked: Asked
    lines: list[Line]
    answers: Answers
    versions: dict[str, str]


def survey(asked: Asked) -> Atlas:
    """Measure; shows how far it is to whoever watches a terminal."""
    functions = functions_of(asked.functions)
    lines: list[Line] = []
    found: Answers = {}
    chunks = {name: arguments.count(ALL_FORMATS[name], quick=asked.quick) for name in asked.dtypes}
    with Meter(0, len(functions) * sum(chunks.values()), "chunks") as meter:
        for function in functions:
            for fmt in map(ALL_FORMATS.__getitem__, asked.dtypes):
                probes = [p for p in asked.probes if asks(p, function)]
                if probes:
                    lines += measure(
                        function, fmt, probes, quick=asked.quick, advance=meter.advance
                    )
                if not function.elementary:
                    add_answers(found, function.name, fmt.name, asked.probes)
    if set(ACTIVATION_NAMES) <= set(asked.functions):
        for name in (*FOREIGN, GELU):
            for dtype in asked.dtypes:
                add_answers(found, name, dtype, asked.probes)
    return Atlas(asked, lines, found, versions(asked.probes))


def functions_of(names: Sequence[str]) -> list[Function]:
    activations = [activation(name) for name in ACTIVATION_NAMES if name in names]
    return [*activations, *(elementary(name) for name in ELEMENTARY_NAMES if name in names)]


def asks(probe: str, function: Function) -> bool:
    """Whether a function is measured with a probe."""
    return not function.elementary or offers(probe, function.name)


def add_answers(found: Answers, name: str, dtype: str, probes: Sequence[str]) -> None:
    """To the questions about a function, in a format."""
    for probe in probes:
        for question, answer in answers(probe, name, ALL_FORMATS[dtype]).items():
            found.setdefault(question, {}).setdefault(probe, {})[dtype] = answer


def versions(probes: Sequence[str]) -> dict[str, str]:
    told = {}
    for name in dict.fromkeys(map(framework, probes)):
        with suppress(PackageNotFoundError):
            told[name] = version(name)
    return told
