"""Scenarios for hypothesis: when one fails, it shrinks to the smallest network that does."""

from hypothesis import strategies as st

from comparisons.scenario import Scenario
from reference.architecture import ACTIVATIONS, COSTS, LAST_ACTIVATION, Architecture


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """Depth 1–8, widths 1–64, any activations and cost that go together."""
    cost = draw(st.sampled_from(COSTS))
    width_in = draw(st.integers(1, 64))
    layer = st.tuples(st.integers(1, 64), st.sampled_from(ACTIVATIONS))
    widths, activations = zip(*draw(st.lists(layer, min_size=1, max_size=8)), strict=True)
    last = LAST_ACTIVATION.get(cost, activations[-1])
    return Architecture((width_in, *widths), (*activations[:-1], last), cost)


@st.composite
def scenarios(draw: st.DrawFn, dtypes: tuple[str, ...]) -> Scenario:
    """An architecture in one of the formats, with a batch of 1–32 and one draw of each regime."""
    architecture = draw(architectures())
    dtype = draw(st.sampled_from(dtypes))
    return Scenario(architecture, dtype, draw(st.integers(1, 32)), draw(st.integers(0, 999)))
