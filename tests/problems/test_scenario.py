"""Ids name scenarios and nothing else; the default run covers everything; draws never change."""

import re
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SIXTEEN
from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.generations import GENERATIONS, NEWEST
from crossgrad.comparisons.problems.problem import stack_problems, unstack_problems
from crossgrad.comparisons.problems.scenario import Scenario, usual_draws
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS

always_the_same = settings(derandomize=True, database=None, deadline=None)


@st.composite
def scenarios(draw):
    widths = draw(st.lists(st.integers(1, 10**4), min_size=2, max_size=9))
    names = st.lists(
        st.sampled_from(list(ACTIVATIONS)), min_size=len(widths) - 1, max_size=len(widths) - 1
    )
    activations, cost = draw(names), draw(st.sampled_from(list(COSTS)))
    activations[-1] = COSTS[cost].last or activations[-1]
    net = Architecture(tuple(widths), tuple(activations), cost)
    numbers = [draw(st.integers(low, high)) for low, high in ((1, 999), (0, 2**64 - 1), (1, 99))]
    how = draw(st.sampled_from(list(GENERATIONS))), draw(st.sampled_from(["", *LABELS]))
    return Scenario(net, draw(st.sampled_from(list(FORMATS))), *numbers, *how)


# ------------------------------------------------------------------ ids
@always_the_same
@given(scenarios())
def test_an_id_gives_its_scenario_back(scenario):
    """Scenario → id → scenario, and id → scenario → id."""
    assert Scenario.parse(str(scenario)) == scenario
    assert str(Scenario.parse(str(scenario))) == str(scenario)


@always_the_same
@given(st.lists(scenarios(), min_size=2, max_size=2, unique=True))
def test_different_scenarios_have_different_ids(pair):
    assert str(pair[0]) != str(pair[1])


def test_an_id_reads_as_documented():
    """The example of the documents, with and without draws."""
    scenario = Scenario.parse("5x8x3-tanh,sigmoid-mse-float32-m4-s17")
    assert scenario.architecture == Architecture((5, 8, 3), ("tanh", "sigmoid"), "mse")
    assert (scenario.dtype, scenario.batch, scenario.seed) == ("float32", 4, 17)
    assert (scenario.draws, scenario.generation, scenario.labels) == (8, 1, "")
    assert Scenario.parse("5x8x3-tanh,sigmoid-mse-float32-m4-s17-k2").draws == 2
    newest = Scenario.parse("5x8x3-tanh,sigmoid-mse-float32-m4-s17-g2-onehot")
    assert (newest.draws, newest.generation, newest.labels) == (usual_draws(NEWEST), 2, "onehot")


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("", "expected WIDTHS"),
        ("5", "expected WIDTHS"),
        ("5x0x3-tanh,tanh-mse-float32-m4-s17", "width 0"),
        ("5x-tanh-mse-float32-m4-s17", "expected WIDTHS"),
        ("5x-3-tanh-mse-float32-m4-s17", "expected WIDTHS"),
        ("5-tanh-mse-float32-m4-s17", "widths (5,)"),
        ("5x3.5-tanh-mse-float32-m4-s17", "expected WIDTHS"),
        ("5x٣-tanh-mse-float32-m4-s17", "expected WIDTHS"),
        ("5x3-tan-mse-float32-m4-s17", "activation 'tan'"),
        ("5x3-TANH-mse-float32-m4-s17", "expected WIDTHS"),
        ("5x3--mse-float32-m4-s17", "expected WIDTHS"),
        ("5x3-tanh,-mse-float32-m4-s17", "2 activations for 1 layers"),
        ("5x3-tanh,tanh-mse-float32-m4-s17", "2 activations for 1 layers"),
        ("5x4x3-tanh-mse-float32-m4-s17", "1 activations for 2 layers"),
        ("5x3-tanh-rmse-float32-m4-s17", "cost 'rmse'"),
        ("5x3-tanh-binary_cross_entropy-float32-m4-s17", "must be sigmoid"),
        ("5x3-tanh-sigmoid_cross_entropy-float32-m4-s17", "must be identity"),
        ("5x3-tanh-softmax_cross_entropy-float32-m4-s17", "must be identity"),
        ("5x3-tanh-mse-float8-m4-s17", "dtype 'float8'"),
        ("5x3-tanh-mse-float32-m0-s17", "batch 0"),
        ("5x3-tanh-mse-float32-m-1-s17", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17-k0", "draws 0"),
        ("5x3-tanh-mse-float32-m4-s17-k8", "write it 5x3-tanh-mse-float32-m4-s17"),
        ("05x3-tanh-mse-float32-m4-s17", "write it 5x3-tanh"),
        ("5x3-tanh-mse-float32-m04-s17", "write it 5x3-tanh"),
        ("5x3-tanh-mse-float32-m4-s017", "write it 5x3-tanh"),
        ("5x3-tanh-mse-float32-m4-s18446744073709551616", "seed 18446744073709551616"),
        ("5x3-tanh-mse-float32-m4", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17-", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17 ", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17\n", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17-x", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17-g0", "generation 0"),
        ("5x3-tanh-mse-float32-m4-s17-g3", "generation 3: known are 1, 2"),
        ("5x3-tanh-mse-float32-m4-s17-g1", "write it 5x3-tanh-mse-float32-m4-s17"),
        ("5x3-tanh-mse-float32-m4-s17-k21-g2", "write it 5x3-tanh-mse-float32-m4-s17-g2"),
        ("5x3-tanh-mse-float32-m4-s17-g2-k2", "expected WIDTHS"),
        ("5x3-tanh-mse-float32-m4-s17-g2-soft", "expected WIDTHS"),
    ],
)
def test_a_malformed_id_is_refused_in_one_line(text, culprit):
    """The line repeats the id and names what is wrong with it."""
    with pytest.raises(ValueError, match=re.escape(culprit)) as caught:
        Scenario.parse(text)
    assert str(caught.value).startswith(f"scenario {text!r}: ")
    assert "\n" not in str(caught.value)


def test_absurd_numbers_are_refused_in_one_line():
    """More digits than Python converts to a number."""
    text = f"5x3-tanh-mse-float32-m4-s{'9' * 5000}"
    with pytest.raises(ValueError, match=r"^scenario '5x3-tanh"):
        Scenario.parse(text)


# ------------------------------------------------------------------ draws
DIGESTS = {
    "2x2x1-sigmoid,sigmoid-quadratic-{}-m1-s0": (
        "23646bcde615358596ae5a0e56feabc3d11bcd3b8579844a2f750a94418e1c18"
    ),
    "5x8x3-tanh,sigmoid-mse-{}-m4-s17": (
        "d45ed8e663c6abd6d0fd2b4e478328c1d51e8eed3ca120be7c71e2b6dbb95e39"
    ),
    "3x4-sigmoid-binary_cross_entropy-{}-m5-s1": (
        "fb8879b3cfb6fd48997c0e4beba35fd2cc51fd2a56dae354abb1e5978609f1c9"
    ),
    "7x3x2-relu,identity-sigmoid_cross_entropy-{}-m3-s999999": (
        "c895c7df9432ceb46c90ca6c47451893ecb0b35238714440445d5d4a54f89692"
    ),
    "4x5x6x3-gelu,mish,identity-softmax_cross_entropy-{}-m2-s18446744073709551615": (
        "0974f30cd0480066af2eca8e9acdfdea7b9fffd2a1bed6fa4a80ff6263648201"
    ),
}


#: Of the formats of 16 bits, both.
DIGESTS_16 = {
    "2x2x1-sigmoid,sigmoid-quadratic-{}-m1-s0": (
        "157a0c6c24aeb861f4f3d1aa7cbb1c7bcce1ee263dbc7074300ea1fb12c478fc"
    ),
    "5x8x3-tanh,sigmoid-mse-{}-m4-s17": (
        "a192646bbe4e6c25e81b0ac570a5174a580af593e55b66186d0c6f335a856abf"
    ),
    "3x4-sigmoid-binary_cross_entropy-{}-m5-s1": (
        "66404c00d88232ca87c94f560285bfb1b02652acbccb96e72a95b6e1b12c770d"
    ),
    "7x3x2-relu,identity-sigmoid_cross_entropy-{}-m3-s999999": (
        "544ab6512968adc69761efb9f96f81edc132653a2703fc01544af61da6cece1a"
    ),
    "4x5x6x3-gelu,mish,identity-softmax_cross_entropy-{}-m2-s18446744073709551615": (
        "b58276058d96ffd73655ec9afffb4acd64a0544d73fad0114a71c68928d5ce5b"
    ),
}


#: Of generation 2, in all formats.
DIGESTS_2 = {
    "2x2x1-sigmoid,sigmoid-quadratic-{}-m1-s0-g2": (
        "433ba28aba15598083e4385188a72cb30eb8aacea69def2cf8e5da5a08d2bfdb"
    ),
    "5x8x3-tanh,sigmoid-mse-{}-m4-s17-g2": (
        "d11f8c69f185a7287441f129948a5d81b6e5c0792dfa5b63989da5411f1d10c8"
    ),
    "3x4-sigmoid-binary_cross_entropy-{}-m5-s1-g2": (
        "a19958d25b5b439d89f28ffa841e797e18150502e0a48c98fc68f18814972f84"
    ),
    "7x3x2-relu,identity-sigmoid_cross_entropy-{}-m3-s999999-g2": (
        "70ab568b8b0bb68f6ccf9283d7c44d4e32f33ee0a4fa26cec10ae91ca3c0f139"
    ),
    "4x5x6x3-gelu,mish,identity-softmax_cross_entropy-{}-m2-s18446744073709551615-g2": (
        "a27b7b43ce8a29085ffd99af4935757606d8bf32b4dbd094af166ed00706a4de"
    ),
    "3x4x3-tanh,identity-softmax_cross_entropy-{}-m4-s5-g2-onehot": (
        "5d6f1d237ff1dcf50a60e3aadb0df5a74877aece7460c414bdddd3089277c7a7"
    ),
    "3x4x1-tanh,sigmoid-binary_cross_entropy-{}-m4-s5-g2-onehot": (
        "18b96163da65624b555b8f0db81de6cea17fe9ca6f57931186c305126df6d1ee"
    ),
}


def digest(text, formats=FORMATS):
    """Of shape, format and every bit of all arrays of all draws, little-endian."""
    total = sha256()
    for dtype in formats:
        for problem in Scenario.parse(text.format(dtype)).problems():
            for array in problem.arrays:
                total.update(f"{array.dtype.name}{array.shape}".encode())
                total.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()


@pytest.mark.parametrize("text", DIGESTS)
def test_draws_are_the_same_for_ever(text):
    """All eight regimes in both formats: what an id meant, it means; never renew a digest."""
    assert digest(text) == DIGESTS[text]


@pytest.mark.parametrize("text", DIGESTS_16)
def test_draws_of_16_bits_are_the_same_for_ever(text):
    """Likewise; in float16 also what keeps them within its range."""
    assert digest(text, SIXTEEN) == DIGESTS_16[text]


@pytest.mark.parametrize("text", DIGESTS_2)
def test_draws_of_generation_2_are_the_same_for_ever(text):
    """All twenty-one regimes in all four formats."""
    assert digest(text, ALL_FORMATS) == DIGESTS_2[text]


@pytest.mark.parametrize(("digests", "generation"), [(DIGESTS, 1), (DIGESTS_16, 1), (DIGESTS_2, 2)])
def test_digests_guard_all_regimes_and_costs(digests, generation):
    """So that no part of the generator is left unguarded."""
    scenarios = [Scenario.parse(text.format("float64")) for text in digests]
    assert {scenario.generation for scenario in scenarios} == {generation}
    assert {scenario.draws for scenario in scenarios} == {usual_draws(generation)}
    assert {scenario.architecture.cost for scenario in scenarios} == set(GENERATIONS[NEWEST].costs)


def test_digests_of_generation_2_guard_all_labels():
    """Those of a name, and those that a cost is given."""
    labels = {Scenario.parse(text.format("float64")).labels for text in DIGESTS_2}
    assert labels == {"", *LABELS}


def told(problem):
    return [(array.dtype, array.shape, array.tobytes()) for array in problem.arrays]


@pytest.mark.parametrize("draws", [range(3), range(2, 11), range(15, 16)], ids=str)
def test_some_draws_are_a_part_of_all(draws):
    """Of a stack, and one by one."""
    scenario = Scenario.parse("3x4x1-mish,sigmoid-binary_cross_entropy-float16-m5-s1-k16")
    problems = scenario.problems()[draws.start : draws.stop]
    stack = scenario.stack(draws)
    assert told(stack) == told(stack_problems(problems))
    assert list(map(told, unstack_problems(stack))) == list(map(told, problems))


@pytest.mark.parametrize("dtype", ALL_FORMATS)
def test_draws_are_read_only_views_of_their_stack(dtype):
    """Nothing is copied, and whoever unlocks one would unlock all; a copy may be written to."""
    stack = Scenario.parse(f"5x8x1-tanh,sigmoid-binary_cross_entropy-{dtype}-m4-s17").stack()
    for problem in unstack_problems(stack):
        for array, whole in zip(problem.arrays, stack.arrays, strict=True):
            assert np.shares_memory(array, whole)
            assert array.flags.c_contiguous
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
        for array in problem.copy().arrays:
            array[...] = 0


@pytest.mark.parametrize("dtype", FORMATS)
def test_problems_are_of_their_format_finite_and_read_only(dtype):
    """Every backend is given the same arrays, and none can change them."""
    for problem in Scenario.parse(f"5x8x3-tanh,sigmoid-mse-{dtype}-m4-s17").problems():
        for array in problem.arrays:
            assert array.dtype.name == problem.dtype == dtype
            assert np.isfinite(array).all()
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
