"""What came of the reproductions, as a table, as a page and as JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

from crossgrad.comparisons.commands.divergences.attacks import smallest
from crossgrad.comparisons.divergences import Divergence
from crossgrad.comparisons.divergences.releases import span
from crossgrad.comparisons.divergences.reproductions import Outcome
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.reports.columns import in_columns, in_markdown

HEADINGS = ["name", "backend", "seen in", "here", "equation", "given", "right", "reproduces"]
TITLE = "# Known divergences"
INTRODUCTION = """\
Where a framework is known to compute something else than the definition, and where what it
computes has nothing of the definition left but rounding errors. Those with a scenario are met by
checks, which explain by them what they find there, and nothing else
([numerics](numerics.md#8-divergences)). The others are within what the bounds allow any textbook
formula, conventions of functions that the suite does not use, beyond what its scenarios reach, or
what the backend of a framework refuses, or writes in another way.

Each reproduction prints two words: what is given, and what is right, in as many digits as right
programs share. It reproduces if they differ; a test runs them all, and one that no longer does is
to be removed. It is known of the releases from the oldest to the newest in which it was seen, and
explains nothing in others: what a new release does is found out by this command, and written down.
What only some processors show is run on those alone, and its line is of one. Two differences are
left out that are in no number: torch refuses products of mixed formats, which JAX promotes, and of
an integer JAX has a gradient of type float0, torch none.

The last column is the smallest of some faults that fails at every entry that the divergence
explains in its scenario, if it is planted there into the framework's own answer: a factor of 1 + 8u
or 1 - 8u, of 1.001 or 1.1, a neighbour's value, twice as much, 0, the other sign. What is more than
four bounds of what is followed away from the framework's answer always fails, unless it is right.

```sh
crossgrad divergences                                    # the table, run again
crossgrad divergences --show torch-tanh-slope            # one, with its code
crossgrad divergences --markdown docs/divergences.md     # this page
```"""


def as_text(outcomes: Sequence[Outcome], *, code: bool = False) -> str:
    """For a terminal: the table, then each with its reason and link."""
    table = in_columns(HEADINGS, [cells(o) for o in outcomes], left=len(HEADINGS))
    return "\n".join(
        [table, "", *(note(o.divergence, code=code) for o in outcomes), *stale(outcomes)]
    )


def cells(outcome: Outcome) -> list[str]:
    entry = outcome.divergence
    return [
        entry.name,
        ", ".join(entry.modes) or entry.backend,
        ", ".join(entry.seen),
        outcome.version or "not installed",
        equation(entry),
        outcome.given or "·",
        outcome.right or "·",
        verdict(outcome),
    ]


def equation(entry: Divergence) -> str:
    """The checks, and what they are of."""
    return " ".join(part for part in (", ".join(entry.checks), entry.subject) if part)


def verdict(outcome: Outcome) -> str:
    if not outcome.asked:
        return "not of this processor" if outcome.version else "not run"
    if not outcome.known:
        return "yes, and not known" if outcome.reproduces else "no, and not known"
    return outcome.error or ("yes" if outcome.reproduces else "no")


def note(entry: Divergence, *, code: bool) -> str:
    """Why, where, the link; and perhaps the code."""
    lines = [f"{entry.name}: {entry.reason}", f"  {entry.concerned}"]
    lines += [f"  {entry.link}"] if entry.link else []
    lines += [f"    {line}" for line in entry.reproduction.strip().splitlines()] if code else []
    return "\n".join(lines)


def stale(outcomes: Iterable[Outcome]) -> list[str]:
    """Those whose releases have to be written anew, and what is to be done."""
    no_longer = [
        f"\n{told(o)} no longer reproduces: remove its entry, or end what it was seen in before"
        for o in failed(outcomes)
    ]
    return no_longer + [
        f"\n{told(o)} reproduces, which is beyond what it was seen in: write the release down"
        for o in outcomes
        if o.reproduces and not o.known
    ]


def told(outcome: Outcome) -> str:
    entry = outcome.divergence
    return f"{entry.name}, seen in {span(entry.seen)}, in {entry.framework} {outcome.version}"


def failed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that were run in a release of which they are known, and do not reproduce."""
    return [o for o in outcomes if o.asked and o.known and not o.reproduces]


# ------------------------------------------------------------------ as a page
def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """For docs: the table, then a section each."""
    lines = []
    for outcome in outcomes:
        entry = outcome.divergence
        linked = [f"[{entry.name}](#{entry.name})", ", ".join(entry.modes) or entry.backend]
        line = [*linked, *cells(outcome)[2:], smallest(entry) or "·"]
        lines.append([cell.replace("|", "\\|") for cell in line])
    headings = [*HEADINGS, "smallest fault that fails"]
    table = in_markdown(headings, lines, left=len(headings))
    parts = [TITLE, INTRODUCTION, table, *(section(outcome.divergence) for outcome in outcomes)]
    return "\n\n".join(parts) + "\n"


def section(entry: Divergence) -> str:
    """All that the registry has of an entry, but what it takes the place of."""
    met = f"Met by `--scenario {entry.scenario}`." if entry.scenario else ""
    link = f"<{entry.link}>" if entry.link else ""
    said = f"{entry.reason[0].upper()}{entry.reason[1:]}."
    code = f"```python\n{entry.reproduction.strip()}\n```"
    parts = (f"## {entry.name}", said, f"In {entry.concerned}.", code, met, link)
    return "\n\n".join(part for part in parts if part)


# ------------------------------------------------------------------ as JSON
def as_json(outcomes: Sequence[Outcome]) -> str:
    return codec.page([values(o) for o in outcomes])


def values(outcome: Outcome) -> dict[str, Any]:
    entry = outcome.divergence
    names = ("name", "backend", "subject", "checks", "dtypes", "place", "reason", "link")
    told = {name: getattr(entry, name) for name in (*names, "seen", "avx512", "scenario")}
    told |= {"reproduction": entry.reproduction.strip(), "here": outcome.version}
    told |= {name: getattr(outcome, name) for name in ("given", "right", "error", "asked", "known")}
    return told | {"reproduces": outcome.reproduces}
