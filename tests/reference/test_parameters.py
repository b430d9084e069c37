"""Weights are the same bits on every machine, for ever: digests recorded once guard them."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import draw_parameters, raw_bits, uniform

PRECISION = {"float32": 24, "float64": 53}
#: (widths, dtype, seed, draw) → the first 16 hexadecimal digits of SHA-256 over all W, then all b.
RECORDED = {
    ((2, 2, 1), "float64", 0, 0): "a05bea19957e2075",
    ((2, 2, 1), "float32", 0, 0): "cb8881de54b76561",
    ((2, 2, 1), "float64", 0, 1): "8a20c3560549959a",
    ((2, 2, 1), "float64", 1, 0): "6ac033d5b1297829",
    ((5, 8, 3), "float32", 17, 7): "3b93a675bf02a75a",
    ((784, 30, 10), "float64", 9223372036854775808, 1099511627776): "f7b840d62290d0c8",
    ((2, 100, 3), "float32", 1, 0): "ad15c121a78d7266",
}
RECORDED_BITS = {
    (0, 0, 0): "979885507ce5446f",
    (1, 0, 0): "45b7c6719b9a6b4c",
    (0, 1, 0): "34c0a32fb856f929",
    (0, 0, 1): "8a66e72c79801eb0",
    (17, 7, 8589934592): "fee53c620f9015e3",
}
dtypes = pytest.mark.parametrize("dtype", PRECISION)


def network(widths):
    """Only the widths matter to a draw."""
    return Architecture(widths, ("tanh",) * (len(widths) - 1), "mse")


def digest(*arrays):
    """Of the bytes in little-endian order, whatever the machine's."""
    data = b"".join(a.astype(a.dtype.newbyteorder("<")).tobytes() for a in arrays)
    return hashlib.sha256(data).hexdigest()[:16]


@pytest.mark.parametrize(
    ("widths", "dtype", "seed", "draw"), RECORDED, ids=["-".join(map(str, r)) for r in RECORDED]
)
def test_weights_are_the_recorded_ones(widths, dtype, seed, draw):
    """A change here would make every recorded scenario another one."""
    drawn = draw_parameters(network(widths), dtype, seed, draw)
    assert digest(*drawn.W, *drawn.b) == RECORDED[widths, dtype, seed, draw]


@pytest.mark.parametrize(("seed", "draw", "stream"), RECORDED_BITS)
def test_raw_bits_are_the_recorded_ones(seed, draw, stream):
    """What NumPy promises to keep: the raw stream of Philox."""
    assert digest(raw_bits((16,), seed, draw, stream)) == RECORDED_BITS[seed, draw, stream]


def test_seeds_draws_and_streams_are_all_different():
    """No two of them share a number, nor does one run into the next."""
    keys = [(s, d, t) for s in (0, 1, 2**63) for d in (0, 1, 2**40) for t in (0, 1, 2, 1 << 33)]
    bits = np.concatenate([raw_bits((100,), *key) for key in keys])
    assert len(np.unique(bits)) == 100 * len(keys)


def test_shape_only_lays_out_the_stream():
    """The same sequence in rows; a longer one begins with the shorter."""
    flat = raw_bits((12,), 3, 1, 4)
    assert np.array_equal(raw_bits((3, 4), 3, 1, 4), flat.reshape(3, 4))
    assert np.array_equal(raw_bits((5,), 3, 1, 4), flat[:5])


@pytest.mark.parametrize(
    "draws", [range(1), range(8), range(2**40, 2**40 + 9, 3), [2**64 - 1, 0, 5]], ids=str
)
def test_several_draws_are_a_stack_of_single_ones(draws):
    """Bits, weights and biases, whichever draws they are and in whatever order."""
    bits = raw_bits((3, 5), 17, draws, 2)
    drawn = draw_parameters(network((4, 5, 2)), "float32", 17, draws)
    assert len(bits) == len(draws)
    for i, draw in enumerate(draws):
        single = draw_parameters(network((4, 5, 2)), "float32", 17, draw)
        assert np.array_equal(bits[i], raw_bits((3, 5), 17, draw, 2))
        arrays, singles = (*drawn.W, *drawn.b), (*single.W, *single.b)
        assert digest(*(array[i] for array in arrays)) == digest(*singles)


def test_what_was_drawn_before_leaves_no_trace():
    """Philox makes four numbers at a time: what is left of them is not used."""
    for count in (1, 2, 3, 4, 5):
        raw_bits((count,), 9, 8, 7)
        assert digest(raw_bits((16,), 0, 0, 0)) == RECORDED_BITS[0, 0, 0]


def test_threads_do_not_disturb_each_other():
    """Each has a generator of its own; all draw at once."""
    together = Barrier(4)

    def digests(thread):
        together.wait()
        return {digest(raw_bits((50, 50), thread, range(40), 1)) for _ in range(8)}

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(digests, range(4)))
    assert found == [{digest(raw_bits((50, 50), seed, range(40), 1))} for seed in range(4)]


@pytest.mark.parametrize(("seed", "draw", "stream"), [(-1, 0, 0), (0, 1 << 64, 0), (0, 0, -1)])
def test_numbers_of_more_than_64_bits_are_refused(seed, draw, stream):
    with pytest.raises(OverflowError):
        raw_bits((1,), seed, draw, stream)


@dtypes
def test_uniform_maps_the_ends_and_the_middle_exactly(dtype):
    """The lowest bits give 2⁻ᵖ - 1, the highest 1 - 2⁻ᵖ, the middle ±2⁻ᵖ: never 0, never ±1."""
    step = 2.0 ** -PRECISION[dtype]
    bits = np.array([0, 2**63 - 1, 2**63, 2**64 - 1], np.uint64)
    assert uniform(bits, dtype).tolist() == [step - 1, -step, step, 1 - step]
    assert uniform(bits, dtype, -3).tolist() == [x / 8 for x in uniform(bits, dtype).tolist()]


@dtypes
@pytest.mark.parametrize("n_in", [1, 2, 3, 4, 15, 16, 784])
def test_weights_are_odd_multiples_of_one_power_of_two(n_in, dtype):
    """2ᵖ W / scale is an odd whole number below 2ᵖ; scale is within √2 of 1/√n."""
    drawn = draw_parameters(network((n_in, 8)), dtype, seed=1)
    scale = 2.0 ** -(n_in.bit_length() // 2)
    assert 1 / (2 * n_in) <= scale**2 <= 2 / n_in
    for array, reach in ((drawn.W[0], scale), (drawn.b[0], 0.5)):
        multiples = array.astype(np.float64) / reach * 2.0 ** PRECISION[dtype]
        assert (multiples % 2 == 1).all()
        assert (np.abs(multiples) < 2.0 ** PRECISION[dtype]).all()


def test_formats_share_their_leading_bits():
    """A float32 weight is the middle of the interval that the float64 weight of the draw is in."""
    single, double = (draw_parameters(network((4, 8)), d, seed=1).W[0] for d in PRECISION)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    assert (np.abs(single.astype(np.float64) - double) < 2.0**-24 / 2).all()
