"""JAX's modes: each is right where the default is, refuses what it cannot do, and is really asked.

Networks are small, with the same widths all through: eager JAX compiles every shape anew. Together
the first have all activations.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from crossgrad.comparisons.backends import facts_of, jax_eager, load_backend
from crossgrad.comparisons.backends.jax_interpreter import evaluate
from crossgrad.comparisons.backends.jax_jit import SIGMA
from crossgrad.comparisons.backends.jax_primitives import PRIMITIVES
from crossgrad.comparisons.backends.modes import MODES
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.activations import ACTIVATIONS

ROOT = Path(__file__).parents[2]
#: All activations, seven a network.
SEVENS = [
    f"2{'x2' * len(names)}-{','.join(names)}"
    for first in range(0, len(ACTIVATIONS), 7)
    for names in [[*ACTIVATIONS][first : first + 7]]
]
NETWORKS = (
    *(f"{seven}-huber-float64-m3-s1-k3" for seven in SEVENS),
    "3x4x2-gelu,sigmoid-binary_cross_entropy-float64-m3-s1-k3",
    "3x4x2-silu,identity-softmax_cross_entropy-float32-m4-s1-k3",
    "3x4x2-tanh,identity-mse-float32-m3-s2-k3",
)
EXACT = ("jax.eager", "jax.vmap", "jax.vjp", "jax.linearize", "jax.forward", "jax.jaxpr")


def rows(name, text):
    """What the judge says of a mode."""
    scenario, backend = Scenario.parse(text), load_backend(name)
    problems = scenario.problems()
    return judge(scenario, facts_of(name), stack_problems(problems), backend.traces(problems))


def statuses(name, text):
    """All of it, in one word each."""
    return {row.status for row in rows(name, text)}


# ------------------------------------------------------------------ right
def test_the_networks_have_every_activation():
    networks = [Scenario.parse(text).architecture for text in NETWORKS]
    assert {name for network in networks for name in network.activations} == set(ACTIVATIONS)


@pytest.mark.parametrize("text", NETWORKS)
@pytest.mark.parametrize("name", EXACT)
def test_a_mode_is_right(name, text):
    """Or diverges where JAX is known to; final gradients of seven layers may say nothing."""
    unjudged = {"unjudged"} if name == "jax.forward" else set()
    assert statuses(name, text) <= {"pass", "divergence"} | unjudged


@pytest.mark.parametrize("text", [f"{seven}-quadratic-float32-m3-s1-k3" for seven in SEVENS])
def test_mixed_precision_is_as_good_as_bfloat16(text):
    """It is judged by the format that it computes in."""
    assert statuses("jax.mixed", text) <= {"pass", "divergence"}


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("jax", "float16"),
        ("jax.jaxpr", "float16"),
        ("jax", "bfloat16"),
        ("jax.eager", "bfloat16"),
        ("jax.jaxpr", "bfloat16"),
    ],
)
def test_sixteen_bits_are_taken(name, dtype):
    """NumPy's float16 and the bfloat16 of ml_dtypes."""
    text = f"3x4x2-gelu,identity-softmax_cross_entropy-{dtype}-m4-s2-k2"
    assert statuses(name, text) <= {"pass", "divergence"}


@pytest.mark.parametrize("name", sorted({*EXACT, "jax.mixed"} - {"jax.forward"}))
def test_a_mode_reports_all_that_can_be_judged(name):
    """Its equations are judged one by one."""
    problem = Scenario.parse("3x4x2-tanh,identity-mse-float32-m3-s2-k3").problems()[0]
    trace = load_backend(name).trace(problem)
    assert trace.whole
    assert {array.dtype.name for array in (*trace.dW, *trace.db, *trace.delta)} == {"float32"}


# ------------------------------------------------------------------ refused
@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("jax.forward", "40x50-tanh-quadratic-float64-m1-s1-k1", "2050 parameters"),
        ("jax.forward", "1x1-gelu_tanh-mse-float16-m1-s1-k1", "jax-gelu-tanh-tangent-float16"),
        ("jax.mixed", "1x1-tanh-quadratic-float64-m1-s1-k1", "float64"),
        ("jax.mixed", "1x1-sigmoid-binary_cross_entropy-float32-m1-s1-k1", "often 1"),
    ],
)
def test_what_a_mode_cannot_do_is_refused(name, text, reason):
    """With the reason, before anything is computed."""
    with pytest.raises(NotSupportedError, match=f"{name}: .*{reason}"):
        rows(name, text)


def test_a_primitive_without_a_rule_is_an_error(monkeypatch):
    """By its name, and where the rule belongs: a new JAX's is not skipped in silence."""
    monkeypatch.delitem(PRIMITIVES, "tanh")
    with pytest.raises(BackendError, match=r"jax\.jaxpr: .*'tanh'.* rule in .*jax_primitives"):
        rows("jax.jaxpr", "1x1-tanh-quadratic-float64-m1-s1-k1")


# ------------------------------------------------------------------ wrong on purpose
@jax.custom_jvp
def steep(z):
    return jnp.tanh(z)


@steep.defjvp
def steeper(primals, tangents):
    """And a slope of one and a half."""
    (z,), (dz,) = primals, tangents
    return jnp.tanh(z), 1.5 * (1 - jnp.tanh(z) ** 2) * dz


@pytest.mark.parametrize("name", sorted({*EXACT, "jax.mixed"}))
def test_a_wrong_slope_fails(monkeypatch, name):
    """Each mode takes its derivatives from JAX's rules, of the functions in the table."""
    release = import_module(f"crossgrad.comparisons.backends.{MODES[name].module}").release
    monkeypatch.setitem(SIGMA, "tanh", steep)
    release()
    assert "fail" in statuses(name, "2x3-tanh-quadratic-float32-m2-s3-k1")
    release()


@pytest.mark.parametrize("primitive", ["tanh", "dot_general", "reduce_sum"])
def test_a_wrong_primitive_fails(monkeypatch, primitive):
    """The interpreter computes by its own table, and by nothing else."""
    usual = PRIMITIVES[primitive]
    monkeypatch.setitem(PRIMITIVES, primitive, lambda *x, **p: 1.001 * usual(*x, **p))
    assert "fail" in statuses("jax.jaxpr", "2x3-tanh-quadratic-float64-m2-s3-k1")


# ------------------------------------------------------------------ NumPy's primitives
WHOLE = np.array([[-2.0, 0.0, 4.0], [9.0, 1.0, -1.0]])
TRUTH = WHOLE > 0
#: Each with exact results: what the networks above do not use.
OPERATIONS = {
    "sign": lambda: lax.sign(WHOLE),
    "min": lambda: lax.min(WHOLE, -WHOLE),
    "clamp": lambda: lax.clamp(-1.0, WHOLE, 4.0),
    "pow": lambda: lax.pow(WHOLE, WHOLE * 0 + 2),
    "sqrt": lambda: lax.sqrt(WHOLE**2),
    "erf": lambda: lax.erf(np.array([-np.inf, 0.0, np.inf])),
    "le": lambda: lax.le(WHOLE, -WHOLE),
    "not": lambda: lax.bitwise_not(TRUTH),
    "and": lambda: lax.bitwise_and(TRUTH, ~TRUTH),
    "or": lambda: lax.bitwise_or(TRUTH, ~TRUTH),
    "select_n": lambda: lax.select_n(np.array([2, 0]), WHOLE[:, 0], WHOLE[:, 1], WHOLE[:, 2]),
    "squeeze": lambda: lax.squeeze(WHOLE[None], (0,)),
    "transpose": lambda: lax.transpose(WHOLE[None], (2, 0, 1)),
    "reduce_max": lambda: jnp.max(WHOLE, axis=1),
    "dot_general": lambda: lax.dot_general(WHOLE, WHOLE[::-1], (((1,), (1,)), ((0,), (0,)))),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_primitive_is_what_it_is_in_jax(name):
    with jax.disable_jit():
        written = jax.make_jaxpr(OPERATIONS[name])()
    assert name in {equation.primitive.name for equation in written.eqns}
    (result,) = evaluate(written.jaxpr, written.consts, [])
    assert result.dtype == OPERATIONS[name]().dtype
    assert np.array_equal(result, OPERATIONS[name]())


# ------------------------------------------------------------------ memory
def test_eager_jax_forgets_after_so_many_shapes(monkeypatch):
    """All draws of a scenario have one."""
    forgotten = []
    monkeypatch.setattr(jax_eager, "forget", lambda: forgotten.append(1))
    jax_eager.alone.cache_clear()
    network = Scenario.parse(NETWORKS[0]).architecture
    for batch in range(2, 2 * 2 * jax_eager.KEPT):
        jax_eager.alone(network, batch // 2, "float32")
    assert len(forgotten) == 1


MEMORY = """
from crossgrad.comparisons.machine.environment import prepare; prepare()
from pathlib import Path
from crossgrad.comparisons.backends.jax_eager import trace
from crossgrad.comparisons.problems.first_networks import first_scenarios
for scenario in first_scenarios({count}, 1, 0, ("float32",)):
    trace(scenario.problems()[0])
status = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in status if line.startswith("VmHWM")).split()[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_eager_jax_stays_below_a_gigabyte_and_a_half():
    """The largest that a process of its own becomes; the count may be raised at will."""
    out = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", MEMORY.format(count=5)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert int(out) < 1.5e6, f"{out} kB"


# ------------------------------------------------------------------ primitives of newer releases
def test_one_minus_square_does_not_cancel():
    """1 - x² near 1, to the last bit of what (1 + x)(1 - x) is."""
    x = np.array([0.0, 0.5, 1 - 2.0**-40, -1.0])
    assert PRIMITIVES["one_minus_square"](x).tolist() == [1, 0.75, (2 - 2.0**-40) * 2.0**-40, 0]


def test_a_polynomial_has_its_constant_first():
    """1 + 5x + 2x² at 3, as JAX documents it; and a constant alone."""
    polynomial = PRIMITIVES["polynomial"]
    assert polynomial(np.array([3.0]), *map(np.float64, (1, 5, 2))).tolist() == [34]
    assert polynomial(np.array([3.0]), np.float64(7)) == 7


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("float32", "uint32"), ("float64", "uint32"), ("uint16", "float32"), ("bfloat16", "uint16")],
)
def test_bits_are_taken_as_jax_takes_them(given, wanted):
    """Of the same size, of a smaller one, of a larger one; and of 16 bits, as they are."""
    x = jnp.asarray(np.arange(12).reshape(2, 3, 2)[:, ::2], given)
    convert = jax.jit(lambda x: jax.lax.bitcast_convert_type(x, wanted))
    jaxpr = jax.make_jaxpr(convert)(x)
    (found,) = evaluate(jaxpr.jaxpr, jaxpr.consts, [np.asarray(x)])
    right = np.asarray(convert(x))
    assert (found.dtype, found.shape) == (right.dtype, right.shape)
    assert found.tobytes() == right.tobytes()


@pytest.mark.parametrize("name", ["and", "or", "not"])
def test_whole_numbers_are_combined_bit_by_bit(name):
    """As truth values are, one by one."""
    operands = [np.array([12, 5, 0], np.uint32), np.array([10, 4, 7], np.uint32)]
    operands = operands[: 1 if name == "not" else 2]
    bitwise = {"and": "bitwise_and", "or": "bitwise_or", "not": "bitwise_not"}[name]
    right = getattr(jax.lax, bitwise)(*map(jnp.asarray, operands))
    assert PRIMITIVES[name](*operands).tolist() == right.tolist()
