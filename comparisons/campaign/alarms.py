"""The campaign against false alarms: correct programs, and whatever is called wrong in them.

A case is one draw of one random scenario. A block is one scenario, float64 and float32 in turn;
what it comes to depends on nothing but the seed and its number, so that blocks can be finished in
any order, in any number of processes, today or tomorrow.
"""

import os
import shlex
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from math import ceil, gcd
from pathlib import Path

from crossgrad.comparisons.campaign.block import BACKENDS, Block, judged
from crossgrad.comparisons.campaign.journal import Header, Journal
from crossgrad.comparisons.campaign.progress import Meter
from crossgrad.comparisons.campaign.totals import Totals
from crossgrad.comparisons.campaign.workers import each_done
from crossgrad.comparisons.choice import DRAWS, random_scenario
from crossgrad.comparisons.domain import EVERYTHING
from crossgrad.comparisons.networks import networks_of_round
from crossgrad.comparisons.rounding import FORMATS
from crossgrad.comparisons.scenario import Scenario

#: From one network of a round to the next, at least that much of the round: wide, deep and small
#: ones in proportion from the start.
STRIDE = 0.61
#: Of the file; another form of its lines is another number.
FILE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Campaign:
    """Which cases, and who is asked."""

    seed: int = 0
    draws: int = DRAWS
    backends: tuple[str, ...] = BACKENDS

    def scenarios(self, cases: int) -> list[Scenario]:
        """The blocks that so many cases need; the last is a whole one too."""
        blocks = -(-cases // self.draws)
        pairs = -(-blocks // len(FORMATS))
        return [
            random_scenario(in_strides(pair), self.draws, self.seed, dtype)
            for pair in range(pairs)
            for dtype in FORMATS
        ][:blocks]

    @property
    def header(self) -> Header:
        """What must be the same for blocks to belong together."""
        packages = ("crossgrad", "numpy", "torch", "jax")
        versions = {f"{name} version": version(name) for name in packages}
        return {
            "campaign": FILE_VERSION,
            "seed": self.seed,
            "draws": self.draws,
            "backends": ", ".join(self.backends),
        } | versions


def in_strides(number: int) -> int:
    """The index of a network, round by round.

    The stride has no factor in common with the size of a round, so that none is left out.
    """
    size = networks_of_round(EVERYTHING)
    stride = next(n for n in count(ceil(STRIDE * size)) if gcd(n, size) == 1)
    return number - number % size + number * stride % size


def false_alarms(
    campaign: Campaign, cases: int, path: Path | None = None, jobs: int | None = None
) -> Totals:
    """Run what is not in the file yet; what all the cases come to.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    scenarios = campaign.scenarios(cases)
    totals = Totals()
    with Journal(path, campaign.header, list(map(str, scenarios))) as journal:
        for number, rows in journal.finished.items():
            totals.add(scenarios[number], rows)
        todo = {
            number: Block(scenario, campaign.backends)
            for number, scenario in enumerate(scenarios)
            if number not in journal.finished
        }
        meter = Meter(totals.draws, len(scenarios) * campaign.draws)
        with meter, closing(each_done(judged, todo, jobs or os.cpu_count() or 1)) as blocks:
            for number, rows in blocks:
                journal.add(number, rows)
                totals.add(scenarios[number], rows)
                meter.advance(campaign.draws)
    return totals


def how_to_go_on(campaign: Campaign, cases: int, path: Path | None) -> str:
    """One line for who has interrupted a run."""
    if not path:
        return "interrupted: nothing is kept without --alarms-file"
    command = f"crossgrad power --alarms {cases} --alarms-file {shlex.quote(str(path))}"
    return f"interrupted: go on by {command} --seed {campaign.seed}"
