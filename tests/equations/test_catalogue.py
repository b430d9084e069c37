"""The catalogue of planted faults: what it holds, and that each of its faults is one."""

from itertools import combinations

import pytest

from crossgrad.comparisons.commands.power.subject import bits
from crossgrad.comparisons.equations.faults import CATALOGUE, OF_PARTS
from crossgrad.comparisons.equations.faults.networks import (
    CUBE,
    DEPTH,
    ODD,
    ONE_SAMPLE,
    SQUARE,
    WIDE,
)
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.problems.problem import QUANTITIES
from crossgrad.comparisons.problems.scenario import Scenario

ALL = [*CATALOGUE, *OF_PARTS]
#: Of a sum that is 6 there is one in a few networks.
SEEDS = range(20)
GROUPS = {"textbook", "numerical", "structural", "historical", "sized"}


def test_there_are_at_least_150_of_every_sort():
    assert len(CATALOGUE) >= 150
    assert {fault.group for fault in CATALOGUE} == GROUPS
    assert len({fault.name for fault in ALL}) == len(ALL)


def test_each_says_what_is_wrong_and_where():
    """One sentence or two; a check at a layer where it holds, or the words that name a culprit."""
    for fault in ALL:
        assert fault.what.endswith("."), fault
        assert fault.dtypes, fault
        if fault.blamed:
            assert (fault.check, fault.layer) == ("", 0), fault
        else:
            assert fault.layer in CHECKS[fault.check].layers(DEPTH), fault


def test_every_equation_has_its_faults():
    """So that no part of the suite is left untried; ``test_part_faults`` has those of parts."""
    assert {fault.check for fault in CATALOGUE} == {*CHECKS, ""}


def test_released_bugs_have_their_link():
    """Each of the historical ones, and some elsewhere; PyTorch and JAX are among them."""
    links = [fault.link for fault in CATALOGUE if fault.link]
    assert all(fault.link for fault in CATALOGUE if fault.group == "historical")
    assert all(link.startswith("https://github.com/") for link in links)
    for project in ("pytorch/pytorch", "jax-ml/jax"):
        assert sum(project in link for link in links) >= 5


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_each_changes_something(dtype):
    """In some draw of some network the answer has other bits, or there is none; inputs count."""
    for fault in ALL:
        if dtype in fault.dtypes:
            assert any(changes(fault, fault.kind.scenario(dtype, seed)) for seed in SEEDS), fault


def changes(fault, scenario):
    """Whether any draw tells a faulty program from the right one."""
    faulty, right = fault.make(), program()
    return any(differ(faulty, right, problem) for problem in scenario.problems())


def differ(faulty, right, problem):
    """In the answer, or in what is left of the input."""
    given, untouched = problem.copy(), problem.copy()
    try:
        answer = faulty(given)
        same = all(bits(answer[name]) == bits(right(untouched)[name]) for name in QUANTITIES)
    except (KeyError, AttributeError, ZeroDivisionError):
        return True
    return not same or bits(given.arrays) != bits(untouched.arrays)


@pytest.mark.parametrize("catalogue", [CATALOGUE, OF_PARTS], ids=["catalogue", "of parts"])
def test_no_two_are_the_same(catalogue):
    """At one place and in one kind of network: in some draw their answers differ."""
    groups = {}
    for fault in catalogue:
        if fault.check:
            groups.setdefault((fault.check, fault.layer, fault.kind), []).append(fault)
    for faults in groups.values():
        for one, other in combinations(faults, 2):
            for dtype in sorted({*one.dtypes} & {*other.dtypes})[:1]:
                networks = [one.kind.scenario(dtype, seed) for seed in range(3)]
                assert any(tell_apart(one, other, s) for s in networks), f"{one}, {other}"


def tell_apart(one, other, scenario):
    programs = one.make(), other.make()
    return any(differ(*programs, problem) for problem in scenario.problems())


# ------------------------------------------------------------------ networks
def test_networks_are_of_their_kind():
    """Square, wide, odd, of one sample: what the fault needs in order to show."""
    for seed in range(10):
        square, cube, wide, odd, one = (
            kind.scenario("float64", seed) for kind in (SQUARE, CUBE, WIDE, ODD, ONE_SAMPLE)
        )
        assert len(set(square.architecture.widths)) == 1
        assert {*cube.architecture.widths, cube.batch} == {4}
        assert min(wide.architecture.widths[1:-1]) > 32
        assert all(width % 2 for width in odd.architecture.widths)
        assert one.batch == 1


def test_networks_are_the_same_for_the_same_seed():
    kinds = {fault.kind for fault in CATALOGUE}
    for kind in kinds:
        assert kind.scenario("float64", 7) == kind.scenario("float64", 7)
        assert kind.scenario("float64", 7) != kind.scenario("float64", 8)
        assert Scenario.parse(str(kind.scenario("float32", 7))) == kind.scenario("float32", 7)
