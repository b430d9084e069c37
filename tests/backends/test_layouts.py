"""Whatever layout people's programs have: said, or found out and told; no verdict depends on it."""

import itertools
from functools import partial

import numpy as np
import pytest

import crossgrad
from crossgrad.comparisons.backends import of_function
from crossgrad.comparisons.backends.own import BackendError, Layout, NotSupportedError, ask
from crossgrad.comparisons.backends.own.layout import CHOICES
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.suite.user_tests import verify
from crossgrad.reference.backprop import backprop

NETWORK = Scenario.parse("3x4x2-sigmoid,sigmoid-quadratic-float64-m5-s1-g2")
#: Enough to meet every regime.
FEW = {"architectures": 2}
FORMS = list(itertools.product(*(CHOICES[name] for name in ("samples", "weights", "bias"))))


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def only(problem, activation="sigmoid", cost="quadratic"):
    """Whether it is of one kind: these programs can do no other."""
    if {*problem.activations} != {activation} or problem.cost != cost:
        raise NotImplementedError(activation)


# ------------------------------------------------------------------ programs that are right
def in_rows(problem, *, mean=True, kept=False):
    """Rows of samples, W (in, out), keys with numbers; 1/m last, or not at all."""
    only(problem)
    a, found = [problem.x], {}
    for W, b in zip(problem.W, problem.b, strict=True):
        a.append(sigmoid(a[-1] @ W + b))
    m = len(problem.x) if mean else 1
    delta = (a[-1] - problem.y) * a[-1] * (1 - a[-1])
    for l in range(len(problem.W), 0, -1):
        found[f"dW{l}"], found[f"db{l}"] = a[l - 1].T @ delta / m, delta.sum(0) / m
        if kept:
            found |= {f"dZ{l}": delta, f"A{l}": a[l], f"dA{l}": delta}
        delta = delta @ problem.W[l - 1].T * a[l - 1] * (1 - a[l - 1])
    return found


def in_columns(problem, *, biases=True):
    """As in the book: lists, from the last layer on."""
    only(problem)
    a, dW, db = [problem.x], [], []
    for W, b in zip(problem.W, problem.b, strict=True):
        a.append(sigmoid(W @ a[-1] + b if biases else W @ a[-1]))
    delta = (a[-1] - problem.y) / problem.y.shape[1] * a[-1] * (1 - a[-1])
    for l in reversed(range(len(problem.W))):
        dW.insert(0, delta @ a[l].T)
        db.insert(0, delta.sum(axis=1, keepdims=True))
        delta = problem.W[l].T @ delta * a[l] * (1 - a[l])
    return dW, db


def dense_layer_classes(problem):
    """Layers that are objects, in rows, with a method each for both ways."""
    only(problem, "relu", "mse")

    class Dense:
        def __init__(self, weights, biases):
            self.weights, self.biases = weights, biases

        def forward(self, inputs):
            self.inputs, self.output = inputs, inputs @ self.weights + self.biases
            return np.maximum(0, self.output)

        def backward(self, dvalues):
            dvalues = dvalues * (self.output > 0)
            self.dweights = self.inputs.T @ dvalues
            self.dbiases = dvalues.sum(axis=0, keepdims=True)
            return dvalues @ self.weights.T

    layers = [Dense(W, b) for W, b in zip(problem.W, problem.b, strict=True)]
    out = problem.x
    for layer in layers:
        out = layer.forward(out)
    gradient = 2 * (out - problem.y) / out.size
    for layer in reversed(layers):
        gradient = layer.backward(gradient)
    return {"dweights": [l.dweights for l in layers], "dbiases": [l.dbiases for l in layers]}


def softmax_with_classes(problem):
    """A classifier: y has the class of each sample, and the last activation is the softmax."""
    if {*problem.activations[:-1]} - {"relu"} or problem.cost != "softmax_cross_entropy":
        raise NotImplementedError
    a, m = [problem.x], len(problem.x)
    for l, (W, b) in enumerate(zip(problem.W, problem.b, strict=True), start=1):
        z = a[-1] @ W + b
        a.append(np.maximum(z, 0) if l < len(problem.W) else z)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    a[-1] = probabilities = e / e.sum(axis=1, keepdims=True)
    delta = probabilities.copy()
    delta[np.arange(m), problem.y] -= 1
    dW, db = [None] * len(problem.W), [None] * len(problem.W)
    for l in reversed(range(len(problem.W))):
        dW[l], db[l] = a[l].T @ delta / m, delta.sum(axis=0) / m
        delta = delta @ problem.W[l].T * (a[l] > 0)
    return {"dW": dW, "db": db}


def scalar_engine(problem):  # noqa: C901 - an engine as it is, in one place
    """An engine of single numbers: objects that hold their gradient, after ``backward()``."""
    only(problem, "tanh")

    class Value:
        def __init__(self, data, parents=()):
            self.data, self.grad, self.parents = data, 0.0, parents

        def __add__(self, other):
            return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

        def __mul__(self, other):
            return Value(self.data * other.data, ((self, other.data), (other, self.data)))

        def tanh(self):
            t = np.tanh(self.data)
            return Value(t, ((self, 1 - t * t),))

        def backward(self):
            order, seen = [], set()

            def visit(node):
                if node not in seen:
                    seen.add(node)
                    for parent, _ in node.parents:
                        visit(parent)
                    order.append(node)

            visit(self)
            self.grad = 1.0
            for node in reversed(order):
                for parent, slope in node.parents:
                    parent.grad += slope * node.grad

    W = [[[Value(w) for w in row] for row in layer.tolist()] for layer in problem.W]
    b = [[Value(v) for v in layer.ravel().tolist()] for layer in problem.b]
    loss, share = Value(0.0), Value(0.5 / problem.batch)
    for x, y in zip(problem.x.T.tolist(), problem.y.T.tolist(), strict=True):
        a = [Value(v) for v in x]
        for rows, biases in zip(W, b, strict=True):
            a = [sum((w * v for w, v in zip(row, a, strict=True)), bias).tanh()
                 for row, bias in zip(rows, biases, strict=True)]  # fmt: skip
        for out, target in zip(a, y, strict=True):
            distance = out + Value(-target)
            loss = loss + share * distance * distance
    loss.backward()
    return {"W": W, "b": b}


def training_loop(problem, rate=0.25):
    """Only the new weights come out."""
    dW, db = in_columns(problem)
    step = np.asarray(rate, problem.dtype)
    W = [w - step * g for w, g in zip(problem.W, dW, strict=True)]
    b = [v - step * g for v, g in zip(problem.b, db, strict=True)]
    return {"updated": {"W": W, "b": b}, "rate": rate}


def in_place(problem, rate=0.25):
    """The same, as most write it."""
    dW, db = in_columns(problem)
    for parameters, gradients in ((problem.W, dW), (problem.b, db)):
        for parameter, gradient in zip(parameters, gradients, strict=True):
            np.subtract(parameter, np.asarray(rate, problem.dtype) * gradient, out=parameter)
    return {"updated": {"W": problem.W, "b": problem.b}, "rate": rate}


def in_place_of_a_sum(problem):
    """Of a cost that is a sum: what is new is not m times as large."""
    rate, (dW, db) = np.asarray(0.25, problem.dtype), in_columns(problem)
    m = np.asarray(problem.batch, problem.dtype)
    W = [w - rate * (m * g) for w, g in zip(problem.W, dW, strict=True)]
    b = [v - rate * (m * g) for v, g in zip(problem.b, db, strict=True)]
    return {"W": W, "b": b, "rate": 0.25}


def with_decay(problem):
    """Weights that decay: (1 - ηλ) W in one."""
    rate, l2 = np.asarray(0.25, problem.dtype), np.asarray(0.5, problem.dtype)
    dW, db = in_columns(problem)
    kept = 1 - rate * l2 / np.asarray(problem.batch, problem.dtype)
    W = [kept * w - rate * g for w, g in zip(problem.W, dW, strict=True)]
    return {"W": W, "b": [v - rate * g for v, g in zip(problem.b, db, strict=True)], "rate": 0.25}


def one_sample(problem):
    """Only a single sample, in lists of Python's numbers."""
    only(problem)
    if len(problem.W) > 1 or problem.batch != 1:
        raise NotImplementedError
    (W,), (b,) = problem.W, problem.b
    z = [sum(w * v for w, v in zip(row, problem.x.ravel().tolist(), strict=True)) + bias
         for row, bias in zip(W.tolist(), b.ravel().tolist(), strict=True)]  # fmt: skip
    a = [float(sigmoid(v)) for v in z]
    delta = [
        (out - y) * out * (1 - out) for out, y in zip(a, problem.y.ravel().tolist(), strict=True)
    ]
    return {"dW": [[[d * v for v in problem.x.ravel().tolist()] for d in delta]], "db": [delta]}


RIGHT = {
    "rows, keys with numbers": in_rows,
    "rows, δ of each sample": lambda problem: in_rows(problem, kept=True),
    "a pair of lists": in_columns,
    "another pair of lists": lambda problem: in_columns(problem)[::-1],
    "pairs": lambda problem: list(zip(*in_columns(problem), strict=True)),
    "one after the other": lambda problem: [
        g for pair in zip(*in_columns(problem), strict=True) for g in pair
    ],
    "a cost, then gradients by the names of weights": lambda problem: (
        None,
        {f"W{l}": g for l, g in enumerate(in_columns(problem)[0], start=1)}
        | {f"b{l}": g for l, g in enumerate(in_columns(problem)[1], start=1)},
    ),
    "layers that are objects": dense_layer_classes,
    "classes and probabilities": softmax_with_classes,
    "an engine of single numbers": scalar_engine,
    "a training loop": training_loop,
    "a training loop in place": in_place,
    "a training loop of a sum": crossgrad.network(reduction="sum")(in_place_of_a_sum),
    "a training loop with decay": crossgrad.network(l2=lambda p: 0.5 / p.batch)(with_decay),
    "one sample at a time": one_sample,
    "no biases": crossgrad.network(bias="none")(
        lambda problem: {"dW": in_columns(problem, biases=False)[0]}
    ),
    "sums over the batch": crossgrad.network(reduction="sum")(
        lambda problem: in_rows(problem, mean=False)
    ),
    "a penalty": crossgrad.network(l2=lambda problem: 0.7 / problem.batch)(
        lambda problem: penalised(problem, np.asarray(0.7 / problem.batch, problem.dtype))
    ),
    "the other side of a kink": crossgrad.network(kinks={"relu": 1})(lambda p: of_relu(p, 0)),
}


def penalised(problem, l2):
    dW, db = in_columns(problem)
    return [g + l2 * W for g, W in zip(dW, problem.W, strict=True)], db


def of_relu(problem, below):
    """relu′ is 1 beyond a number."""
    only(problem, "relu")
    zs, a = [], [problem.x]
    for W, b in zip(problem.W, problem.b, strict=True):
        zs.append(W @ a[-1] + b)
        a.append(np.maximum(zs[-1], 0))
    delta = (a[-1] - problem.y) / problem.batch * (zs[-1] >= below)
    dW, db = [], []
    for l in reversed(range(len(problem.W))):
        dW.insert(0, delta @ a[l].T)
        db.insert(0, delta.sum(axis=1, keepdims=True))
        if l:
            delta = problem.W[l].T @ delta * (zs[l - 1] >= below)
    return dW, db


@pytest.mark.parametrize("name", RIGHT)
def test_right_programs_of_any_kind_pass(name):
    """Tens of thousands of numbers of each; what was taken as what is told."""
    few = {"architectures": 2, "width": "1-4", "batch": "1-4"} if "single numbers" in name else FEW
    found = verify(RIGHT[name], **few)
    assert found.numbers > (1_000 if "single" in name or "one sample" in name else 20_000)
    declared = of_function("mine", RIGHT[name]).layout != Layout()
    assert bool(found.notes) or declared


# ------------------------------------------------------------------ programs that are wrong
def spoil(answer):
    """The first gradient of a weight is larger by a thousandth, wherever it is in an answer."""
    if isinstance(answer, np.ndarray):
        spoilt = answer.copy()
        spoilt.flat[0] *= answer.dtype.type(1.001)
        return spoilt
    if isinstance(answer, float):
        return answer * 1.001
    if hasattr(answer, "grad"):
        answer.grad *= 1.001
        return answer
    if isinstance(answer, dict):
        names = ("updated", "dW", "dW1", "dweights", "W", "W1")
        name = next(name for name in names if name in answer)
        return answer | {name: spoil(answer[name])}
    first = next(i for i, part in enumerate(answer) if part is not None)
    return type(answer)(spoil(v) if i == first else v for i, v in enumerate(answer))


@pytest.mark.parametrize("name", RIGHT)
def test_a_fault_is_found_in_any_of_them(name):
    """At the first layer; of what begins with ∂C/∂b, in that of the first unit."""
    few = {"architectures": 2, "width": "1-4", "batch": "1-4"} if "single numbers" in name else FEW

    def wrong(problem):
        return spoil(RIGHT[name](problem))

    vars(wrong).update(vars(RIGHT[name]))
    with pytest.raises(AssertionError, match=r"fails (dW|BP4|db|BP3) at layer 1 in "):
        verify(wrong, **few)


def test_what_was_not_said_is_no_excuse():
    """A sum for a mean, a penalty, a bias or a kink is wrong unless it is said."""
    for name, words in {
        "sums over the batch": "fails dW",
        "a penalty": "fails (dW|BP4)",
        "the other side of a kink": "fails d",
    }.items():
        with pytest.raises(AssertionError, match=words):
            verify(lambda problem, of=RIGHT[name]: of(problem))
    with pytest.raises(
        AssertionError, match=r'no db: if the network has no biases, say bias="none"'
    ):
        verify(lambda problem: {"dW": in_columns(problem, biases=False)[0]})


def test_what_was_said_wrongly_is_wrong():
    """Who says that a right program is of another cost, or of no biases, is told that it is not."""
    for said in ({"reduction": "sum"}, {"scale": 2}, {"l2": 0.1}, {"bias": "none"}):
        declared = crossgrad.network(**said)(partial(wrong_for, said))
        with pytest.raises(AssertionError, match=r"fails (dW|db|BP3|BP4)"):
            verify(declared)


def wrong_for(said, problem):
    """Right of the suite's own cost; where there are no biases, as if they were 1."""
    dW, db = in_columns(problem)
    return {"dW": [g + 1 for g in dW]} if "bias" in said else (dW, db)


# ------------------------------------------------------------------ the layouts themselves
def relaid(problem, layout):
    """The reference in any layout: what it is given is turned round, and its answer back."""
    usual = Scenario(problem.architecture, problem.dtype, NETWORK.batch, 1, 1, 2).problems()[0]
    assert layout.samples == "columns" or problem.x.shape == usual.x.shape[::-1]
    W = [W.T if layout.weights == "in, out" else W for W in problem.W]
    b = [b.reshape(-1, 1) for b in problem.b]
    x, y = (v.T if layout.samples == "rows" else v for v in (problem.x, problem.y))
    answer = backprop(problem.architecture, type(usual.parameters)(tuple(W), tuple(b)), x, y)
    turned = {"samples": layout.samples == "rows", "weights": layout.weights == "in, out"}
    found = {
        "dW": [g.T if turned["weights"] else g for g in answer.gradients.dW],
        "db": [g.reshape(v.shape) for g, v in zip(answer.gradients.db, problem.b, strict=True)],
        "cost": answer.cost,
    }
    for name in ("z", "a", "delta"):
        found[name] = [v.T if turned["samples"] else v for v in getattr(answer, name)]
    return found


@pytest.mark.parametrize(("samples", "weights", "bias"), FORMS)
def test_in_each_layout_the_same_numbers_arrive(samples, weights, bias):
    """To the bit, as they are said, and the entry of a failure is where the program has it."""
    said = {"samples": samples, "weights": weights, "bias": bias}
    layout, problem = Layout(**said), NETWORK.problem(0)
    given = ask("mine", crossgrad.network(**said)(lambda p: relaid(p, layout)), problem)
    judged = layout.judged(problem)
    usual = backprop(judged.architecture, judged.parameters, judged.x, judged.y)
    for name in ("z", "a", "delta"):
        for one, other in zip(getattr(given, name), getattr(usual, name), strict=True):
            np.testing.assert_array_equal(one, other)
    for one, other in zip(given.dW, usual.gradients.dW, strict=True):
        np.testing.assert_array_equal(one, other)
    assert layout.entry("dW", (1, 2)) == ((2, 1) if weights == "in, out" else (1, 2))
    assert layout.entry("delta", (1, 2)) == ((2, 1) if samples == "rows" else (1, 2))


def test_a_layout_that_was_said_is_not_guessed():
    """Of who says rows and is given rows, but answers in columns, the shape is wrong."""
    said = crossgrad.network(samples="rows", weights="in, out", bias="row")(in_columns)
    with pytest.raises(BackendError, match="mine raised ValueError: matmul"):
        ask("mine", said, NETWORK.problem(0))


def test_the_layout_is_found_in_the_first_network_that_is_answered():
    """Whatever is asked first: one that is all of one size tells nothing."""
    square = Scenario.parse("3x3x3-sigmoid,sigmoid-quadratic-float64-m3-s1-g2").problem(0)
    backend = of_function("mine", in_rows)
    backend.trace(square)
    assert (backend.layout.samples, backend.layout.weights) == ("rows", "in, out")
    assert backend.notes[0].startswith("found out by asking: samples='rows', weights='in, out'")


def test_classes_are_labels():
    """Of targets that are none nothing is asked; of a single output they are 0 and 1."""
    said = crossgrad.network(targets="classes")(in_columns)
    layout = Layout(targets="classes")
    with pytest.raises(NotSupportedError, match="mine takes classes: these targets are no labels"):
        ask("mine", said, NETWORK.problem(0))
    labels = Scenario.parse("3x4x3-tanh,sigmoid-quadratic-float64-m5-s1-g2-onehot").problem(0)
    posed = layout.posed(labels)
    assert posed.y.tolist() == labels.y.argmax(axis=0).tolist()
    single = Scenario.parse("3x1-sigmoid-quadratic-float64-m5-s1-g2-onehot").problem(0)
    assert layout.posed(single).y.tolist() == single.y[0].astype(int).tolist()
    alone = Scenario.parse("3x1-identity-softmax_cross_entropy-float64-m5-s1-g2-onehot").problem(0)
    assert set(layout.posed(alone).y.tolist()) == {0}


def test_who_answers_in_float64_is_asked_nothing_else():
    """And says so; a run in another format alone is refused in a line."""
    backend = of_function("mine", scalar_engine)
    assert backend.formats == ("float64",)
    assert any("it answers float32 in float64" in note for note in backend.notes)
    with pytest.raises(ValueError, match="it answers in float64 alone, not in float32"):
        verify(scalar_engine, dtype="float32")


@pytest.mark.parametrize(
    ("said", "words"),
    {
        "samples": ({"samples": "across"}, "samples 'across': known are 'columns', 'rows'"),
        "weights": ({"weights": "in,out"}, "weights 'in,out': known are 'out, in', 'in, out'"),
        "scale": ({"scale": 0}, "scale 0: a number other than 0 is needed"),
        "l2": ({"l2": "0.1"}, "l2 '0.1': a number is needed, or a function of the problem"),
        "kinks": ({"kinks": {"tanh": 1}}, "kinks of 'tanh': known are relu, leaky_relu"),
        "slope": ({"kinks": {"relu": None}}, "kinks: relu′ None: a number is needed"),
        "dtype": ({"dtype": "float"}, "dtype 'float': known are float64, float32"),
    }.values(),
)
def test_what_is_said_wrongly_is_told_in_one_line(said, words):
    with pytest.raises(ValueError, match=words):
        crossgrad.network(**said)(in_columns)


def test_a_program_that_always_raises_is_not_asked_for_long():
    """Nothing is found out of it, and each network tells what it raised."""
    asked = []

    def broken(problem):
        asked.append(problem)
        raise ValueError(len(problem.W))

    backend = of_function("mine", broken)
    assert backend.layout == Layout()
    assert len(asked) < 3_000
    with pytest.raises(BackendError, match="mine raised ValueError: 2"):
        backend.trace(NETWORK.problem(0))


# ------------------------------------------------------------------ a penalty, in a whole trace
def whole(problem, *, of_W=1.0, of_b=0.0, of_cost=1.0, l2=0.25):
    """The reference with so many times the penalty in each place."""
    answer, l2 = (
        backprop(problem.architecture, problem.parameters, problem.x, problem.y),
        np.asarray(l2, problem.dtype),
    )
    dtype = problem.dtype
    penalty = sum((W * W).sum() for W in problem.W) * (l2 / 2) * np.asarray(of_cost, dtype)
    grown = zip(answer.gradients.dW, problem.W, strict=True)
    raised = zip(answer.gradients.db, problem.b, strict=True)
    return {
        "dW": [g + np.asarray(of_W, dtype) * l2 * W for g, W in grown],
        "db": [g + np.asarray(of_b, dtype) * l2 * b for g, b in raised],
        "cost": answer.cost + penalty,
        **{name: getattr(answer, name) for name in ("z", "a", "delta")},
    }


FAULTS = {
    "cost at layer": {"of_cost": 0.0},
    "BP4 at layer": {"of_W": 1.001},
    "BP3 at layer": {"of_b": 1.0},
}
penalised_network = crossgrad.network(l2=0.25)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_penalty_is_in_its_equations(dtype):
    """In C, and in BP4; not in BP3."""
    few = {"architectures": 3, "dtype": dtype, "output": "sigmoid", "activation": "tanh"}
    assert verify(penalised_network(whole), **few).residual <= 1
    for words, fault in FAULTS.items():
        with pytest.raises(AssertionError, match=f"fails {words}"):
            verify(penalised_network(partial(whole, **fault)), **few)


def test_a_kink_is_in_the_equations_of_its_slope():
    """In a whole trace too: BP1 and BP2 are held to what was said."""
    said = crossgrad.network(kinks={"relu": 1})
    with pytest.raises(AssertionError, match=r"fails BP[12] at layer"):
        verify(
            said(lambda problem: whole(problem, l2=0.0)), activation="relu", output="relu", **FEW
        )
