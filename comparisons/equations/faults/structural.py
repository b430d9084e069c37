"""Right in general, wrong in a corner: sizes, zeros, single entries, buffers, repeated calls."""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import changed, fault, form
from crossgrad.comparisons.equations.faults.networks import (
    LARGE_BATCH,
    ODD,
    ONE_SAMPLE,
    SQUARE,
    UNEVEN,
    WIDE,
    of,
)
from crossgrad.comparisons.equations.faults.program import RIGHT, Answer, Step
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ sizes
@fault("z", 2, WIDE)
def inputs_past_thirty_two_dropped(at: Step) -> Array:
    """A tile of 32 and no second one."""
    return at.W[:, :32] @ at.below[:32] + at.b


@fault("BP2", 1, WIDE)
def units_past_thirty_two_dropped(at: Step) -> Array:
    """The same in Wᵀδ."""
    return at.W_next[:32].mT @ at.delta_next[:32] * at.slope


@fault("BP4", 2, WIDE)
def last_rows_of_a_tile_missing(at: Step) -> Array:
    """Rows past 32 keep the 0 that they were filled with."""
    dW = np.array(RIGHT["BP4"](at))
    dW[32:] = 0
    return dW


@fault("z", 3, ODD)
def remainder_of_four_dropped(at: Step) -> Array:
    """A loop unrolled by four, without its tail."""
    n = at.W.shape[1] // 4 * 4
    return at.W[:, :n] @ at.below[:n] + at.b


@fault("BP2", 2, ODD)
def odd_unit_dropped(at: Step) -> Array:
    """Units are taken in pairs."""
    n = len(at.delta_next) // 2 * 2
    return at.W_next[:n].mT @ at.delta_next[:n] * at.slope


@fault("BP4", 3, UNEVEN)
def remainder_of_the_batch_dropped(at: Step) -> Array:
    """Samples are taken four at a time."""
    n = at.m // 4 * 4
    return at.delta[:, :n] @ at.below[:, :n].mT


@fault("BP3", 1, LARGE_BATCH)
def samples_past_sixteen_dropped(at: Step) -> Array:
    """A block of 16 and no second one."""
    return at.delta[:, :16].sum(axis=1, keepdims=True)


@fault("BP3", 2, ONE_SAMPLE)
def squeezed_at_one_sample(at: Step) -> Array:
    """(n, 1) became (n,), and its last axis is now the units."""
    delta = at.delta.squeeze(axis=1) if at.m == 1 else at.delta
    return np.broadcast_to(delta.sum(axis=-1, keepdims=at.m > 1), at.b.shape)


@fault("BP1", 3, ONE_SAMPLE)
def batch_of_one_taken_for_a_vector(at: Step) -> Array:
    """(n, 1) became (n,), and 1/n is taken for 1/m."""
    samples = at.a.size if at.m == 1 else at.m
    return RIGHT["BP1"](at) * at.m / samples


# ------------------------------------------------------------------ numbers
@fault("BP2", 2, of("hardtanh"))
def slope_one_at_the_kinks(at: Step) -> Array:
    """hardtanh′(±1) = 1, as JAX takes it; the convention here is 0, as torch takes it."""
    return at.v * (np.abs(at.z) <= 1)


@fault("BP2", 1)
def early_end_when_gradients_vanish(at: Step) -> Array:
    """All 0 when the largest is below 10⁻¹²."""
    delta = RIGHT["BP2"](at)
    return np.where(np.abs(delta).max() < 1e-12, 0, delta)


@fault("BP2", 1, of("identity", "relu"))
def exploding_gradients_capped(at: Step) -> Array:
    """Kept within ± 1."""
    return np.clip(RIGHT["BP2"](at), -1, 1)


@fault("a", 2, of("tanh", "softsign", "gelu", "silu"))
def large_arguments_clipped(at: Step) -> Array:
    """z kept within ± 6."""
    return at.sigma(np.clip(at.z, -6, 6))


@fault("z", 1)
def not_a_number_at_exact_zeros(at: Step) -> Array:
    """0/0 where an input is 0."""
    return at.W @ (at.below / at.below * at.below) + at.b


@fault("a", 1, of("softsign", "tanh"))
def sign_of_zero(at: Step) -> Array:
    """The sign is copied on: ± 10⁻³ at z = 0."""
    return np.where(at.z == 0, np.copysign(1e-3, at.z), at.sigma(at.z))


# ------------------------------------------------------------------ single entries
@fault("BP2", 1)
def one_error_is_no_number(at: Step) -> Array:
    """NaN in one δ."""
    return changed(RIGHT["BP2"](at), (0, -1), np.nan)


@fault("z", 2)
def one_sum_is_no_number(at: Step) -> Array:
    """NaN in one z."""
    return changed(RIGHT["z"](at), (-1, 0), np.nan)


@fault("BP4", 2)
def one_weight_gradient_is_no_number(at: Step) -> Array:
    """NaN in one entry of ∂C/∂W."""
    return changed(RIGHT["BP4"](at), (0, 0), np.nan)


@fault("BP3", 3)
def one_bias_gradient_is_infinite(at: Step) -> Array:
    """∞ in one entry of ∂C/∂b."""
    return changed(RIGHT["BP3"](at), (0, 0), np.inf)


@fault("cost", 3)
def cost_is_no_number(at: Step) -> Array:  # noqa: ARG001 - whatever it was
    """NaN."""
    return np.asarray(np.nan)


@fault("BP4", 1)
def two_entries_swapped(at: Step) -> Array:
    """The first and the last."""
    dW = np.array(RIGHT["BP4"](at))
    dW[0, 0], dW[-1, -1] = dW[-1, -1], dW[0, 0]
    return dW


@fault("BP4", 3)
def one_entry_of_the_other_sign(at: Step) -> Array:
    """The last."""
    dW = RIGHT["BP4"](at)
    return changed(dW, (-1, -1), -dW[-1, -1])


@fault("BP4", 2)
def last_row_not_written(at: Step) -> Array:
    """What the memory held before."""
    return changed(RIGHT["BP4"](at), (-1,), 0.1)


@fault("BP1", 3)
def last_sample_masked(at: Step) -> Array:
    """Its δ is 0, as if it were padding."""
    return changed(RIGHT["BP1"](at), (slice(None), -1), 0)


@fault("BP4", 1)
def samples_out_of_step(at: Step) -> Array:
    """δ of one sample meets a of another."""
    return at.delta @ at.below[:, ::-1].mT


@fault("BP3", 2)
def first_sample_counted_twice(at: Step) -> Array:
    """Added before the loop and in it."""
    return at.delta.sum(axis=1, keepdims=True) + at.delta[:, :1]


@fault("a", 2)
def one_unit_dropped_out(at: Step) -> Array:
    """The last unit of a layer is 0: dropout left on."""
    return changed(at.sigma(at.z), (-1,), 0)


# ------------------------------------------------------------------ repeated calls
def calls(at: Step) -> int:
    """How often this program was called before; to be asked once a call."""
    at.memory["calls"] = at.memory.get("calls", -1) + 1
    return int(at.memory["calls"])


def before(at: Step, key: str, now: Array) -> Array:
    """What it was in the call before, or is now in the first; remembers what it is now."""
    then = at.memory.get(key, now)
    at.memory[key] = now
    return then if then.shape == now.shape else now


@fault("a", 1)
def dropout_left_on(at: Step) -> Array:
    """Another unit is 0 in every call."""
    return changed(at.sigma(at.z), (calls(at) % len(at.z),), 0)


@fault("z", 2, link="https://github.com/pytorch/pytorch/issues/188792")
def race_in_the_first_call(at: Step) -> Array:
    """The first result is read before its last row is written."""
    z = RIGHT["z"](at)
    return changed(z, (-1,), 0) if calls(at) == 0 else z


@fault("BP2", 1)
def every_fifth_call_is_wrong(at: Step) -> Array:
    """A thread that comes too late: σ′ is not multiplied."""
    return at.v if calls(at) % 5 == 4 else RIGHT["BP2"](at)


@fault("BP4", 3, link="https://github.com/karpathy/micrograd/pull/102")
def gradients_not_set_to_zero(at: Step) -> Array:
    """Those of the calls before are still in them."""
    at.memory["dW"] = RIGHT["BP4"](at) + at.memory.get("dW", 0)
    return at.number(at.memory["dW"])


@fault("BP3", 1)
def bias_gradients_not_set_to_zero(at: Step) -> Array:
    """The same for ∂C/∂b."""
    at.memory["db"] = RIGHT["BP3"](at) + at.memory.get("db", 0)
    return at.number(at.memory["db"])


@fault("z", 3)
def weights_of_the_call_before(at: Step) -> Array:
    """A cache that is not refreshed."""
    return before(at, "W", at.W) @ at.below + at.b


@fault("BP2", 2)
def backward_weights_of_the_call_before(at: Step) -> Array:
    """Forward with the new weights, backward with the old."""
    return before(at, "W", at.W_next).mT @ at.delta_next * at.slope


@fault("BP1", 3)
def targets_of_the_call_before(at: Step) -> Array:
    """A prefetched batch of labels."""
    return COSTS[at.problem.cost].gradient(at.a, before(at, "y", at.y)) * at.slope


@fault("cost", 3)
def cost_of_the_call_before(at: Step) -> Array:
    """Printed one step late."""
    return before(at, "cost", np.asarray(RIGHT["cost"](at)))


# ------------------------------------------------------------------ buffers
@form("z", 2, kind=of("sigmoid", "tanh"))
def activated_in_place(answer: Answer, _problem: Problem) -> Answer:
    """a is written over z: what is reported as z is a."""
    return answer | {"z": [answer["z"][0], answer["a"][1], answer["z"][2]]}


@form("BP4", 1, kind=SQUARE)
def one_buffer_for_two_layers(answer: Answer, _problem: Problem) -> Answer:
    """∂C/∂W of layer 1 is overwritten by that of layer 2."""
    return answer | {"dW": [answer["dW"][1], answer["dW"][1], answer["dW"][2]]}


@form("BP3", 2)
def reported_after_the_update(answer: Answer, _problem: Problem) -> Answer:
    """∂C/∂b of layer 2 is scaled by the rate, in place, before it is returned."""
    first, second, third = answer["db"]
    return answer | {"db": [first, 0.1 * second, third]}


# ------------------------------------------------------------------ the form of an answer
@form(blamed="changed its input problem.x")
def input_normalized_in_place(answer: Answer, problem: Problem) -> Answer:
    """x is changed, for all who come after."""
    problem.x[:] -= problem.x.mean()
    return answer


@form(blamed="changed its input problem.W[0]")
def weights_updated_in_place(answer: Answer, problem: Problem) -> Answer:
    """A step of gradient descent on the caller's own weights."""
    problem.W[0][:] -= answer["dW"][0] + 1
    return answer


@form(blamed="None for dW[1]")
def gradient_is_none(answer: Answer, _problem: Problem) -> Answer:
    """A parameter that is not part of the graph."""
    return answer | {"dW": [answer["dW"][0], None, answer["dW"][2]]}


@form(blamed="returned no db")
def no_bias_gradients(answer: Answer, _problem: Problem) -> Answer:
    """Only the weights'."""
    return {key: value for key, value in answer.items() if key != "db"}


@form(blamed="returned 2 dW")
def one_layer_too_few(answer: Answer, _problem: Problem) -> Answer:
    """The first layer's gradient is missing."""
    return answer | {"dW": answer["dW"][1:]}


@form(blamed="returned dW[0] of shape")
def gradient_of_another_shape(answer: Answer, _problem: Problem) -> Answer:
    """Flat."""
    return answer | {"dW": [answer["dW"][0].ravel(), *answer["dW"][1:]]}


@form(blamed="returned db[2] in float16")
def gradient_in_another_format(answer: Answer, _problem: Problem) -> Answer:
    """float16."""
    return answer | {"db": [*answer["db"][:2], answer["db"][2].astype("f2")]}


@form(blamed="raised ZeroDivisionError")
def raises(_answer: Answer, problem: Problem) -> Answer:
    """An exception of its own."""
    return {"dW": [1 // (problem.batch - problem.batch)]}
