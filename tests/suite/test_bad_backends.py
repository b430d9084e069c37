"""Whatever a user's own backend does wrong is told in a line, with the right exit code."""

import shlex

import pytest
from suite import INTERNALS, execute, lines_with, run

SCENARIO = "3x4x2-tanh,sigmoid-quadratic-float64-m3-s1-k1"


def written(folder, body, name="mine.py"):
    """The backend of a file with this text."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(body, encoding="utf-8")
    return f"{folder / name}:gradients"


# ------------------------------------------------------------------ answers that are none
RIGHT = """
import warnings
import numpy as np
from crossgrad.reference.backprop import backprop

def right(problem):
    with np.errstate(all="ignore"):
        done = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
    return {"dW": list(done.gradients.dW), "db": list(done.gradients.db)}

def each(change, answer):
    return answer | {"dW": [change(dW) for dW in answer["dW"]]}

def gradients(problem):
    answer = right(problem)
"""
#: What is done to the right answer, and the words of the line that names it.
ANSWERS = {
    "raises": ("    raise ValueError('no\\n luck')", "raised ValueError: no luck (mine.py:16)"),
    "returns nothing": ("    return None", "returned NoneType"),
    "returns a tuple": ("    return answer['dW'][0], answer['db']", "returned tuple"),
    "returns an array": ("    return answer['dW'][0]", "returned ndarray"),
    "lacks db": ("    return {'dW': answer['dW']}", "returned no db"),
    "has another key": ("    return answer | {'slope': 1}", "returned 'slope'"),
    "has a key twice": ("    return answer | {'dw': 1}", "returned dW of layers no number, no"),
    "lacks a number": (
        "    return {'db': answer['db'], 'dW1': 1, 'dW3': 1}",
        "returned dW of layers 1, 3: expected 1 … 2",
    ),
    "new weights alone": (
        "    return {'updated': {'W': answer['dW'], 'b': answer['db']}}",
        "returned rate None: the rate of descent is needed",
    ),
    "transposed": (
        "    answer['dW'][1] = answer['dW'][1].T\n    return answer",
        "returned dW[1] of shape (4, 2): expected (2, 4)",
    ),
    "in another format": (
        "    answer['db'][0] = answer['db'][0].astype('float32')\n    return answer",
        "returned db[0] in float32: expected float64",
    ),
    "a layer too few": (
        "    return answer | {'dW': answer['dW'][1:]}",
        "returned 1 dW: expected 2 layers",
    ),
    "None for a layer": (
        "    return answer | {'db': [None, answer['db'][1]]}",
        "returned None for db[0]",
    ),
    "one number for all": ("    return answer | {'db': 0.0}", "returned db as float"),
    "a dict by layer": (
        "    return answer | {'dW': dict(enumerate(answer['dW'], 1))}",
        "returned dW as a dict: expected a list of 2 arrays, one a layer",
    ),
    "an ordered dict by name": (
        "    from collections import OrderedDict\n    return answer | {'db': OrderedDict(b1=1)}",
        "returned db as an OrderedDict: expected a list of 2 arrays, one a layer",
    ),
    "a sparse matrix": (
        "    from scipy.sparse import coo_matrix\n    return each(coo_matrix, answer)",
        "returned dW[0] as a coo_matrix: expected an array",
    ),
    "a dict for a layer": (
        "    answer['db'][1] = {'b': answer['db'][1]}\n    return answer",
        "returned db[1] as a dict: expected an array",
    ),
    "cost per sample": (
        "    return answer | {'cost': np.zeros(3)}",
        "returned cost of shape (3,): expected one number, of shape ()",
    ),
    "one cost in an array": (
        "    return answer | {'cost': np.zeros(1)}",
        "returned cost of shape (1,): expected one number, of shape ()",
    ),
    "cost in another format": (
        "    return answer | {'cost': np.float32(1)}",
        "returned cost in float32: expected float64",
    ),
    "masked": (
        "    answer['db'][1] = np.ma.masked_greater(answer['db'][1], -1e9)\n    return answer",
        "returned db[1] with masked entries",
    ),
    "writes to its input": (
        "    problem.W[1][0, 0] += 1\n    return answer",
        "changed its input problem.W[1]",
    ),
    "writes to the shape of its input": (
        "    problem.x.shape = (problem.x.size,)\n    return answer",
        "changed its input problem.x",
    ),
    "takes its input away": (
        "    object.__setattr__(problem, 'x', None)\n    return answer",
        "changed its input problem.x",
    ),
    "takes its weights away": (
        "    object.__delattr__(problem, 'W')\n    return answer",
        "changed its input problem.W",
    ),
    "refuses by another error": (
        "    raise KeyError(problem.activations[0])",
        "raised KeyError: 'tanh' (mine.py:16); if it does not support such a network, NotImplem",
    ),
}


@pytest.fixture(scope="module")
def all_answers(tmp_path_factory):
    """Each wrong answer's backend, and exit code and output of one run of all of them.

    In a folder whose name is so long that pytest by itself would leave it out of a test's.
    """
    folder = tmp_path_factory.mktemp("answers" * 15)
    backends = {
        name: written(folder / name, RIGHT + mistake) for name, (mistake, _) in ANSWERS.items()
    }
    options = [option for backend in backends.values() for option in ("--backend", backend)]
    return backends, run(*options, "--scenario", SCENARIO)


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_that_is_none_is_told_in_one_line(name, all_answers):
    """A line with the backend and what is wrong with its answer, and how to see it again."""
    backends, (_, output) = all_answers
    assert lines_with(output, f"{backends[name]} {ANSWERS[name][1]}")
    assert lines_with(output, "FAILED tests/equivalence/test_equations.py", backends[name])
    assert lines_with(output, "reproduce", f"{shlex.quote(backends[name])} --scenario {SCENARIO}")


def test_answers_that_are_none_fail_the_run(all_answers):
    """Exit code 1; nothing is passed, nothing is a crash of the suite."""
    _, (code, output) = all_answers
    assert code == pytest.ExitCode.TESTS_FAILED
    assert " passed" not in output.splitlines()[-1]
    assert not any(word in output for word in INTERNALS)


def test_message_is_printed_once(tmp_path):
    """An answer that is none is not told twice, as if one error had followed another."""
    backend = written(tmp_path, RIGHT + "    return None")
    _, output = run("--backend", backend, "--scenario", SCENARIO)
    assert "During handling" not in output
    assert len(lines_with(output, f"{backend} returned NoneType")) == 2  # and below the table


def test_nan_fails_as_a_gradient_that_is_no_number(tmp_path):
    """NaN has the form of an answer: it fails the check, with its place."""
    body = "    answer['dW'][1][1, 2] = np.nan\n    return answer"
    code, output = run("--backend", written(tmp_path, RIGHT + body), "--scenario", SCENARIO)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "fails dW at layer 2 in", SCENARIO)
    assert lines_with(output, "  entry ", "∂C/∂W²[1, 2]")
    assert lines_with(output, "reported", "nan")


@pytest.mark.parametrize("batch", [1, 3])
def test_wrong_gradients_alone_are_a_failure_and_not_a_crash(batch, tmp_path):
    """Whether δ can be read off db, at m = 1, or not."""
    body = "    answer['dW'][0] = 3 * answer['dW'][0]\n    return answer"
    scenario = SCENARIO.replace("m3", f"m{batch}")
    code, output = run("--backend", written(tmp_path, RIGHT + body), "--scenario", scenario)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "fails", "at layer 1 in", scenario)
    assert "TypeError" not in output


# ------------------------------------------------------------------ what is not supported
def test_backend_that_supports_nothing_fails_the_run(tmp_path):
    """Nothing was verified: exit code 1, and nothing is counted as passed."""
    body = "def gradients(problem):\n    raise NotImplementedError('not yet')"
    backend = written(tmp_path, body)
    code, output = run("--backend", backend, "--scenario", SCENARIO)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, f"not supported: 1 × {backend}: not yet")
    assert lines_with(output, f"backend {backend} supported no scenario")
    assert "passed" not in output


def test_one_activation_that_is_not_supported_is_counted(tmp_path):
    """Its scenario is skipped, the other passes, and the closing notes name the reason."""
    body = "    if 'tanh' in problem.activations:\n        raise NotImplementedError('no tanh')\n"
    backend = written(tmp_path, RIGHT + body + "    return answer")
    other = SCENARIO.replace("tanh", "relu")
    code, output = run("--backend", backend, "--scenario", SCENARIO, "--scenario", other)
    assert code == pytest.ExitCode.OK
    assert lines_with(output, f"not supported: 1 × {backend}: no tanh")
    assert "1 passed, 1 skipped" in output.splitlines()[-1]


@pytest.mark.parametrize("habit", ["warnings.warn('slow')", "print('epoch 1')", "np.log(-1.0)"])
def test_warnings_and_prints_fail_nothing(habit, tmp_path):
    """They are the backend's own affair."""
    backend = written(tmp_path, f"{RIGHT}    {habit}\n    return answer")
    code, output = run("--backend", backend, "--scenario", SCENARIO)
    assert code == pytest.ExitCode.OK
    assert "1 passed" in output.splitlines()[-1]


def test_warning_of_a_module_while_it_is_loaded_fails_nothing(tmp_path):
    """Nor does it keep the backend from being loaded."""
    body = f"import warnings\nwarnings.warn('old module')\n{RIGHT}    return answer"
    code, output = run("--backend", written(tmp_path, body), "--scenario", SCENARIO)
    assert code == pytest.ExitCode.OK, output


# ------------------------------------------------------------------ what cannot be loaded
FILES = {
    "syntax error": ("def gradients(problem:\n", "SyntaxError"),
    "import error": ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such"),
    "raises": ("1 / 0\n", "ZeroDivisionError"),
    "no function": ("def gradient(problem):\n    pass\n", "has no function 'gradients'"),
    "not callable": ("gradients = 1\n", "has no function 'gradients'"),
}


@pytest.mark.parametrize(("body", "words"), FILES.values(), ids=FILES)
def test_file_that_cannot_be_loaded_is_a_usage_error(body, words, tmp_path):
    """Before anything runs: exit code 4, one line."""
    backend = written(tmp_path, body)
    assert_refused(backend, words)


def assert_refused(backend, words):
    """A usage error whose line names the backend and the reason."""
    code, output = run("--backend", backend)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert lines_with(output, "ERROR: ", repr(backend), words)
    assert len(output.strip().splitlines()) == 1


MISSING = {
    "nowhere.py:gradients": "no file nowhere.py",
    "no_such_module:gradients": "ModuleNotFoundError",
    "math:gradients": "has no function 'gradients'",
    "theano": "known are numpy, numpy.fast, torch, ",
    "": "known are numpy, numpy.fast, torch, ",
    ":gradients": "",
    "mine.py:": "no file mine.py",
}


@pytest.mark.parametrize(("backend", "words"), MISSING.items(), ids=lambda text: text or "empty")
def test_backend_that_is_missing_is_a_usage_error(backend, words):
    """No such file, module, function or name."""
    assert_refused(backend, words)


# ------------------------------------------------------------------ a student's network
STUDENT = '''
"""network.py, after Nielsen: one sample at a time, sigmoid everywhere."""
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

class Network:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases
        self.num_layers = len(weights) + 1

    def backprop(self, x, y):
        nabla_b, nabla_w = [None] * len(self.biases), [None] * len(self.weights)
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1], nabla_w[-1] = delta, np.dot(delta, activations[-2].T)
        for l in range(2, self.num_layers):
            delta = BP2
            nabla_b[-l], nabla_w[-l] = delta, np.dot(delta, activations[-l - 1].T)
        return zs, activations[1:], nabla_b, nabla_w

def gradients(problem):
    net, m = Network(problem.W, problem.b), problem.x.shape[1]
    passes = [net.backprop(problem.x[:, [i]], problem.y[:, [i]]) for i in range(m)]
    stacked = [[np.hstack(layer) for layer in zip(*[p[k] for p in passes])] for k in range(3)]
    z, a, delta = stacked
    return {
        "z": z, "a": a, "delta": [d / m for d in delta],
        "db": [sum(p[2][l] for p in passes) / m for l in range(len(problem.b))],
        "dW": [sum(p[3][l] for p in passes) / m for l in range(len(problem.W))],
        "cost": 0.5 * np.sum((a[-1] - problem.y) ** 2) / m,
    }
'''
SQUARE = "3x3x3x3-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s1"
BP2 = {
    "right": "np.dot(self.weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])",
    "W is not transposed": "np.dot(self.weights[-l + 1], delta) * sigmoid_prime(zs[-l])",
    "σ′ is missing": "np.dot(self.weights[-l + 1].T, delta)",
}


def student(folder, kind):
    """The student's file, with this kind of BP2."""
    return written(folder, STUDENT.replace("BP2", BP2[kind]), "network.py")


def test_student_without_a_mistake_passes(tmp_path):
    """The same file is right once its BP2 is."""
    code, output = run("--backend", student(tmp_path, "right"), "--scenario", SQUARE)
    assert code == pytest.ExitCode.OK, output


@pytest.mark.parametrize("cause", list(BP2)[1:])
def test_student_is_told_the_equation_the_layer_and_the_cause(cause, tmp_path):
    """And a command that, executed as it stands, fails the same way."""
    backend = student(tmp_path / "my network (1)", cause)
    code, output = run("--backend", backend, "--scenario", SQUARE)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, f"{backend} fails BP2 at layer 2 in {SQUARE}")
    assert lines_with(output, "likely cause", cause)
    assert failure(execute(shlex.split(command(output)))) == failure((code, output))


def command(output):
    """What the line says that reproduces the failure."""
    (line,) = lines_with(output, "reproduce")
    return line.partition("reproduce")[2].strip()


def failure(finished):
    """Exit code and text of a failure, without header and times."""
    code, output = finished
    return code, output.partition("FAILURES")[2].partition("crossgrad")[0]
