"""What each activation, and each cost, does to the errors of the equations that evaluate it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.histogram import ULP_EDGES
from crossgrad.comparisons.reports.numbers import percent, typeset
from crossgrad.comparisons.reports.page.exhibit import Exhibit, Sheet
from crossgrad.comparisons.reports.page.sides import SHADES, Side, bars_svg, dots_svg
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.page.tally import Tally
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS


class Kind(NamedTuple):
    """Activations or costs: their names, and groups of equations, of which two are drawn."""

    name: str
    several: str
    known: Iterable[str]
    groups: dict[str, tuple[str, ...]]


ACTIVATION = Kind(
    "activation", "activations", ACTIVATIONS,
    {"a = σ(z)": ("a",), "BP1, BP2 (σ′)": ("BP1", "BP2"), "z, BP3, BP4": ("z", "BP3", "BP4")},
)  # fmt: skip
COST = Kind("cost", "costs", COSTS, {"C(a, y)": ("cost",), "BP1 (∇C)": ("BP1",)})
#: Function → backend → tally.
Group = dict[str, dict[str, Tally]]


def activations(summary: Summary) -> Exhibit | None:
    """Of the layer where an equation is judged."""
    return exhibit(summary, ACTIVATION)


def costs(summary: Summary) -> Exhibit | None:
    return exhibit(summary, COST)


def exhibit(summary: Summary, kind: Kind) -> Exhibit | None:
    """Nothing, where no equation that evaluates such a function was judged."""
    groups = {title: group(summary, kind, checks) for title, checks in kind.groups.items()}
    drawn = {title: found for title, found in [*groups.items()][:2] if found}
    if not drawn:
        return None
    names = [name for name in kind.known if any(name in found for found in drawn.values())]
    backends = sorted({b for found in drawn.values() for of in found.values() for b in of})
    known = summary.labels
    labels = {backend: known[backend] for backend in backends}
    largest, shares = worst(drawn), rough(drawn)
    dots = [
        Side(title, [{b: t.largest for b, t in found.get(name, {}).items()} for name in names])
        for title, found in drawn.items()
    ]
    bars = [
        Side(title, [by_ulps(Tally.of(found.get(name, {}).values())) for name in names])
        for title, found in drawn.items()
    ]
    return Exhibit(
        kind.name,
        f"By {kind.name}",
        f"Errors by {kind.name}",
        [largest, shares],
        f"Left, the largest residual of each backend; right, the share of entries by ulps, all "
        f"backends together. {READING[kind.name]}",
        [
            dots_svg(names, dots, labels, f"{kind.name}-dots", "largest residual", largest),
            bars_svg(names, bars, f"{kind.name}-bars", "share of entries by ulps", shares),
        ],
        sheet(groups, names, backends),
    )


READING = {
    "activation": "An equation counts for the activation of its own layer.",
    "cost": "An equation counts for its network's cost, BP1 with whatever activation is last.",
}


def group(summary: Summary, kind: Kind, checks: tuple[str, ...]) -> Group:
    """The tallies of some equations, by function and backend."""
    found: dict[tuple[str, str], list[Tally]] = {}
    for key, tally in summary.functions.items():
        if key.kind == kind.name and key.check in checks and tally.entries:
            found.setdefault((key.name, key.backend), []).append(tally)
    told: Group = {}
    for (name, backend), tallies in sorted(found.items()):
        told.setdefault(name, {})[backend] = Tally.of(tallies)
    return told


def by_ulps(tally: Tally) -> list[float]:
    """The share of entries between each two shades, the last of them without an end."""
    ends = [ULP_EDGES.index(edge) + 1 for edge in SHADES]
    counts = tally.distances
    parts = zip([0, *ends], [*ends, len(counts)], strict=True)
    return [sum(counts[start:end]) / max(tally.entries, 1) for start, end in parts]


# ------------------------------------------------------------------ in words
def worst(drawn: dict[str, Group]) -> str:
    """The largest residual of each group, and whose it is."""
    told = []
    for title, found in drawn.items():
        of = {(name, b): t.largest for name, tallies in found.items() for b, t in tallies.items()}
        name, backend = max(of, key=lambda key: (of[key], key))
        told.append(f"{typeset(of[name, backend])} in {title} ({name}, {backend})")
    return f"Largest residual: {'; '.join(told)}."


def rough(drawn: dict[str, Group]) -> str:
    """Where the largest share of entries is more than the last shade away."""
    told = []
    for title, found in drawn.items():
        of = {name: by_ulps(Tally.of(tallies.values()))[-1] for name, tallies in found.items()}
        name = max(of, key=lambda key: (of[key], key))
        told.append(f"{percent(of[name])} of {name} in {title}" if of[name] else f"none in {title}")
    return f"Most often more than {SHADES[-1]:.0f} ulps off: {'; '.join(told)}."


def sheet(groups: dict[str, Group], names: Sequence[str], backends: Sequence[str]) -> Sheet:
    """A line for each function and backend."""
    ulps = [f"≤ {SHADES[1]:g} ulp", f"≤ {SHADES[3]:g} ulps", f"> {SHADES[-1]:g} ulps"]
    titles = [title for title, found in groups.items() if found]
    headings = [
        "function",
        "backend",
        *(f"{title}: {what}" for title in titles for what in ("largest", *ulps)),
    ]
    lines = [
        [
            name,
            backend,
            *(cell for title in titles for cell in cells(groups[title].get(name, {}).get(backend))),
        ]
        for name in names
        for backend in backends
    ]
    return Sheet(headings, lines, 2)


def cells(tally: Tally | None) -> list[str]:
    """The largest residual and three shares; nothing where nothing was judged."""
    if tally is None or not tally.entries:
        return ["·"] * 4
    shares = by_ulps(tally)
    return [typeset(tally.largest), *map(percent, (sum(shares[:2]), sum(shares[:4]), shares[-1]))]
