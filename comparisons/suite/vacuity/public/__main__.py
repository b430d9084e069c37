"""The table of docs/vacuity.md: what published tests of gradients let through."""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from crossgrad.comparisons.machine.environment import prepare

if TYPE_CHECKING:
    from crossgrad.comparisons.suite.vacuity.result import Finding, Sharpness, Vacuity

CHECKERS = ("numpy_checkers", "torch_checkers", "jax_checkers")
HEADINGS = ("test", "catches", "gross faults that it lets through", "others")
DIGITS = ("all entries", "one entry")


def table() -> str:
    """A line for each test; where it is about a derivative, one for the value too."""
    headings = (*HEADINGS, *DIGITS)
    lines = [headings, ("---",) * len(headings), *rows()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rows() -> Iterator[tuple[str, ...]]:
    from crossgrad.comparisons.suite.vacuity.measure import vacuity  # noqa: PLC0415 - after prepare()
    from crossgrad.comparisons.suite.vacuity.public.layer import SAMPLES  # noqa: PLC0415

    for name in CHECKERS:
        for style in import_module(f"{__package__}.{name}").STYLES:
            measured = vacuity(style.test, style.kernel, like=style.like, samples=SAMPLES)
            for sharpness in measured.sharpness:
                yield row(style.name, measured, sharpness)


def row(name: str, measured: "Vacuity", sharpness: "Sharpness") -> tuple[str, ...]:
    """Of a test, or of one that takes derivatives the value or the gradient."""
    caught, passed, errors = (
        [finding for finding in findings if finding.of == sharpness.of]
        for findings in (measured.caught, measured.let_through, measured.errors)
    )
    gross, subtle = ([f for f in passed if f.gross == kind] for kind in (True, False))
    return (
        f"{name}, {sharpness.of}" if sharpness.of else name,
        f"{len(caught)} of {len(caught) + len(passed) + len(errors)}",
        *(named(findings, caught) for findings in (gross, subtle)),
        *(f"1 ± 1e-{k}" if k else "none" for k in (sharpness.everywhere, sharpness.one_entry)),
    )


def named(passed: Iterable["Finding"], caught: Iterable["Finding"]) -> str:
    """Each fault once; with the arrays, if it is caught in others."""
    wheres: dict[str, list[str]] = {}
    for finding in passed:
        wheres.setdefault(finding.name, []).append(finding.where)
    partly = {finding.name for finding in caught}
    texts = [f"{n} ({', '.join(w)})" if n in partly else n for n, w in wheres.items()]
    return ", ".join(texts) or "none"


if __name__ == "__main__":
    prepare()
    sys.stdout.write(f"{table()}\n")
