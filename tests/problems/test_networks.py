"""Random networks never change, and those of a run meet whatever is to be met."""

from collections import Counter
from hashlib import sha256
from itertools import chain, islice, pairwise, product

import pytest

from crossgrad.comparisons.arithmetic.rounding import FORMATS, SIXTEEN
from crossgrad.comparisons.parts.activations import ACTIVATIONS as PARTS
from crossgrad.comparisons.problems.additions import ADDITIONS
from crossgrad.comparisons.problems.choice import (
    ARCHITECTURES,
    DRAWS,
    LECTURE,
    OF_SMALL,
    Choice,
    drawn,
    random_scenarios,
)
from crossgrad.comparisons.problems.domain import EVERYTHING, Domain, domain_of
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.networks import (
    DEEP,
    DEEP_CARDS,
    DEPTHS,
    FEW,
    FEW_UNITS,
    HIDDEN,
    MANY_SAMPLES,
    MANY_UNITS,
    ROUND,
    SHALLOW,
    SHALLOW_CARDS,
    WIDTHS,
    covering,
    round_of_networks,
    row_complete,
)
from crossgrad.comparisons.suite.survey import survey
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS

SEEDS = range(5)
#: Of the covering design.
ACTIVATIONS, OUTPUTS = GENERATIONS[2].activations, GENERATIONS[2].outputs
SIGMOIDS = domain_of({"activation": "sigmoid", "output": "sigmoid", "cost": "quadratic"})


def digest(scenarios):
    return sha256("\n".join(map(str, scenarios)).encode()).hexdigest()


# ------------------------------------------------------------------ for ever
FIRST = "f093477eb16628b46a2c13b2f7cd1a0e20e08a4942c1cee4e64ff55630cd9c76"
SECOND = "30aec49229e182f1f83ae2c7ab2e7a36a065cad92e79a9b70e4cdb480a4a6587"


def test_random_networks_are_the_same_for_ever():
    """Of either generation: never renew a digest, once the generation is released."""
    first = first_scenarios(60, 8, 0, tuple(FORMATS)) + first_scenarios(40, 8, 7, tuple(SIXTEEN))
    assert digest(first) == FIRST
    second = [*covering(0, 0, EVERYTHING), *islice(covering(1, 0, EVERYTHING), 3)]
    assert digest(drawn(net, 18, "float64", EVERYTHING) for net in second) == SECOND


def test_a_longer_run_begins_as_a_shorter_one_does():
    """And another seed gives other networks."""
    longer = random_scenarios(ROUND + 3, DRAWS, 0, ("float64",))
    assert random_scenarios(3, DRAWS, 0, ("float64",)) == longer[:3]
    assert len(set(longer)) == ROUND + 3
    assert not set(random_scenarios(ROUND, DRAWS, 1, ("float64",))) & set(longer)


# ------------------------------------------------------------------ what a run meets
def asked(backend, **options):
    """The scenarios that a run asks a backend."""
    return [s for s, names in survey(Choice(**options), [backend]).items() if backend in names]


def output_pairs(scenarios):
    return {(s.architecture.activations[-1], s.architecture.cost) for s in scenarios}


def hidden_pairs(scenarios):
    hidden = [s.architecture.activations[:-1] for s in scenarios]
    return {pair for names in hidden for pair in pairwise(names)}


def allowed_pairs():
    costs = {cost for _, cost in OUTPUTS}
    return {
        (output, cost)
        for output, cost in product(ACTIVATIONS, costs)
        if (COSTS[cost].last or output) == output
    }


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("backend", ["numpy", "torch", "nielsen_like.py:unrestricted"])
def test_a_run_meets_all_outputs_with_all_costs_and_all_hidden_neighbours(
    backend, seed, tmp_path, monkeypatch
):
    """31 pairs of output activation and cost in each format, 196 of hidden layers in either.

    Of what was added all pairs in either, and each output and each cost in each.
    """
    (tmp_path / "nielsen_like.py").write_text(UNRESTRICTED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scenarios = asked(backend, seed=seed)
    for dtype in FORMATS:
        assert_names_and_first_pairs(s for s in scenarios if s.dtype == dtype)
    assert output_pairs(scenarios) == set(EVERYTHING.outputs)
    assert hidden_pairs(scenarios) >= set(product(ACTIVATIONS, ACTIVATIONS))
    shallow = [s for s in scenarios if s.architecture.depth <= 8]
    assert hidden_pairs(shallow) >= set(product(ACTIVATIONS, ACTIVATIONS))


def assert_names_and_first_pairs(scenarios):
    """All pairs of generation 2, and of what was added each output and each cost."""
    met = output_pairs(scenarios)
    assert allowed_pairs() <= met
    assert {name for pair in met for name in pair} == {n for p in EVERYTHING.outputs for n in p}


UNRESTRICTED = """
import numpy as np

def unrestricted(problem):
    return {"dW": list(problem.W), "db": list(problem.b)}
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_compiled_meets_all_outputs_with_all_costs(seed):
    """In one format each; every activation beside itself in hidden layers, and others.

    Of what was added it meets each output, and each cost.
    """
    scenarios = asked("jax", seed=seed)
    assert_names_and_first_pairs(scenarios)
    assert hidden_pairs(scenarios) > {(name, name) for name in ACTIVATIONS}
    drawn = [s for s in scenarios if s.architecture not in LECTURE]
    assert {s.dtype for s in drawn} == set(FORMATS)
    assert len({(s.architecture, s.seed) for s in drawn}) == len(drawn)


def test_who_asks_for_a_number_of_architectures_gets_it():
    """Fewer for what is compiled are a default."""
    random = {asked_number(name) for name in ("numpy", "torch")}
    shallow = [net for net in round_of_networks(0, 0, EVERYTHING) if net.kind == "shallow"]
    assert (random, asked_number("jax")) == ({ARCHITECTURES}, len(shallow))
    assert asked_number("jax", architectures=ARCHITECTURES) == ARCHITECTURES


def asked_number(backend, **options):
    nets = {(s.architecture, s.seed) for s in asked(backend, **options) if s.seed}
    return len(nets)


@pytest.mark.parametrize("domain", [EVERYTHING, SIGMOIDS], ids=["everything", "sigmoids"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_meets_every_size_at_every_place(seed, domain):
    """Widths of inputs, hidden layers and outputs, samples, depths; beyond 128, 64 and 12."""
    scenarios = random_scenarios(ROUND, DRAWS, seed, ("float64",), domain)
    nets = [s.architecture for s in scenarios]
    assert {net.widths[0] for net in nets} == set(WIDTHS)
    assert {width for net in nets for width in net.widths[1:-1]} == set(HIDDEN)
    assert {net.widths[-1] for net in nets} == set(WIDTHS)
    assert {s.batch for s in scenarios} >= set(SHALLOW_CARDS.batches)
    assert {net.depth for net in nets} == {*range(1, 9), 15} == set(DEPTHS)
    assert (max(WIDTHS), max(SHALLOW_CARDS.batches), max(DEEP_CARDS.depths)) > (128, 64, 12)


def small_networks(seed):
    """Architectures and numbers of samples of the default run, of at most eight layers."""
    drawn = [(s.architecture, s.batch) for s in Choice(seed=seed).scenarios() if not s.seed]
    drawn += [(net.architecture, net.batch) for net in covering(0, seed, EVERYTHING)]
    return [(net, batch) for net, batch in drawn if net.depth <= 8]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_every_output_and_cost_behind_every_activation(seed):
    """Of the last hidden layer: 434; and every activation in all layers."""
    nets = [net for net, _ in small_networks(seed) if net.depth > 1]
    met = {(net.activations[-2], net.activations[-1], net.cost) for net in nets}
    assert met == {(name, *pair) for name in ACTIVATIONS for pair in allowed_pairs()}
    throughout = {net.activations[0] for net in nets if len(set(net.activations)) == 1}
    assert throughout == set(ACTIVATIONS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_every_output_and_cost_in_every_kind_of_network(seed):
    """Of one, two, three and more layers, each with one output and several, one sample and several.

    One output of softmax is always 1: it is met, but has no gradients.
    """
    met = {
        (net.activations[-1], net.cost, min(net.depth, 4), net.widths[-1] > 1, batch > 1)
        for net, batch in small_networks(seed)
    }
    kinds = product((1, 2, 3, 4), (False, True), (False, True))
    wanted = {(*pair, *kind) for pair, kind in product(allowed_pairs(), kinds)}
    assert not [kind for kind in wanted - met if "softmax" not in kind[1] or kind[3]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_the_cross_entropies_in_the_networks_that_people_have(seed):
    """Behind each activation in two layers, in three with the same in both hidden ones, in more."""
    met = set()
    for net, _ in small_networks(seed):
        inner = net.activations[:-1]
        if COSTS[net.cost].last and inner and (len(inner) != 2 or len(set(inner)) == 1):
            met.add((net.cost, inner[-1], min(net.depth, 4)))
    costs = {cost for _, cost in OUTPUTS if COSTS[cost].last}
    assert met >= set(product(costs, ACTIVATIONS, (2, 3, 4)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_every_output_and_cost_with_many_samples_and_as_many_as_outputs(seed):
    """And behind a wide hidden layer; and each of these numbers."""
    nets = small_networks(seed)
    for kind in (
        [net for net, batch in nets if net.widths[-1] == batch > 1],
        [net for net, batch in nets if batch in MANY_SAMPLES and net.depth > 1],
        [net for net, batch in nets if batch in MANY_SAMPLES and net.depth == 1],
        [net for net, _ in nets if net.depth > 1 and set(net.widths[1:-1]) <= set(MANY_UNITS)],
    ):
        assert {(net.activations[-1], net.cost) for net in kind} == allowed_pairs()
    assert {batch for _, batch in nets} >= {*range(1, 17), *MANY_SAMPLES}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_many_samples_of_many_inputs(seed):
    """In one, two, three and more layers; in one and in more with one output and with several."""
    wide = [
        net
        for net, batch in small_networks(seed)
        if batch in MANY_SAMPLES and net.widths[0] > max(FEW)
    ]
    assert {min(net.depth, 4) for net in wide} == {1, 2, 3, 4}
    met = {(net.depth > 1, net.widths[-1] > 1) for net in wide}
    assert met == set(product((False, True), repeat=2))
    assert {net.widths[0] for net in wide} == {n for n in WIDTHS if n > max(FEW)}
    assert {net.cost for net in wide} == {cost for _, cost in OUTPUTS}


@pytest.mark.parametrize("domain", [{}, {"activation": ["relu", "tanh"]}], ids=str)
def test_of_one_output_and_cost_every_activation_is_met_in_every_kind_of_network(domain):
    """Of two, three and more layers, with one output and several, on one sample and on several."""
    domain = domain_of({"output": "hardtanh", "cost": "mse", **domain})
    nets = [(s.architecture, s.batch) for s in Choice().scenarios(domain) if s.seed]
    met = {
        (net.activations[-2], min(net.depth, 4), net.widths[-1] > 1, batch > 1)
        for net, batch in nets
        if net.depth > 1
    }
    names = [name for name in domain.activations if name in ACTIVATIONS]
    assert met >= set(product(names, (2, 3, 4), (False, True), (False, True)))


def test_a_softmax_has_two_units_at_least():
    """Of one its a is 1, and nothing is left of δ; unless no other number is asked for."""
    softmaxes = [name for name, sigma in PARTS.items() if sigma.fewest_units > 1]
    assert softmaxes
    met = 0
    for net in chain(*(round_of_networks(0, seed, EVERYTHING)[ROUND:] for seed in SEEDS)):
        layers = zip(net.architecture.activations, net.architecture.widths[1:], strict=True)
        units = [width for name, width in layers if name in softmaxes]
        assert all(width > 1 for width in units)
        met += len(units)
    assert met > 100
    single = domain_of({"output": "softmax", "width": "1"})
    assert {net.architecture.widths[-1] for net in round_of_networks(0, 0, single)} == {1}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_what_was_added(seed):
    """Each pair of output and cost behind something new, and each new activation in hidden layers.

    In both formats, or if the pair is of before in one.
    """
    nets = [net for net in round_of_networks(0, seed, EVERYTHING)[ROUND:] if ADDITIONS]
    new = {name for entry in ADDITIONS for names in entry for name in names}
    for net in nets:
        architecture = net.architecture
        assert new & {*architecture.activations, architecture.cost}
        behind = not new & {architecture.activations[-1], architecture.cost}
        assert behind == (net.kind == "behind")
    outputs = {(net.architecture.activations[-1], net.architecture.cost) for net in nets}
    assert outputs == set(EVERYTHING.outputs)
    hidden = {name for net in nets for name in net.architecture.activations[:-1]}
    assert hidden == {name for entry in ADDITIONS for name in entry.activations}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_meets_wide_hidden_layers_on_few_samples(seed):
    met = {batch > 1 for net, batch in small_networks(seed) if batch < 20 and wide_inside(net)}
    assert met == {False, True}


def wide_inside(net):
    """Whether a hidden layer has many units."""
    return max(net.widths[1:-1], default=0) > max(FEW_UNITS)


@pytest.mark.parametrize("domain", [EVERYTHING, SIGMOIDS])
def test_one_small_network_in_three_is_given_labels(domain):
    """Of each output and cost; whoever asks for labels has them everywhere."""
    drawn = list(covering(0, 0, domain))
    labelled = [net.architecture for net in drawn if net.labels]
    pairs = {(net.activations[-1], net.cost) for net in labelled}
    assert pairs == {*domain.outputs} & {*OUTPUTS}
    assert 0.25 < len(labelled) / len(drawn) < 0.34
    assert {s.labels for s in Choice(labels="onehot").scenarios(domain)} == {"onehot"}


def test_the_lecture_is_asked_on_one_sample_too():
    """As the 2-2-1 network is worked out by hand."""
    met = Counter((s.architecture, s.batch) for s in Choice().scenarios() if s.seed == 0)
    assert set(product(LECTURE, (1, 4))) <= set(met)


def test_of_the_small_networks_each_is_asked_in_one_format():
    """With the first regimes; all draws if the number is given, and of who supports less."""
    drawn = Choice().scenarios()
    few = [s for s in drawn if s.draws == OF_SMALL]
    assert len(few) == len({(s.architecture, s.seed) for s in few}) == ROUND - SHALLOW - DEEP
    assert Counter(s.dtype for s in few).keys() == set(FORMATS)
    assert {s.draws for s in Choice(draws=7).scenarios()} == {7}
    assert {s.draws for s in Choice().scenarios(SIGMOIDS)} == {DRAWS}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_meets_every_activation_in_every_hidden_layer(seed):
    """Up to the fourteenth; and square networks, where a matrix that is transposed still fits."""
    nets = [s.architecture for s in random_scenarios(ROUND, DRAWS, seed, ("float64",))]
    met = {place for net in nets for place in enumerate(net.activations[:-1])}
    assert met == set(product(range(14), ACTIVATIONS))
    square = [net for net in nets if len(set(net.widths)) == 1 < net.depth]
    assert len(square) >= 4


@pytest.mark.parametrize("names", ["abcd", "abcdefghijklmn", "abc", "abcdefg", "a"])
def test_a_square_is_complete_in_rows_columns_and_neighbours(names):
    """Of an odd number, together with the rows read backwards."""
    square = row_complete(names)
    for line in (*square, *zip(*square, strict=True)):
        assert sorted(line) == sorted(names)
    backwards = [row[::-1] for row in square] if len(names) % 2 else []
    pairs = Counter(pair for row in (*square, *backwards) for pair in pairwise(row))
    assert set(pairs) == {(one, other) for one, other in product(names, names) if one != other}
    assert set(pairs.values()) <= {1, 2}


# ------------------------------------------------------------------ restricted
RESTRICTED = [
    {"activation": ["relu"], "output": ["identity"], "cost": ["softmax_cross_entropy"]},
    {"activation": ["tanh", "relu"], "depth": ["2-3"], "width": ["2-16"], "batch": ["4"]},
    {"depth": ["1"]},
    {"labels": "onehot", "cost": ["mse"]},
    {"depth": ["20"], "width": ["3"], "batch": ["100"]},
]


@pytest.mark.parametrize("options", RESTRICTED, ids=str)
def test_options_restrict_every_scenario_and_leave_as_many(options):
    """All that is drawn is within; the lecture's networks are there if they are."""
    domain = domain_of(options)
    scenarios = Choice(**options).scenarios()
    for s in scenarios:
        assert domain.admits(s.architecture, s.batch, s.labels), s
    assert len({(s.architecture, s.seed, s.batch) for s in scenarios if s.seed}) >= ROUND


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"activation": ["reluu"]}, "--activation reluu: known are identity, sigmoid"),
        ({"output": ["swish"]}, "--output swish: known are identity"),
        ({"cost": ["rmse"]}, "--cost rmse: known are quadratic"),
        (
            {"output": ["relu"], "cost": ["softmax_cross_entropy"]},
            "--output relu: not with soft",
        ),
        ({"depth": ["4-1"]}, "--depth 4-1: expected numbers of layers, as in 3 or 1-4, from 1 on"),
        ({"depth": ["0"]}, "--depth 0: expected numbers of layers"),
        ({"width": ["a"]}, "--width a: expected numbers of inputs and units, as in 8 or 2-16"),
        ({"batch": ["1-"]}, "--batch 1-: expected numbers of samples"),
        ({"labels": "hard"}, "--labels hard: known are onehot"),
        (
            {"scenario": ["2x1-sigmoid-mse-float64-m4-s0"], "depth": ["2"]},
            "--depth 2: --scenario 2",
        ),
    ],
    ids=str,
)
def test_what_is_mistyped_is_refused_in_one_line(options, told):
    """The line names the option and says what is known."""
    with pytest.raises(ValueError, match=f"^{told}") as caught:
        Choice(**options).scenarios()
    assert "\n" not in str(caught.value)


def test_what_options_and_backend_have_in_common_is_drawn():
    """Or the line says what of it there is not."""
    supported = Domain(activations=("relu",), depths=(2, 3))
    both = supported & domain_of({"depth": "3-5", "activation": ["tanh", "relu"]})
    assert (both.activations, both.depths) == (("relu",), (3,))
    with pytest.raises(ValueError, match="no depth that is asked for is supported"):
        supported & domain_of({"depth": "4"})
    with pytest.raises(ValueError, match="no activation of hidden layers that is asked for"):
        supported & domain_of({"activation": "tanh", "depth": "1-9"})


def test_a_network_without_hidden_layers_has_no_hidden_activation():
    """A domain without any has networks of one layer only."""
    domain = Domain(activations=()) & EVERYTHING
    assert domain.depths == (1,)
    assert domain.admits(Architecture((3, 2), ("tanh",), "mse"), 4)
    assert not domain.admits(Architecture((3, 2, 2), ("tanh", "tanh"), "mse"), 4)
