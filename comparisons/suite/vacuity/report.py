"""What a test lets through, in words: the answer first, then what it is made of."""

import textwrap
from collections.abc import Iterable
from itertools import chain

from crossgrad.comparisons.suite.vacuity.result import Finding, Sharpness, Vacuity


def report(result: Vacuity) -> str:
    """Of a test of derivatives only, no more than a number is said of values."""
    hidden = "value" if result.derivatives_only else None
    said = (
        ("broke off with an error, which is no verdict", result.errors),
        ("too strict: it refuses what is right but for", result.too_strict),
        ("left out", result.left_out),
    )
    sharpness = [sharpness_text(s) for s in result.sharpness if s.of != hidden]
    rest = [listed(title, [f for f in findings if f.of != hidden]) for title, findings in said]
    return "\n".join([*answer(result, hidden), *sharpness, *chain(*rest)])


def answer(result: Vacuity, hidden: str | None) -> list[str]:
    """How many are caught; why no others, if there is one reason; which are not."""
    said = [f"your test catches {len(result.caught)} of {result.planted} planted faults"]
    passed = [finding for finding in result.let_through if finding.of != hidden]
    if hidden:
        values = len(result.let_through) - len(passed)
        said.append(f"it checks no values ({values} wrong ones pass)")
    notes = {finding.note for finding in passed}
    if len(notes) == 1 and len(passed) > 1:  # of all of them: it is said once
        said += filter(None, notes)
        passed = [finding._replace(note="") for finding in passed]
    said.append("it lets through:" if passed else "it lets none through")
    gross, subtle = ([f for f in passed if f.gross == kind] for kind in (True, False))
    return ["; ".join(said), *listed("gross", gross), *listed("subtle", subtle)]


def sharpness_text(sharpness: Sharpness) -> str:
    of = f"{sharpness.of}: " if sharpness.of else ""
    text = f"{of}the smallest factor that it sees: in all entries {seen(sharpness.everywhere)}"
    if sharpness.one_entry is None:
        return text
    return f"{text}; in one entry {seen(sharpness.one_entry)}"


def seen(k: int) -> str:
    return f"1 ± 1e-{k}" if k else "none, not even 1 ± 0.1"


def listed(title: str, findings: Iterable[Finding]) -> list[str]:
    """A title, then the faults: those in the same arrays, of which the same is said, together."""
    wheres: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        key = finding.of, finding.name, finding.note
        wheres.setdefault(key, []).append(finding.where)
    together: dict[tuple[str, str, str], list[str]] = {}
    for (of, name, note), where in wheres.items():
        together.setdefault((of, note, ", ".join(filter(None, where))), []).append(name)
    lines = [line_of(*key, faults) for key, faults in together.items()]
    return [f"  {title}:", *(part for line in lines for part in wrapped(line))] if lines else []


def line_of(of: str, note: str, where: str, faults: list[str]) -> str:
    side, inside = f"{of}: " if of else "", f" in {where}" if where else ""
    return f"{side}{', '.join(faults)}{inside}{f' ({note})' if note else ''}"


def wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, 100, initial_indent="    ", subsequent_indent="      ")
