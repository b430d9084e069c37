"""The atlas as JSON: every figure of its tables, the profiles, and the conventions."""

from collections.abc import Sequence
from dataclasses import asdict

from crossgrad.comparisons.commands.atlas.conventions import Change
from crossgrad.comparisons.commands.atlas.search import middles
from crossgrad.comparisons.commands.atlas.survey import Atlas
from crossgrad.comparisons.machine import codec


def as_json(atlas: Atlas, changes: Sequence[Change]) -> str:
    values = {
        "versions": atlas.versions,
        "quick": atlas.asked.quick,
        "profile at |z|": [*middles()],
        "lines": [asdict(line) | {"beyond": line.beyond} for line in atlas.lines],
        "conventions": atlas.answers,
        "changes": [change._asdict() for change in changes],
    }
    return codec.page(values)
