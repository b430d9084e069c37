"""What of a run was not asked, or not answered: said at its end, where it would be overlooked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise

from crossgrad.comparisons.backends.modes import MODES
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.problems.domain import listed
from crossgrad.comparisons.problems.scenario import Scenario

#: Scenario → the names of the backends that are asked it.
Survey = Mapping[Scenario, tuple[str, ...]]
#: With fewer numbers compared in a format, or a smaller share of its scenarios answered, little is
#: known of a backend: eight draws of the lecture's 2-2-1 are 200 numbers, a usual run has millions.
FEW, HALF = 10_000, 0.5


def taken_so(name: str, notes: Iterable[str]) -> list[str]:
    """A line on what of a program's arrays was taken as what, if anything was."""
    told = "; ".join(notes)
    return [f"{name} is taken so: {told}"] if told else []


def unasked(survey: Survey) -> list[str]:
    """A line for each backend that is asked less, because each of its networks is compiled."""
    names = dict.fromkeys(name for asked in survey.values() for name in asked)
    lines = []
    for name in (name for name in names if name in MODES and MODES[name].compiles):
        those = [scenario for scenario, asked in survey.items() if name in asked]
        left = len(survey) - len(those)
        pairs = hidden_pairs(survey) - hidden_pairs(those)
        if left:
            lines.append(
                f"not asked of {name}: {left} of {len(survey)} scenarios"
                + (f", and with them {len(pairs)} pairs of hidden activations" if pairs else "")
                + "; --architectures N asks as many of each, crossgrad study asks more"
            )
    return lines


def hidden_pairs(scenarios: Iterable[Scenario]) -> set[tuple[str, str]]:
    return {pair for s in scenarios for pair in pairwise(s.architecture.activations[:-1])}


def little(rows: Iterable[Row], few: int = FEW) -> list[str]:
    """A line for each backend of which a run has verified little: fewer than so many numbers."""
    answered: dict[str, set[str]] = defaultdict(set)
    asked: dict[str, set[str]] = defaultdict(set)
    numbers: Counter[tuple[str, str]] = Counter()
    formats = cache(lambda scenario: Scenario.parse(scenario).dtype)
    for row in rows:
        if not row.against:
            asked[row.backend].add(row.scenario)
            if row.check:
                answered[row.backend].add(row.scenario)
                numbers[row.backend, formats(row.scenario)] += row.entries
    lines = []
    for name, scenarios in asked.items():
        done, all_of_them = len(answered[name]), len(scenarios)
        fewest = min((n for (who, _), n in numbers.items() if who == name), default=0)
        if done < HALF * all_of_them:
            lines.append(
                f"{name} answered {done} of {all_of_them} scenarios: the rest is not verified"
            )
        elif fewest < few:
            lines.append(f"only {fewest:,} numbers of {name} were compared in a format")
    return lines


def refused_regimes(rows: Iterable[Row]) -> list[str]:
    """A line for each backend that answered, but no draw of some regimes that it was asked.

    It answers all draws of a scenario or none: if it refuses one for its numbers, none is judged.
    """
    answered: dict[str, dict[str, None]] = defaultdict(dict)
    refused: dict[str, dict[str, None]] = defaultdict(dict)

    @cache
    def regimes(name: str) -> dict[str, None]:
        scenario = Scenario.parse(name)
        return dict.fromkeys(scenario.regimes[: scenario.draws])

    for row in rows:
        if row.check and not row.against:
            answered[row.backend] |= regimes(row.scenario)
        elif row.status == "not supported":
            refused[row.backend] |= regimes(row.scenario)
    lines = []
    for name, done in answered.items():
        asked = done | refused[name]
        if never := [regime for regime in asked if regime not in done]:
            lines.append(
                f"{name} answered no draw of {len(never)} of {len(asked)} "
                f"{listed('regimes:', never)}; who refuses one draw of a scenario answers none"
            )
    return lines
