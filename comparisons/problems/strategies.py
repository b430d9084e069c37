"""Scenarios for hypothesis: when one fails, it shrinks to the smallest network that does."""

from collections.abc import Sequence

from hypothesis import strategies as st

from crossgrad.comparisons.problems.domain import EVERYTHING, Domain
from crossgrad.comparisons.problems.generations import NEWEST
from crossgrad.comparisons.problems.scenario import Scenario, usual_draws
from crossgrad.reference.architecture import Architecture

#: The largest width, number of layers and number of samples, where the domain names none.
WIDTH, DEPTH, BATCH = 40, 8, 20


def number(allowed: tuple[int, ...], most: int) -> st.SearchStrategy[int]:
    """One of those that are allowed, or any up to the most."""
    return st.sampled_from(sorted(allowed)) if allowed else st.integers(1, most)


@st.composite
def architectures(draw: st.DrawFn, domain: Domain = EVERYTHING) -> Architecture:
    """Any layers, activations and cost of the domain, which go together; each cost as often."""
    cost = draw(st.sampled_from(list(dict.fromkeys(cost for _, cost in domain.outputs))))
    output = draw(st.sampled_from([o for o, of in domain.outputs if of == cost]))
    first = draw(number(domain.inputs, WIDTH))
    hidden = draw(number(domain.depths, DEPTH)) - 1
    widths = [draw(number(domain.hidden, WIDTH)) for _ in range(hidden)]
    names = [draw(st.sampled_from(domain.activations)) for _ in range(hidden)]
    if domain.uniform:
        names = names[:1] * hidden
    last = draw(number(domain.last, WIDTH))
    return Architecture((first, *widths, last), (*names, output), cost)


@st.composite
def scenarios(
    draw: st.DrawFn, dtypes: tuple[str, ...], domains: Sequence[Domain] = (EVERYTHING,)
) -> Scenario:
    """An architecture in one of the formats, with some samples and one draw of each regime."""
    domain = draw(st.sampled_from(domains))
    architecture = draw(architectures(domain))
    dtype, batch = draw(st.sampled_from(dtypes)), draw(number(domain.batches, BATCH))
    seed, draws = draw(st.integers(0, 999)), usual_draws(NEWEST)
    return Scenario(architecture, dtype, batch, seed, draws, NEWEST, domain.labels)
