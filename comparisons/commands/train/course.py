"""What everybody descends on: a network's first weights, the samples, the rate."""

from dataclasses import dataclass

import numpy as np

from crossgrad.comparisons.commands.train.data import DATA
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

#: Of a scenario on its own drawn batch.
DRAWN = "the scenario's drawn batch"
DRAWN_RATE = 0.1


@dataclass(frozen=True, slots=True)
class Course:
    """A scenario whose draw 0 has the weights, the name of the data, and the problem at step 0.

    ``rate`` is a number of the scenario's format: the control descends by the very same one.
    """

    scenario: Scenario
    data: str
    problem: Problem
    rate: float

    @property
    def what(self) -> str:
        return f"{self.data} ({DATA[self.data].what})" if self.data else DRAWN

    @property
    def eta(self) -> str:
        """The rate, in as many digits as the format needs."""
        return str(np.dtype(self.scenario.dtype).type(self.rate))


def course(scenario: str | None, data: str | None, rate: float | None) -> Course:
    """Of the options; ``None`` stands for the default.

    Raises ``ValueError`` with one line that names the culprit.
    """
    if data is not None and data not in DATA:
        raise ValueError(f"--data {data!r}: known are {', '.join(DATA)}")
    if scenario is None and data is None:
        data = "xor"
    chosen = Scenario.parse(scenario or DATA[data or ""].scenario)
    first = chosen.problem(0)
    eta = DRAWN_RATE
    if data:
        x, y = DATA[data].samples(chosen)
        fit(chosen, data, x, y)
        first = Problem(chosen.architecture, chosen.dtype, first.W, first.b, x, y)
        eta = DATA[data].rate
    return Course(chosen, data or "", first, in_format(eta if rate is None else rate, chosen.dtype))


def fit(scenario: Scenario, data: str, x: Array, y: Array) -> None:
    """Raise ``ValueError`` unless the scenario's network can be asked about these samples."""
    inputs, *_, outputs = scenario.architecture.widths
    if (inputs, outputs, scenario.batch) != (len(x), len(y), x.shape[1]):
        raise ValueError(
            f"scenario {scenario}: --data {data} needs the widths {len(x)}x…x{len(y)} and a batch "
            f"of all samples, m{x.shape[1]}"
        )
    cost = COSTS[scenario.architecture.cost]
    if not cost.targets.are(y):
        told = f"{cost.name} needs {cost.targets.needed}, which those of --data {data} do not"
        raise ValueError(f"scenario {scenario}: {told}")


def in_format(rate: float, dtype: str) -> float:
    """The nearest number of the format; raises ``ValueError`` unless it leads down."""
    with np.errstate(over="ignore"):
        nearest = float(np.dtype(dtype).type(rate))
    if not 0 < nearest < float("inf"):
        raise ValueError(f"--rate {rate}: needed is a number above 0, and finite in {dtype}")
    return nearest
