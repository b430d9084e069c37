"""``@pytest.mark.crossgrad_vacuity``, in a project of somebody's own."""

import re
import sys

import pytest
from suite import execute

KERNELS = """
import numpy as np

def grad(w, x):
    return x * w

class Net:
    def __init__(self):
        self.w = np.ones(3)

    def grad(self, x):
        return x * self.w

    @staticmethod
    def double(x):
        return 2 * x
"""
TESTS = """
import unittest
import numpy as np
import pytest
import helpers
import kernels
from functools import partial
from kernels import Net, grad

X = np.arange(1.0, 4)
SEEN = {}
vacuity = pytest.mark.crossgrad_vacuity

def near(given, right):
    assert np.max(np.abs(given - right)) < 1e-8

@pytest.fixture
def w():
    return np.full(3, 2.0)

@vacuity("kernels.grad", digits=7)
def test_good_by_its_own_name(w):
    near(grad(w, X), [2, 4, 6])

@vacuity("kernels.grad", like=(X, X), samples=3)
def test_good_in_its_module(w):
    near(kernels.grad(w, X), [2, 4, 6])

@vacuity("kernels.grad")
@pytest.mark.parametrize("kernel", [grad])
@pytest.mark.parametrize("k", [1.0, 3.0])
def test_good_as_a_parameter_where_the_fixture_is_written_to(w, k, kernel):
    w *= k
    assert w[0] == 2 * k
    near(kernel(w, X), [2 * k, 4 * k, 6 * k])

RNG = np.random.default_rng(0)
DOUBLE = partial(grad, 2)

@vacuity("kernels.grad", digits=6)
def test_good_by_names_of_others_and_random_numbers(w):
    x = RNG.normal(size=3)
    assert np.array_equal(SEEN.setdefault("x", x), x)
    near(helpers.grad(w, x) + DOUBLE(x), 4 * x)

@vacuity("kernels.Net.grad")
@vacuity("kernels.Net.double")
class TestMethods:
    def test_good(self, capsys):
        near(Net().grad(X), X)
        near(Net.double(X) + Net().double(X), 4 * X)

@vacuity("kernels.grad", digits=3)
@pytest.mark.parametrize("k", [1.0, 2.0])
def test_bad(w, k):
    assert grad(w, X).shape == (3,)

@vacuity("kernels.grad", digits=9)
def test_bad_blunt(w):
    near(grad(w, X), [2, 4, 6])

@vacuity("kernels.grad")
def test_bad_anyway(w):
    near(grad(w, X), 0)

@vacuity("kernels.gradd")
def test_bad_function():
    pass

@vacuity("kernel.grad")
def test_bad_module():
    pass

@vacuity("kernels.grad", digit=3)
def test_bad_argument():
    pass

@vacuity("kernels.grad", digits=33)
def test_bad_digits(w):
    near(grad(w, X), [2, 4, 6])

@vacuity()
def test_bad_nothing():
    pass

@vacuity("kernels.grad", like=(X, X))
def test_bad_as_it_never_asks():
    pass

@vacuity("kernels.grad")
async def test_bad_async():
    near(grad(X, X), 0)

class TestUnit(unittest.TestCase):
    @vacuity("kernels.grad")
    def test_bad_unit(self):
        pass
"""
OPTIONS = ("-p", "no:hypothesispytest", "-p", "no:cacheprovider", "--strict-markers", "-rA")
#: What a failure says, by the end of the test's name: one line.
TOLD = {
    "function": "'kernels.gradd': kernels has no function 'gradd'",
    "module": "'kernel.grad': there is no module 'kernel'",
    "argument": "no argument 'digit': known are digits, allow, values, like, samples",
    "digits": "digits 33: from 0 to 15 can be seen in these formats",
    "nothing": 'one name is needed, as "module.kernel", and not ()',
    "as_it_never_asks": "the test never calls kernels.grad",
    "unit": "not for methods of a unittest.TestCase",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What pytest says of tests of that project, with markers strict."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "kernels.py").write_text(KERNELS)
    (folder / "helpers.py").write_text("from kernels import grad\n")
    (folder / "test_it.py").write_text(TESTS)

    def run(*more):
        return execute(
            [sys.executable, "-m", "pytest", f"--rootdir={folder}", *OPTIONS, *more, str(folder)]
        )

    return run


@pytest.fixture(scope="module")
def bad(run):
    """What each test that is bad is told."""
    code, said = run("-k", "bad")
    assert code == pytest.ExitCode.TESTS_FAILED
    parts = re.split(
        r"^_+ (?:ERROR at setup of )?(?:\w+\.)?test_(\S+) _+$", said, flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("processes", [(), ("-n", "1")])
def test_a_good_test_passes(run, processes):
    """By whatever name it knows the kernel; the report is beside what it printed."""
    code, said = run("-k", "good", *processes)
    assert code == pytest.ExitCode.OK, said
    assert "6 passed" in said
    assert said.count("your test catches") == 7


def test_a_test_that_lets_a_gross_fault_through_fails_with_the_report(bad):
    for name in ("bad[1.0]", "bad[2.0]"):
        told = bad[name]
        assert "crossgrad_vacuity: the test has to catch all gross faults, and factors of" in told
        assert re.search(r"your test catches 1 of \d+ planted faults; it lets through", told)
        assert "zeros, sign flipped" in told
        assert "Traceback" not in told
        assert "During handling" not in told
    assert "in all entries 1 ± 1e-8" in bad["bad_blunt"]


def test_a_test_that_fails_anyway_fails_as_usual(bad):
    assert "near(grad(w, X), 0)" in bad["bad_anyway"]
    assert "crossgrad_vacuity" not in bad["bad_anyway"].replace('("kernels.grad")', "")


@pytest.mark.parametrize("name", TOLD)
def test_a_bad_mark_is_told_in_one_line(bad, name):
    assert f"\ncrossgrad_vacuity: {TOLD[name]}\n" in bad[f"bad_{name}"]


def test_the_mark_is_known(run):
    """So that strict markers take it, and ``--markers`` says what it is."""
    code, said = run("--markers")
    assert code == pytest.ExitCode.OK
    assert (
        "@pytest.mark.crossgrad_vacuity(name, digits=0, allow=(), values=False, like=None,"
        " samples=None): " in said
    )


def test_an_unmarked_run_imports_nothing_for_it(tmp_path):
    """Neither what plants faults, nor NumPy, which nobody asked for here."""
    file = tmp_path / "test_other.py"
    file.write_text(
        "import sys\n"
        "def test_it():\n"
        "    assert 'crossgrad.plugin' in sys.modules\n"
        "    assert not {m for m in sys.modules if m == 'numpy' or 'vacuity' in m}\n"
    )
    code, said = execute(
        [sys.executable, "-m", "pytest", f"--rootdir={tmp_path}", *OPTIONS, str(file)]
    )
    assert code == pytest.ExitCode.OK, said
