"""Every mode of the registry that can be had here, in every format, on a few networks of all kinds.

What is beyond its bound is explained entry by entry, or fails. The whole matrix is ``nox -s
matrix``.
"""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import DEFAULT, MODES, load_backend
from crossgrad.comparisons.backends.modes import family, missing
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.parts.costs import COSTS as PARTS
from crossgrad.comparisons.parts.targets import CLASSES
from crossgrad.comparisons.problems.problem import QUANTITIES, stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.failure import failure_text
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS

#: Activations and costs; some alone, in a row and at the end, and the book's own network.
FIRST = (
    "2x3x2-sigmoid,sigmoid-quadratic-{dtype}-m4-s1",
    "3x4x3x4x3x3x2-tanh,relu,elu,softplus,softsign,identity-softmax_cross_entropy-{dtype}-m3-s2",
    "4x3x3x2-gelu,gelu_tanh,sigmoid-binary_cross_entropy-{dtype}-m4-s3",
    "2x3x4x3-silu,mish,log_sigmoid-mse-{dtype}-m2-s4",
    "3x4x3x2-leaky_relu,hardtanh,identity-sigmoid_cross_entropy-{dtype}-m3-s5",
)


def further():
    """Networks of whatever is in none of the first: a cost each, the activations shared out."""
    met = [Scenario.parse(text.format(dtype="float64")).architecture for text in FIRST]
    names = sorted({*ACTIVATIONS} - {name for net in met for name in net.activations})
    costs = sorted({*COSTS} - {net.cost for net in met}) or ["mse"]
    for seed, cost in enumerate(costs, start=7):
        hidden = names[seed - 7 :: len(costs)]
        activations = ",".join([*hidden, COSTS[cost].last or "identity"])
        yield f"3{'x4' * len(hidden)}x2-{activations}-{cost}-{{dtype}}-m3-s{seed}"


#: All activations and costs.
NETWORKS = (*FIRST, *further())
#: What knows few networks is asked one that it knows.
OWN = {"sklearn": ("3x4x2-relu,identity-quadratic-{dtype}-m4-s6",)}
#: What compiles for seconds is asked one of them: the one with the most functions.
SLOW = {"torch.compile": NETWORKS[1:2]}
#: All but the one that is there to be flagged.
JUDGED = [name for name in MODES if name != "torch.tf32"]
#: In mixed precision a probability may be 1, and its cost ∞: that is refused.
MIXED = ("torch.autocast", "jax.mixed")
#: Each example's gradients by themselves, then their mean.
BY_EXAMPLE = ("torch.vmap", "jax.vmap")
#: Its tangent of gelu_tanh is NaN in float16, and is not asked for.
LESS = ("jax.forward", "float16")


def scenarios(name, dtype):
    """Those of a mode, in a format."""
    texts = (*SLOW.get(name, NETWORKS), *OWN.get(name, ()))
    return [Scenario.parse(text.format(dtype=dtype)) for text in texts]


def outcome(backend, scenario):
    """How it ends; a failure is told as in the suite."""
    verification = Verification()
    ended = verification.run(scenario, [backend])
    assert ended != "error", verification.told
    assert ended != "fail", failure_text(verification.rows, "")
    return ended


@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("name", JUDGED)
def test_every_mode_in_every_format(name, dtype):
    """Passes, or is not supported, which each mode of the three is in few formats only."""
    if lacks := missing(name):
        pytest.skip(lacks)
    backend = load_backend(name)
    ends = [outcome(backend, scenario) for scenario in scenarios(name, dtype)]
    backend.release()
    if "pass" not in ends:
        assert dtype != "float32", f"{name} supports nothing"
        pytest.skip(f"{name} does not support {dtype}")
    if family(name) in DEFAULT and name not in MIXED and (name, dtype) != LESS:
        refused = [s for s, end in zip(scenarios(name, dtype), ends, strict=True) if end != "pass"]
        assert not [s for s in refused if name not in BY_EXAMPLE or not of_classes(s)]


def of_classes(scenario):
    """Whose mean is over the samples that count, which no example knows by itself."""
    return PARTS[scenario.architecture.cost].targets is CLASSES


def test_the_networks_have_everything():
    """No activation and no cost is left out."""
    nets = [Scenario.parse(text.format(dtype="float64")).architecture for text in NETWORKS]
    assert {name for net in nets for name in net.activations} == set(ACTIVATIONS)
    assert {net.cost for net in nets} == set(COSTS)


@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_stack_is_answered_as_its_draws_are(network, dtype):
    """To the bit: who answers all draws at once says of each what it would say of it alone."""
    problems = Scenario.parse(network.format(dtype=dtype)).problems()
    stacking = [name for name, mode in MODES.items() if mode.stacks]
    assert stacking
    for name in stacking:
        backend = load_backend(name)
        with np.errstate(all="ignore"):
            together = backend.trace(stack_problems(problems))
            alone = backend.traces(problems)
        for quantity in QUANTITIES:
            assert bits(getattr(together, quantity)) == bits(getattr(alone, quantity)), quantity


def bits(layers):
    """Of all arrays, or of the numbers of a cost."""
    return [np.asarray(array).tobytes() for array in layers]
