"""The power of the suite in figures: as text for a terminal, and as JSON."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossgrad.comparisons.commands.power.runs import IN_RUNS, Found, as_table, share_caught
from crossgrad.comparisons.commands.power.score import Score, exactness, score
from crossgrad.comparisons.commands.power.scores import (
    GRADIENTS_ONLY,
    SUITE,
    Outcome,
    Scores,
    Tally,
)
from crossgrad.comparisons.commands.power.subject import Checker
from crossgrad.comparisons.commands.power.thresholds import FORMATS
from crossgrad.comparisons.equations.faults import CATALOGUE
from crossgrad.comparisons.equations.faults.sizes import MODES
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.numbers import percent

DOUBLE, SINGLE, _ = FORMATS
#: The checks of the catalogue in the order of the data; the last is the form of an answer.
PLACES = ("z", "a", "cost", "BP1", "BP2", "BP3", "BP4", "")
CHECK_OF = {str(fault): fault.check for fault in CATALOGUE}
OURS = {
    SUITE: "each equation of a whole trace, within derived bounds",
    GRADIENTS_ONLY: "∂C/∂W and ∂C/∂b alone, within derived bounds",
}


@dataclass(frozen=True, slots=True)
class Power:
    """What was measured, on how many networks, and with what."""

    scores: Scores
    smallest: dict[tuple[str, str, str], float]
    checkers: Sequence[Checker]
    settings: dict[str, Any]
    runs: tuple[Found, ...] = ()

    @property
    def names(self) -> list[str]:
        return [SUITE, GRADIENTS_ONLY, *(checker.name for checker in self.checkers)]

    def how(self, name: str) -> str:
        """What a checker compares, in a few words."""
        others = {checker.name: checker.what for checker in self.checkers}
        return OURS[name] if name in OURS else others[name]

    def outcomes(self, name: str, dtype: str = "") -> list[Outcome]:
        """Of one checker, in one format or in both."""
        return [o for o in self.scores.outcomes if o.checker == name and dtype in ("", o.dtype)]

    def score(self, name: str, dtype: str, check: str | None = None) -> Score:
        """Faults caught, of one check or all; none where every correct program is refused."""
        if self.alarms(name, dtype, ordinary=True).share == 1:
            return Score(0, 0, 0)
        return score([o for o in self.outcomes(name, dtype) if check in (None, CHECK_OF[o.fault])])

    def alarms(self, name: str, dtype: str = "", *, ordinary: bool = False) -> Tally:
        """About correct programs, in one format or all: in ordinary draws only, or in all."""
        tallies = [
            tally
            for (checker, known, usual), tally in self.scores.alarms.items()
            if checker == name and dtype in ("", known) and (usual or not ordinary)
        ]
        return Tally(sum(t.asked for t in tallies), sum(t.refused for t in tallies))

    @property
    def shortcomings(self) -> list[str]:
        """What this suite did not catch, or blamed elsewhere, and alarms that it raised."""
        lines = []
        for dtype in (DOUBLE, SINGLE):
            outcomes = self.outcomes(SUITE, dtype)
            caught = {o.fault for o in outcomes if o.caught}
            missed = sorted({o.fault for o in outcomes} - caught)
            amiss = sorted({o.fault for o in outcomes if o.caught and not o.exact})
            lines += [f"missed in {dtype}: {fault}" for fault in missed]
            lines += [f"blamed elsewhere in {dtype}: {fault}" for fault in amiss]
        lines += [
            f"missed by a run, {f.run}: {f.fault}" for f in self.runs if f.outcome == "missed"
        ]
        refused = self.alarms(SUITE).refused
        return lines + [f"correct programs refused: {refused}"] * bool(refused)


# ------------------------------------------------------------------ as text
def as_text(power: Power) -> str:
    """How many faults each checker catches, where, and how small they may be."""
    smallest = f"smallest relative fault caught in one number, median of {power.settings['sized']}"
    tables = [
        (title(power), in_columns(HEADINGS, [score_line(power, n) for n in power.names])),
        ("\n".join(NOTES), "\n".join(f"{n:26}{power.how(n)}" for n in power.names)),
        ("faults caught, by the equation in which they were planted (float64)", places_of(power)),
        *((f"{smallest} networks, {dtype}", sizes_of(power, dtype)) for dtype in FORMATS),
        (IN_RUNS, as_table(power.runs)),
    ]
    return "\n\n".join([*(part for table in tables for part in table), *power.shortcomings])


def title(power: Power) -> str:
    """What was planted, and who was shown how much of it."""
    set_ = power.settings
    planted = f"{set_['planted']} planted faults, each in {set_['networks']} networks of its kind"
    shown = (
        ""
        if set_["every"] == 1
        else f"; other checkers are shown 1 in {set_['every']}, if its network is narrow"
    )
    return f"{planted}, 8 draws of each, seed {set_['seed']}{shown}"


HEADINGS = [
    "checker", "float64", "float32", "in a run", "unseen", "exact", "alarms f64", "alarms f32",
    "all draws", "ms a draw", "seconds",
]  # fmt: skip
NOTES = (
    "float64, float32   faults caught, of those that the checker can see; · where it refuses all",
    "in a run           by the default run, at any layer, not in networks made for the fault",
    "unseen             faults that change no bit of what the checker is given: not counted",
    "exact              blamed at the planted equation and layer wherever caught",
    "alarms             correct programs refused in ordinary draws, and in all draws; where the",
    "                   reference is refused, no fault counts as caught",
    "seconds            with what it takes to run the program, and what it is compared with",
    "Who compares is given whole traces, and one in higher precision to compare with; for the",
    "smallest fault, that of the very program without it. Who takes differences is given copies of",
    "the parameters, and the cost; a wrong forward pass differentiated rightly is right there.",
)


def score_line(power: Power, name: str) -> list[str]:
    usual = [power.alarms(name, dtype, ordinary=True) for dtype in (DOUBLE, SINGLE)]
    seconds, draws = power.scores.seconds[name]
    return [
        name,
        *(found(power, name, dtype) for dtype in (DOUBLE, SINGLE)),
        percent(share_caught(power.runs)) if name == SUITE else "·",
        str(score(power.outcomes(name)).invisible or "·"),
        percent(exactness(power.outcomes(name))) if name == SUITE else "·",
        *(percent(tally.share) for tally in (*usual, power.alarms(name))),
        f"{1000 * seconds / draws:.2f}",
        f"{seconds:.1f}",
    ]


def found(power: Power, name: str, dtype: str) -> str:
    """The share of faults that are caught; of who is not shown all, of how many."""
    caught = power.score(name, dtype)
    all_shown = power.settings["every"] == 1 or name in OURS or not caught.visible
    return percent(caught.share) if all_shown else f"{caught.caught} of {caught.visible}"


def places_of(power: Power) -> str:
    """Caught/seen of each equation, one checker a line."""
    lines = []
    for name in power.names:
        scores = [power.score(name, DOUBLE, place) for place in PLACES]
        lines.append([name, *(f"{s.caught}/{s.visible}" if s.visible else "·" for s in scores)])
    return in_columns(["checker", *PLACES[:-1], "form"], lines)


def sizes_of(power: Power, dtype: str) -> str:
    """One checker a line, one mode a column."""
    lines = [
        [name, *(size(power.smallest.get((name, dtype, mode))) for mode in MODES)]
        for name in power.names
        if (name, dtype, next(iter(MODES))) in power.smallest
    ]
    return in_columns(["checker", *MODES], lines)


def size(fault: float | None) -> str:
    """A relative size; · where the checker refuses the program without a fault as well."""
    return "·" if fault is None else "none" if math.isinf(fault) else f"{fault:.1e}"


# ------------------------------------------------------------------ as JSON
def as_json(power: Power) -> str:
    """What the tables show and what became of every fault."""
    values = {
        **power.settings,
        "faults": [fault_values(power, number) for number in range(len(CATALOGUE))],
        "checkers": {name: checker_values(power, name) for name in power.names},
        "in runs": [
            {"run": f.run, "fault": f.fault, "layer": f.layer, "became": f.outcome}
            for f in power.runs
        ],
        "smallest": [
            {"checker": name, "dtype": dtype, "mode": mode, "fault": fault}
            for (name, dtype, mode), fault in power.smallest.items()
        ],
    }
    return codec.page(values)


def fault_values(power: Power, number: int) -> dict[str, Any]:
    """One fault: what it is, and what became of it."""
    fault = CATALOGUE[number]
    told = {key: getattr(fault, key) for key in ("name", "group", "what", "check", "layer", "link")}
    became = {name: became_of(power, name, str(fault)) for name in power.names}
    return told | {"formats": list(fault.dtypes), "became": became}


def became_of(power: Power, name: str, fault: str) -> dict[str, str]:
    """Caught, missed or unseen, by format; nothing where the checker was not shown the fault."""
    became = {}
    for dtype in (DOUBLE, SINGLE):
        outcomes = [o for o in power.outcomes(name, dtype) if o.fault == fault]
        if outcomes:
            caught, seen = (any(getattr(o, how) for o in outcomes) for how in ("caught", "visible"))
            became[dtype] = "caught" if caught else "missed" if seen else "unseen"
    return became


def checker_values(power: Power, name: str) -> dict[str, Any]:
    """One checker: its scores, alarms and time."""
    seconds, draws = power.scores.seconds[name]
    alarms = {
        kind: {"refused": tally.refused, "asked": tally.asked}
        for kind, tally in (
            ("ordinary", power.alarms(name, ordinary=True)),
            ("all", power.alarms(name)),
        )
    }
    return {
        "how": power.how(name),
        "score": {dtype: score(power.outcomes(name, dtype))._asdict() for dtype in FORMATS[:2]},
        "blamed exactly": exactness(power.outcomes(name)) if name == SUITE else None,
        "false alarms": alarms,
        "seconds": seconds,
        "draws": draws,
    }
