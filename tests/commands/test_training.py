"""``crossgrad train``: a wrong gradient is told from rounding, at the step where it is made."""

import json
import math
import re
from itertools import count
from statistics import median

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import ask
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.commands.train.course import course
from crossgrad.comparisons.commands.train.descent import train
from crossgrad.comparisons.commands.train.figures import as_json
from crossgrad.comparisons.commands.train.finite import leaves_the_format
from crossgrad.comparisons.commands.train.kinks import across, units
from crossgrad.comparisons.commands.train.outcome import beside_control, kinks, ratios, verdict
from crossgrad.comparisons.commands.train.table import milestones
from crossgrad.comparisons.commands.train.walker import Walker
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.problems.scenario import Scenario

XOR = course(None, None, None)
#: Where weights that differ by a rounding soon have nothing in common.
CHAOS = course("2x4x1-tanh,sigmoid-quadratic-float32-m4-s3", "xor", 60.0)
#: One sample: nothing cancels in a gradient.
SINGLE = course("3x4x2-tanh,sigmoid-quadratic-float32-m1-s1", None, 0.5)
WIDE = course("2x100x3-relu,identity-softmax_cross_entropy-float64-m300-s1", "spirals", None)


def own(name, function):
    return Backend(name, lambda problem: ask(name, function, problem))


def variant(name):
    """A correct program that is not the reference."""
    return own(name, VARIANTS[name])


def from_step(first, wrong, right=VARIANTS["textbook"]):
    """Right before a step, wrong from there on: a program that counts its calls."""
    calls = count()

    def gradients(problem):
        return (wrong if next(calls) >= first else right)(problem)

    return own("mine", gradients)


def on_numpy(where, backend, steps):
    """A training by the reference and another."""
    return train(where, [load_backend("numpy"), backend], steps)


# ------------------------------------------------------------------ what is wrong
def test_a_missing_sigma_prime_is_named_where_it_begins():
    """Step, equation, layer and cause; the reference beside it is right to the end."""
    wrong = program({("BP2", 1): lambda at: at.v})
    found = on_numpy(XOR, from_step(7, wrong), 20)
    reference, mine = found.walks
    first = mine.failed[0]
    assert (mine.wrong, first.check, first.layer) == ([*range(7, 21)], "BP2", 1)
    assert first.cause == "σ′ is missing"
    assert (reference.wrong, found.code) == ([], 1)


def slightly_off(problem):
    """∂C/∂W² with its largest entry 10⁻⁵ too large."""
    answer = VARIANTS["textbook"](problem)
    dW = answer["dW"][1]
    dW.flat[np.abs(dW).argmax()] *= np.float32(1 + 1e-5)
    return answer


def test_one_entry_slightly_off_is_found_at_its_step_and_entry():
    """10⁻⁵ of one number is no rounding of float32."""
    mine = on_numpy(SINGLE, from_step(11, slightly_off), 12).walks[1]
    assert mine.wrong == [11, 12]
    assert [(row.check, row.layer) for row in mine.failed] == [("BP4", 2)]
    assert max(mine.worst)[1:3] == ("BP4", 2)


def test_a_fault_is_seen_where_the_trajectories_are_far_apart():
    """Each step is judged from its own weights: no distance hides a fault, or makes one."""
    found = on_numpy(CHAOS, from_step(60, program({("BP3", 2): lambda at: at.delta[:, :1]})), 61)
    assert found.walks[1].distances[60] > 0.01
    assert found.walks[1].wrong == [60, 61]
    assert (found.walks[1].failed[0].check, found.walks[1].failed[0].layer) == ("BP3", 2)


def twice(problem):
    """Gradients only, the first layer's twice as large."""
    answer = VARIANTS["gradients_only"](problem)
    return answer | {"dW": [2 * answer["dW"][0], *answer["dW"][1:]]}


def test_gradients_alone_are_judged_end_to_end():
    """By all that can be said of them; the cost shown is the reference's."""
    right = VARIANTS["gradients_only"]
    mine = on_numpy(XOR, from_step(3, twice, right), 5).walks[1]
    assert mine.wrong == [3, 4, 5]
    assert (mine.failed[0].check, mine.failed[0].layer) == ("dW", 1)
    assert not mine.reports_cost
    assert np.isfinite(mine.costs).all()


#: Where a relative error of 10⁻⁵ leads far from what rounding does, within few steps.
STEEP = course(None, "spirals", 4.0)


def scaled(name, *keys):
    """The answer of a variant, with each of these quantities 10⁻⁵ too large."""

    def gradients(problem):
        answer = VARIANTS[name](problem)
        return answer | {key: [np.float32(1.00001) * g for g in answer[key]] for key in keys}

    return own("mine", gradients)


def test_a_small_error_of_gradients_alone_is_not_called_rounding():
    """It is within the end-to-end bound, and far beyond the control: that is said, and no more."""
    found = on_numpy(STEEP, scaled("gradients_only", "dW", "db"), 10)
    assert (found.code, found.walks[1].wrong) == (0, [])
    ratio = ratios(found.walks[1], found.control)[10]
    assert ratio > 100
    assert f" at step 10, {ratio:.0f} times the control's " in beside_control(found)[1]
    assert "\n".join(verdict(found)) == (
        "every gradient of numpy at steps 0 … 10 is within its bound\n"
        "every gradient of mine at steps 0 … 10 is within its end-to-end bound:\n"
        "  that does not tell rounding from a small error; report z, a and delta as well,\n"
        "  and each equation is judged where it is made"
    )


def test_the_same_error_in_a_whole_trace_is_found():
    """At the first step, where δ is made."""
    found = on_numpy(STEEP, scaled("textbook", "dW", "db", "delta"), 10)
    mine = found.walks[1]
    assert (found.code, mine.whole, mine.wrong[0]) == (1, True, 0)
    assert (mine.failed[0].check, mine.failed[0].layer) == ("BP1", 2)


def test_an_error_that_rounding_may_make_is_not_called_rounding():
    """The sum over 300 samples may err by 1.8 · 10⁻⁵: that is said, and beside it the distance.

    Of sigmoid, whose terms are none 0: a sum over fewer, as behind relu, may err by less.
    """
    dense = "2x100x3-sigmoid,identity-softmax_cross_entropy-float32-m300-s1"
    found = on_numpy(course(dense, "spirals", 4.0), scaled("textbook", "dW", "db"), 10)
    assert (found.code, found.walks[1].whole) == (0, True)
    assert ratios(found.walks[1], found.control)[10] > 100
    assert verdict(found)[-1].endswith("apart is no more than rounding may do")


def test_a_trace_that_is_not_always_whole_is_not_praised():
    """One step of gradients alone, the first, was not judged where it is made."""
    found = on_numpy(XOR, from_step(1, VARIANTS["textbook"], VARIANTS["gradients_only"]), 5)
    assert found.code == 0
    assert "rounding from a small error" in verdict(found)[-1]


def without_delta(problem):
    """All but δ."""
    return {name: q for name, q in VARIANTS["textbook"](problem).items() if name != "delta"}


@pytest.mark.parametrize("where", [SINGLE, XOR], ids=["one", "four"])
def test_without_delta_not_every_equation_is_judged(where):
    """Also of one sample, where ∂C/∂b is δ but for rounding: it is only a guess."""
    found = on_numpy(where, own("mine", without_delta), 3)
    assert not found.walks[1].whole
    assert "no more than rounding may do" not in verdict(found)[-1]


def test_a_failure_tells_its_step_whatever_the_name():
    """The text is made with the step in it, not changed afterwards."""
    wrong = program({("BP2", 1): lambda at: at.v})
    told = verdict(on_numpy(XOR, own("in draw 0 (ordinary)", wrong), 1))[-1]
    assert "\nin draw 0 (ordinary) fails BP2 at layer 1" in told
    assert re.search(r"\n  entry         δ¹\[\d, \d\] at step 0\n", told)


# ------------------------------------------------------------------ what is right
@pytest.mark.parametrize("where", [XOR, SINGLE, WIDE], ids=["xor", "one sample", "float64"])
@pytest.mark.parametrize("name", ["textbook", "row_layout", "gradients_only", "per_example"])
def test_correct_programs_go_other_ways_and_are_right(where, name):
    """Their last digits differ, and so do their weights; no gradient is wrong."""
    found = on_numpy(where, variant(name), 2 if where is WIDE else 25)
    mine = found.walks[1]
    assert (mine.wrong, found.code, mine.ended) == ([], 0, "")
    assert mine.distances[0] == 0 < max(mine.distances)
    assert max(worst.residual for worst in mine.worst) <= 1


def test_trajectories_part_for_good_though_no_step_is_wrong():
    """Chaos: rounding alone leads to other weights altogether, the control's among them."""
    found = on_numpy(CHAOS, variant("textbook"), 60)
    mine = found.walks[1]
    assert max(mine.distances) > 0.1
    assert max(found.control.distances) > 0.1
    assert found.code == 0
    told = "within its bound:\n  what sets them apart is no more than rounding may do"
    assert told in "\n".join(verdict(found))


def test_the_frameworks_are_right_on_the_spirals():
    """All three, from the same bits: a distance of roundings, beside the control's."""
    found = train(course(None, "spirals", None), list(map(load_backend, ("torch", "jax"))), 20)
    assert [walk.wrong for walk in found.walks] == [[], []]
    for walk in found.walks:
        assert 0 < walk.distances[-1] < 1e-5
        assert len(ratios(walk, found.control)) == 20
        assert 0.1 < median(ratios(walk, found.control).values()) < 10


# ------------------------------------------------------------------ kinks
def test_units_on_another_piece_are_counted():
    """Of those activations only that have a kink; at a kink, its own convention decides."""
    z = [np.array([[-1.0, 0.0, 2.0]]), np.array([[-3.0, 0.5, 3.0]])]
    other = [np.array([[1.0, -1.0, 3.0]]), np.array([[3.0, 1.0, 4.0]])]
    assert across(("relu", "hardtanh"), z, other) == 1 + 2
    assert across(("tanh", "leaky_relu"), z, other) == 1
    assert across(("softplus", "sigmoid"), z, other) == 0
    assert units(("relu", "tanh"), 4, (2, 3, 5)) == 12


def uphill(problem):
    """Steps in the wrong direction, to where other units are active."""
    answer = VARIANTS["textbook"](problem)
    return answer | {"dW": [-dW for dW in answer["dW"]]}


def test_the_first_unit_across_a_kink_is_told():
    """Its step, with what the next makes of the distance."""
    where = course("2x4x1-relu,sigmoid-quadratic-float32-m4-s3", "xor", 20.0)
    found = on_numpy(where, from_step(2, uphill), 4)
    mine = found.walks[1]
    assert mine.across[:3] == [0, 0, 0]
    assert (mine.first_across, found.walks[0].first_across) == (3, None)
    told = kinks(found)
    assert told[0] == "first unit on the other side of a kink than the reference's:"
    assert told[1].startswith(f"  mine: at step 3 {mine.across[3]} of 16, and the next takes ")


# ------------------------------------------------------------------ the control
@pytest.mark.parametrize(("where", "u"), [(XOR, 2.0**-24), (WIDE, 2.0**-53)])
def test_the_control_is_as_far_as_rounding_leads(where, u):
    """Some roundings after a few steps, in either format."""
    control = on_numpy(where, variant("textbook"), 3).control
    assert control.distances[0] == 0
    assert 0 < control.distances[3] < 100 * u


def test_the_control_has_the_same_rate():
    """0.1 is another number in float64: the rate is the format's, for all."""
    assert course(None, "xor", 0.1).rate == float(np.float32(0.1)) != 0.1
    assert course(None, "xor", 0.1).eta == "0.1"


# ------------------------------------------------------------------ the way down
def test_a_step_is_made_from_the_reported_gradients_in_the_format():
    """w - η ∂C/∂w, with the gradients that the backend reports, whatever they are."""
    answer = VARIANTS["textbook"](XOR.problem)
    walker = Walker(variant("textbook"), XOR.problem)
    walker.look(0)
    walker.step(XOR.rate)
    for w, dw, moved in zip(XOR.problem.W, answer["dW"], walker.problem.W, strict=True):
        assert np.array_equal(moved, w - np.float32(8) * dw)
        assert moved.dtype == np.float32


@pytest.mark.parametrize("where", [XOR, CHAOS, SINGLE], ids=["xor", "scenario on xor", "drawn"])
def test_all_begin_at_the_weights_of_draw_0(where):
    """To the bit, on whatever data."""
    drawn = where.scenario.problems()[0]
    for ours, usual in zip((*where.problem.W, *where.problem.b), (*drawn.W, *drawn.b), strict=True):
        assert np.array_equal(ours, usual)


def test_digits_are_exact_and_one_hot():
    """Sixteenths of a pixel; one class a sample."""
    where = course(None, "digits", None)
    x, y = where.problem.x, where.problem.y
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((64, 1797), (10, 1797), "float32", "float32")
    assert np.array_equal(16 * x, np.round(16 * x))
    assert (x.min(), x.max()) == (0, 1)
    assert (y.sum(axis=0) == 1).all()
    assert on_numpy(where, variant("row_layout"), 1).code == 0


@pytest.mark.parametrize(
    ("last", "steps"),
    [(0, [0]), (1, [0, 1]), (10, [0, 1, 2, 5, 10]), (12, [0, 1, 2, 5, 10, 12])],
)
def test_milestones_are_told_once(last, steps):
    """Of a way that ends where it begins, too."""
    assert milestones(last) == steps


def test_an_infinite_residual_is_strict_json():
    found = on_numpy(XOR, variant("textbook"), 1)
    found.walks[1].explained = {"known": (3, math.inf)}
    found.walks[1].worst[0] = found.walks[1].worst[0]._replace(residual=math.inf)
    values = json.loads(as_json(found), parse_constant=pytest.fail)
    assert values["backends"][1]["explained"] == {"known": [3, "inf"]}
    assert values["backends"][1]["residual"][0] == "inf"


# ------------------------------------------------------------------ what is not finite
def test_a_rate_that_is_too_large_is_no_wrong_gradient():
    """The cost overflows, in the reference as well: the way ends, and is told to."""
    where = course("2x3x2-tanh,identity-quadratic-float32-m4-s1", None, 50.0)
    found = on_numpy(where, variant("textbook"), 40)
    assert found.code == 0
    for walk in found.walks:
        assert (walk.wrong, walk.failed) == ([], [])
        assert "numbers leave the format, the reference's too: the rate is" in walk.ended
        assert 3 < len(walk.costs) < 40
        assert all(worst.residual <= 1 for worst in walk.worst)


def test_weights_that_overflow_end_a_way():
    """The gradient is right, the step leads out of the format."""
    where = course("1x1-identity-quadratic-float32-m1-s0", None, 3e38)
    walk = on_numpy(where, variant("textbook"), 5).walks[1]
    assert walk.ended == "its weights are not finite at step 1: the rate is too large"
    assert walk.wrong == []


def test_a_saturated_probability_is_no_wrong_gradient():
    """Of a = 1 the cross-entropy is NaN by its definition, and 50 by torch's clamp."""
    where = course("2x4x1-tanh,sigmoid-binary_cross_entropy-float32-m4-s1", "xor", 20.0)
    found = train(where, [load_backend("torch")], 20)
    assert (found.code, found.walks[0].wrong) == (0, [])
    assert found.walks[0].ended.endswith("or a unit saturated")
    assert math.isfinite(found.walks[0].costs[-1])


def test_after_a_wrong_gradient_the_rate_is_not_blamed():
    """What leads out of the format is the gradient then."""

    def enormous(problem):
        answer = VARIANTS["textbook"](problem)
        return answer | {"db": [np.full_like(db, 1e38) for db in answer["db"]]}

    walk = on_numpy(XOR, from_step(3, enormous), 9).walks[1]
    assert walk.wrong == [3]
    assert walk.ended == "its weights are not finite at step 4: a wrong gradient came before"


def no_number(problem):
    answer = VARIANTS["textbook"](problem)
    answer["dW"][0][0, 0] = np.nan
    return answer


def test_nan_where_the_reference_has_numbers_is_wrong():
    """It ends that way, and no other."""
    reference, mine = on_numpy(XOR, from_step(5, no_number), 9).walks
    assert (mine.wrong, len(mine.costs)) == ([5], 6)
    assert mine.ended == "its gradients are not finite at step 5: no step can be made"
    assert (mine.failed[0].check, mine.failed[0].entry) == ("BP4", (0, 0))
    assert (len(reference.costs), reference.ended) == (10, "")


def test_a_wrong_number_is_seen_where_others_overflow():
    """At a step where the cost overflows in any program, finite numbers are judged as ever."""
    where = course("2x3x2-tanh,identity-quadratic-float32-m4-s1", None, 50.0)
    wrong = program({("z", 1): lambda at: at.W @ at.below})
    last = len(on_numpy(where, variant("textbook"), 40).walks[1].costs) - 1
    mine = on_numpy(where, from_step(last, wrong), 40).walks[1]
    assert mine.wrong == [last]
    assert (mine.failed[0].check, mine.failed[0].layer) == ("z", 1)
    assert math.isfinite(mine.failed[0].value)


def test_a_sum_before_its_division_may_overflow():
    """Near the largest number the reference is finite, and another correct program is not."""
    problem = course("1x1-identity-quadratic-float32-m4-s1", None, None).problem
    large = problem.map(lambda array: np.ldexp(array, 32))
    assert np.isfinite(load_backend("numpy").trace(large).cost)
    with np.errstate(over="ignore"):
        assert np.isinf(load_backend("torch").trace(large).cost)
    assert leaves_the_format(large)
    assert not leaves_the_format(problem)


# ------------------------------------------------------------------ what is known
def test_a_known_divergence_is_counted_and_is_not_wrong():
    """torch's softplus past 20, in a descent that leads there."""
    where = course("1x1-softplus-quadratic-float64-m32-s0", None, 60.0)
    found = train(where, [load_backend("torch")], 5)
    assert found.code == 0
    assert found.walks[0].explained["torch-softplus-threshold"][0] > 0
    assert "rounding and the divergences above may do" in "\n".join(verdict(found))


def test_own_scenarios_fit_their_data():
    """The default network of each set of data is one."""
    for name, samples in (("xor", 4), ("spirals", 300), ("digits", 1797)):
        assert course(None, name, None).scenario.batch == samples
    assert course(None, "spirals", None).scenario == Scenario.parse(
        "2x100x3-relu,identity-softmax_cross_entropy-float32-m300-s1"
    )
