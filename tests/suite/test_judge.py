"""``crossgrad.judge``: arrays of somebody's own network, as they have them."""

import shlex
import subprocess

import numpy as np
import pytest

import crossgrad
from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.suite.saved_arrays import load

RNG = np.random.default_rng(7)
N0, N1, N2, M = 3, 4, 2, 5


def network(*, square=False):
    """Weights and data of a 3-4-2, or 3-3-3; W (out, in), samples columns."""
    n0, n1, n2, m = (3, 3, 3, 3) if square else (N0, N1, N2, M)
    W = [RNG.normal(size=(n1, n0)), RNG.normal(size=(n2, n1))]
    b = [RNG.normal(size=(n1, 1)), RNG.normal(size=(n2, 1))]
    x, y = RNG.normal(size=(n0, m)), RNG.uniform(size=(n2, m))
    return {"W": W, "b": b, "x": x, "y": y, "activations": "sigmoid", "cost": "quadratic"}


def answered(given, *, slope=True):
    """What a program of sigmoids in columns computes; ``slope``: σ′ is not forgotten."""
    W, b, x, y = (given[name] for name in ("W", "b", "x", "y"))
    z1 = W[0] @ x + b[0]
    a1 = 1 / (1 + np.exp(-z1))
    z2 = W[1] @ a1 + b[1]
    a2 = 1 / (1 + np.exp(-z2))
    delta2 = (a2 - y) / x.shape[1] * a2 * (1 - a2)
    delta1 = W[1].T @ delta2 * (a1 * (1 - a1) if slope else 1)
    dW = [delta1 @ x.T, delta2 @ a1.T]
    db = [delta1.sum(axis=1, keepdims=True), delta2.sum(axis=1, keepdims=True)]
    cost = 0.5 * ((a2 - y) ** 2).sum() / x.shape[1]
    whole = {"z": [z1, z2], "a": [a1, a2], "delta": [delta1, delta2], "C": cost}
    return {"dW": dW, "db": db}, whole


GIVEN = network()
GRADIENTS, WHOLE = answered(GIVEN)


def turned(arrays, names):
    """Each array of these names, or list of them, the other way round."""

    def turn(value):
        return [v.T for v in value] if isinstance(value, list) else value.T

    return {name: turn(value) if name in names else value for name, value in arrays.items()}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Failures are saved in the current folder."""
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------ what is right
def test_right_gradients_are_right_and_say_how_many():
    verdict = crossgrad.judge(**GIVEN, **GRADIENTS)
    assert verdict.right
    verdict.raise_if_wrong()
    assert str(verdict).startswith("right: all 26 numbers are within what rounding allows\n")
    assert "samples are columns, W is (out, in)" in str(verdict)
    assert repr(verdict) == str(verdict)


def test_a_whole_trace_is_judged_equation_by_equation():
    verdict = crossgrad.judge(**GIVEN, **GRADIENTS, **WHOLE)
    checks = {(row.check, row.layer) for row in verdict.rows}
    assert verdict.right
    assert {("z", 1), ("a", 2), ("cost", 2), ("BP1", 2), ("BP2", 1), ("BP4", 1)} <= checks


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("form", ["column", "row", "vector"])
def test_every_layout_is_read_off_the_shapes(rows, inverse, form):
    """And told; the entry of a failure is where the user has it."""
    names = ("x", "y", "z", "a", "delta") * rows + ("W", "dW") * inverse
    given = turned({**GIVEN, **GRADIENTS, **WHOLE}, names)
    change = {"column": lambda v: v, "row": lambda v: v.T, "vector": lambda v: v[:, 0]}[form]
    given |= {name: [change(v) for v in given[name]] for name in ("b", "db")}
    verdict = crossgrad.judge(**given)
    assert verdict.right
    told = (
        f"samples are {'rows' if rows else 'columns'}, W is ({'in, out' if inverse else 'out, in'})"
    )
    assert told in str(verdict)
    wrong = given | {"dW": [given["dW"][0], given["dW"][1].copy()]}
    wrong["dW"][1][(2, 1) if inverse else (1, 2)] += 1
    entry = "[2, 1]" if inverse else "[1, 2]"
    assert f"∂C/∂W²{entry}" in str(crossgrad.judge(**wrong))


def test_arrays_of_torch_and_jax_and_lists_are_taken():
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    everything = {**GIVEN, **GRADIENTS}

    def converted(change):
        return {
            name: [change(v) for v in value] if isinstance(value, list) else change(value)
            for name, value in everything.items()
            if name not in ("activations", "cost")
        } | {"activations": ["sigmoid", "sigmoid"], "cost": "quadratic"}

    assert crossgrad.judge(**converted(torch.tensor)).right
    assert crossgrad.judge(**converted(np.ndarray.tolist)).right
    narrow = in_format({**GIVEN, **answered(in_format(GIVEN, "float32"))[0]}, "float32")
    of_jax = {n: list(map(jnp.asarray, v)) if isinstance(v, list) else v for n, v in narrow.items()}
    assert crossgrad.judge(**of_jax).right


def test_a_classifier_is_judged_as_it_is_written():
    """Rows, classes, softmax and cross_entropy, a that begins with x and ends in probabilities."""
    W, b = [w.T for w in GIVEN["W"]], [v[:, 0] for v in GIVEN["b"]]
    x, y = GIVEN["x"].T, np.array([0, 1, 1, 0, 1])
    z1 = x @ W[0] + b[0]
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W[1] + b[1]
    p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    delta2 = (p - np.eye(N2)[y]) / M
    delta1 = delta2 @ W[1].T * (z1 > 0)
    given = {"W": W, "b": b, "x": x, "y": y, "activations": ["relu", "softmax"]}
    given |= {"dW": [x.T @ delta1, a1.T @ delta2], "db": [delta1.sum(axis=0), delta2.sum(axis=0)]}
    given |= {"z": [z1, z2], "a": [x, a1, p], "delta": [delta1 * M, delta2 * M]}
    verdict = crossgrad.judge(**given, cost="cross_entropy")
    assert verdict.right
    for told in (
        "a begins with x",
        "aᴸ is the softmax of zᴸ",
        "δ is that of each sample by itself",
    ):
        assert told in str(verdict)


def test_one_layer_needs_no_lists():
    """And a vector is one sample."""
    W, x, y = RNG.normal(size=(2, 3)), RNG.normal(size=3), RNG.normal(size=2)
    z = W @ x
    delta = z - y
    given = {"W": W, "x": x, "y": y, "activations": "linear", "cost": "quadratic"}
    assert crossgrad.judge(**given, dW=np.outer(delta, x)).right
    assert not crossgrad.judge(**given, dW=np.outer(delta, x) * 2).right
    given |= {"b": np.zeros(2)}
    assert crossgrad.judge(**given, dW=[np.outer(delta, x)], db=[delta]).right


def test_new_weights_will_do():
    """With the bound of the subtraction: of a rate so small that nothing is left of it, nothing."""

    def step(rate):
        pairs = {"W": "dW", "b": "db"}
        return {
            f"updated_{name}": [
                v - rate * g for v, g in zip(GIVEN[name], GRADIENTS[of], strict=True)
            ]
            for name, of in pairs.items()
        } | {"rate": rate}

    assert crossgrad.judge(**GIVEN, **step(0.1)).right
    wrong = step(0.1)
    wrong["updated_W"][0][1, 2] += 1e-9
    assert "fails dW at layer 1" in str(crossgrad.judge(**GIVEN, **wrong))
    nothing = crossgrad.judge(**GIVEN, **step(1e-18))
    assert not nothing.right
    assert str(nothing).startswith("nothing was judged: the bounds of all 26 numbers are as large")


def test_what_is_said_of_the_cost_is_judged():
    """A sum, a penalty, no biases, a factor; said wrongly it is wrong."""
    summed = {name: [M * g for g in value] for name, value in GRADIENTS.items()}
    assert crossgrad.judge(**GIVEN, **summed, reduction="sum").right
    assert not crossgrad.judge(**GIVEN, **GRADIENTS, reduction="sum").right
    twice = {name: [2 * g for g in value] for name, value in GRADIENTS.items()}
    assert crossgrad.judge(**GIVEN, **twice, scale=2).right
    penalised = [g + 0.3 * W for g, W in zip(GRADIENTS["dW"], GIVEN["W"], strict=True)]
    assert crossgrad.judge(**GIVEN, dW=penalised, db=GRADIENTS["db"], l2=0.3).right
    assert not crossgrad.judge(**GIVEN, dW=penalised, db=GRADIENTS["db"]).right


# ------------------------------------------------------------------ formats
def in_format(arrays, dtype):
    return {
        name: [v.astype(dtype) for v in value] if isinstance(value, list) else value.astype(dtype)
        for name, value in arrays.items()
        if name not in ("activations", "cost")
    } | {"activations": "sigmoid", "cost": "quadratic"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_format_is_that_of_the_arrays(dtype):
    given = in_format(GIVEN, dtype)
    gradients, _ = answered(given)
    assert crossgrad.judge(**given, **gradients).right


def test_gradients_of_a_narrower_format_were_computed_in_it():
    """Of float64 weights they are wrong, unless it is said."""
    narrow, _ = answered(in_format(GIVEN, "float32"))
    verdict = crossgrad.judge(**GIVEN, **narrow)
    assert "likely cause  computed in float32" in str(verdict)
    assert not verdict.right
    with pytest.raises(ValueError, match=r"W\[0\]: not all of its numbers are float32"):
        crossgrad.judge(**GIVEN, **narrow, dtype="float32")


# ------------------------------------------------------------------ what is wrong
def test_a_failure_names_equation_layer_and_entry_and_raises():
    gradients, whole = answered(GIVEN, slope=False)
    verdict = crossgrad.judge(**GIVEN, **gradients, **whole)
    assert str(verdict).startswith("your network fails BP2 at layer 1 in the arrays")
    assert "σ′ is missing" in str(verdict)
    with pytest.raises(AssertionError, match="fails BP2 at layer 1"):
        verdict.raise_if_wrong()


def test_the_line_that_reproduces_a_failure_is_true(tmp_path):
    """It is run as it is printed, in the folder where it was printed."""
    gradients, _ = answered(GIVEN, slope=False)
    text = str(crossgrad.judge(**GIVEN, **gradients))
    line = text.splitlines()[-1].removeprefix("  reproduce     ")
    assert line.split()[1] == "judge"
    done = subprocess.run(  # noqa: S603 - our own command
        shlex.split(line), cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout.strip()) == (1, text)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_what_is_saved_is_what_was_given(dtype, tmp_path):
    """To the bit, in any format; with all that was said."""
    given = in_format({**GIVEN, **GRADIENTS}, dtype) | {"l2": 0.5, "kinks": {"relu": 1.0}}
    file = tmp_path / "mine.npz"
    crossgrad.judge(**given).save(file)
    found = load(file)
    assert found.keys() == given.keys()
    for name in ("W", "dW", "b", "db"):
        for one, other in zip(found[name], given[name], strict=True):
            assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
    assert (found["l2"], found["kinks"]) == (0.5, {"relu": 1.0})


def test_a_right_verdict_saves_nothing_by_itself(tmp_path):
    crossgrad.judge(**GIVEN, **GRADIENTS)
    assert not list(tmp_path.iterdir())


def test_of_shapes_that_tell_nothing_the_other_layout_is_tried_and_told():
    """All of one size: the suite's own layout is taken, and no verdict is another for it."""
    given = network(square=True)
    gradients, _ = answered(given)
    assert crossgrad.judge(**given, **gradients).right
    turned_all = turned({**given, **gradients}, ("x", "y", "W", "dW"))
    verdict = crossgrad.judge(**turned_all)
    assert not verdict.right
    assert "all is right if samples='rows', weights='in, out': say so if it is meant" in str(
        verdict
    )
    assert crossgrad.judge(**turned_all, samples="rows", weights="in, out").right


# ------------------------------------------------------------------ bad input
BAD = {
    "unknown": ({"foo": 1}, TypeError, "judge has no argument 'foo': known are W, b, x"),
    "no gradients": ({"dW": None}, TypeError, "dW is missing, or updated_W and rate"),
    "no rate": ({"dW": None, "updated_W": GRADIENTS["dW"]}, TypeError, "updated_W without rate"),
    "a layer too few": ({"dW": GRADIENTS["dW"][:1]}, ValueError, "1 dW: expected 2 layers"),
    "transposed": (
        {"dW": [g.T for g in GRADIENTS["dW"]]},
        ValueError,
        r"dW\[0\] of shape \(3, 4\): expected \(4, 3\)",
    ),
    "x of other units": ({"x": GIVEN["x"][:2]}, ValueError, r"x of shape \(2, 5\): 3 numbers of"),
    "y of fewer samples": ({"y": GIVEN["y"][:, :4]}, ValueError, "y has 4 samples, x has 5"),
    "b of other units": ({"b": GIVEN["b"][::-1]}, ValueError, r"b\[0\] of shape \(2, 1\): 4 numb"),
    "an activation": ({"activations": "sigmod"}, ValueError, "activation 'sigmod': known are"),
    "too few": ({"activations": ["tanh"]}, ValueError, "1 activations for 2 layers"),
    "a cost": ({"cost": "mean"}, ValueError, "cost 'mean': known are"),
    "no numbers": ({"x": "abc"}, ValueError, "x: numbers are needed"),
    "classes": ({"y": np.arange(5)}, ValueError, "y: classes from 0 to 1 are needed"),
    "no labels": (
        {"cost": "nll", "activations": ["tanh", "log_softmax"]},
        ValueError,
        "y: the class",
    ),
    "a layout": ({"samples": "down"}, ValueError, "samples 'down': known are 'columns', 'rows'"),
    "another layout": ({"samples": "rows"}, ValueError, r"x of shape \(5, 3\)|x of shape"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_in_one_line(name):
    """Which argument it is, and what was to be there."""
    changes, kind, words = BAD[name]
    with pytest.raises(kind, match=words) as error:
        crossgrad.judge(**{**GIVEN, **GRADIENTS, **changes})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"abc", b"PK\x03\x04"])
def test_a_file_that_has_no_arrays_is_told_in_one_line(content, tmp_path, capsys):
    file = tmp_path / "mine.npz"
    file.write_bytes(content)
    assert main(["judge", str(file)]) == 2
    assert capsys.readouterr().err == f"crossgrad: {file}: no arrays that judge has saved\n"
    assert main(["judge", str(tmp_path / "none.npz")]) == 2
