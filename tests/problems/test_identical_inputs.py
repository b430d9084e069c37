"""The arrays that each backend actually receives are bitwise those of the problem."""

# The settings are made before a framework is imported.
from crossgrad.comparisons.machine.environment import ONE_THREAD, prepare

prepare()

import os
from importlib import import_module

import numpy as np
import pytest

from crossgrad.comparisons.backends import DEFAULT, MODES, load_backend
from crossgrad.comparisons.problems.generations import REGIMES_1
from crossgrad.comparisons.problems.scenario import Scenario

NETWORK = "2x3x2-prelu,sigmoid-quadratic-{}-m2-s11"
PROBLEMS = {
    f"{REGIMES_1[draw]}-{dtype}": problem
    for dtype in ("float64", "float32")
    for draw, problem in enumerate(Scenario.parse(NETWORK.format(dtype)).problems())
}


def received(name, problem, monkeypatch):
    """What the backend's ``receive`` returned while it computed a trace."""
    trace = load_backend(name).trace
    module = import_module(f"crossgrad.comparisons.backends.{MODES[name].module}")
    returned, receive = [], module.receive

    def spy(given):
        returned.append(receive(given))
        return returned[-1]

    monkeypatch.setattr(module, "receive", spy)
    with np.errstate(all="ignore"):
        trace(problem)
    ((W, b, alpha, x, y),) = returned
    return [*W, *b, *given(alpha), x, y]


def given(alpha):
    """Of the layers that have one: the only thing in a list, or the thing itself."""
    for each in alpha:
        if each is not None:
            yield from each if isinstance(each, list) else [each]


def compiled_bits(array):
    """What a program that JAX compiled is given: its bits, as integers."""
    jax = import_module("jax")
    unsigned = f"uint{8 * array.itemsize}"
    cast = jax.jit(lambda given: (given, jax.lax.bitcast_convert_type(given, unsigned)))
    given, bits = cast(array)
    return given.dtype.name, np.asarray(bits).tobytes()


#: Each framework's own way from an array to format and bytes.
AS_BYTES = {
    "numpy": lambda array: (array.dtype.name, array.tobytes()),
    "torch": lambda tensor: (
        str(tensor.dtype).removeprefix("torch."),
        bytes(tensor.detach().contiguous().flatten().view(import_module("torch").uint8).tolist()),
    ),
    "jax": compiled_bits,
}


def told(array):
    """Format and bytes of a problem's array."""
    return array.dtype.name, array.tobytes()


def test_every_regime_in_both_formats_is_looked_at():
    """Subnormal numbers and negative zeros are where bits get lost."""
    assert len(PROBLEMS) == 2 * len(REGIMES_1)
    bits = [v for problem in PROBLEMS.values() for array in problem.arrays for v in array.ravel()]
    assert any(v == 0 and np.signbit(v) for v in bits)
    assert any(0 < abs(v) < np.finfo(v.dtype).smallest_normal for v in bits)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("name", DEFAULT)
def test_backend_receives_the_bits_of_the_problem(name, problem, monkeypatch):
    """Format, bytes and shape of every array; so those of all backends are the same."""
    arrays = received(name, problem, monkeypatch)
    assert [AS_BYTES[name](array) for array in arrays] == [told(a) for a in problem.arrays]
    assert [tuple(array.shape) for array in arrays] == [a.shape for a in problem.arrays]


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_all_three_receive_the_same(problem, monkeypatch):
    """Compared with each other, and the problem unchanged after all of them ran."""
    before = [told(array) for array in problem.arrays]
    given = [
        [AS_BYTES[name](array) for array in received(name, problem, monkeypatch)]
        for name in DEFAULT
    ]
    assert given[0] == given[1] == given[2]
    assert [told(array) for array in problem.arrays] == before
    assert not any(array.flags.writeable for array in problem.arrays)


def test_a_changed_bit_would_be_seen(monkeypatch):
    """One bit in one entry: the comparison of bytes is not blind."""
    problem = PROBLEMS["ordinary-float64"]
    flipped = problem.copy()
    flipped.W[0].view(np.uint64)[0, 0] ^= np.uint64(1)
    arrays = received("torch", flipped, monkeypatch)
    assert [AS_BYTES["torch"](a) for a in arrays] != [told(a) for a in problem.arrays]


def test_backend_cannot_write_to_what_the_others_get(monkeypatch):
    """Torch has a copy of its own; a write to it does not reach the problem."""
    problem = PROBLEMS["ordinary-float64"]
    before = problem.x.tobytes()
    received("torch", problem, monkeypatch)[-2].zero_()
    assert problem.x.tobytes() == before


# ------------------------------------------------------------------ the settings
def test_torch_runs_on_one_thread_in_full_precision():
    """The number of threads changes bits; so would TF32."""
    torch = import_module("torch")
    assert torch.get_num_threads() == 1
    assert torch.get_float32_matmul_precision() == "highest"
    assert torch.get_default_dtype() == torch.float32


def test_jax_runs_in_float64_and_full_precision_on_one_thread():
    """And on the CPU, whatever else the machine has."""
    jax = import_module("jax")
    assert jax.config.jax_enable_x64
    assert jax.config.jax_default_matmul_precision == "highest"
    assert jax.default_backend() == "cpu"
    assert "--xla_cpu_multi_thread_eigen=false" in os.environ["XLA_FLAGS"]


def test_environment_asks_for_one_thread():
    """Of every linear algebra library that NumPy may be built with."""
    assert {name: os.environ[name] for name in ONE_THREAD} == dict.fromkeys(ONE_THREAD, "1")


def test_users_own_flags_are_kept(monkeypatch):
    """``prepare`` adds to XLA_FLAGS, once."""
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=here")
    prepare()
    once = os.environ["XLA_FLAGS"]
    prepare()
    assert once.startswith("--xla_dump_to=here ")
    assert os.environ["XLA_FLAGS"] == once
