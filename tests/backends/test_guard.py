"""How frameworks are asked: their warnings are notes, what they lack is not supported.

Whatever else they raise is told with their own operation, never with the line that called them.
"""

import warnings

import numpy as np
import pytest
import torch
from suite import lines_with, run

from crossgrad.comparisons.backends import guard, load_backend
from crossgrad.comparisons.backends.guard import FrameworkWarning
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.problems.scenario import Scenario

TANH = "3x4x2-tanh,sigmoid-quadratic-float64-m3-s1-k1"
MISH = TANH.replace("tanh", "mish")


def with_plugin(folder, body, *arguments):
    """Exit code and output of the suite, where something was done to a framework before."""
    (folder / "tampering.py").write_text(body, encoding="utf-8")
    return run("-p", "tampering", *arguments, environment={"PYTHONPATH": str(folder)})


def asked(trace, name="torch"):
    """What comes of a framework's trace; the problem is of no account."""
    return guard.guarded(name, trace)(Scenario.parse(TANH).problems()[0])


# ------------------------------------------------------------------ warnings
WARNING = """
import functools, warnings
import torch
vmap = torch.func.vmap

@functools.wraps(vmap)
def warned(*arguments, **keywords):
    for level in (1, 2):  # at its own line, at the line that calls
        warnings.warn(f"vmap will move\\n in release {level}", FutureWarning, stacklevel=level)
    return vmap(*arguments, **keywords)

torch.func.vmap = warned
"""


def test_a_framework_s_warning_is_a_note(tmp_path):
    """The run passes, and the warning is told once, with the version that gives it."""
    scenarios = ("--scenario", TANH, "--scenario", MISH)
    code, output = with_plugin(tmp_path, WARNING, "--backend", "torch.forward", *scenarios)
    assert code == pytest.ExitCode.OK, output
    text = f"torch {torch.__version__} warns: FutureWarning: vmap will move in release"
    assert all(len(lines_with(output, f"{text} {level}")) == 1 for level in (1, 2))


def test_an_overflow_in_a_line_of_ours_is_no_framework_s(monkeypatch):
    """It is an error, at that line."""
    monkeypatch.setattr(guard, "OURS", (__file__,))
    largest = np.float32(3e38)
    with pytest.raises(BackendError, match=r"RuntimeWarning: overflow .*\(test_guard\.py:\d+\)"):
        asked(lambda _: largest * largest)


def test_what_is_warned_of_as_it_is_loaded_is_a_note_too(monkeypatch):
    """In the import of a backend's file."""

    def imported(_name):
        warnings.warn("an old CPU", UserWarning, stacklevel=1)
        return guard

    monkeypatch.setattr("crossgrad.comparisons.backends.import_module", imported)
    monkeypatch.setattr(guard, "trace", None, raising=False)
    with pytest.warns(FrameworkWarning, match="numpy .* warns: UserWarning: an old CPU"):
        load_backend("numpy")


# ------------------------------------------------------------------ what is not there
@pytest.mark.parametrize(
    ("name", "functions"), [("torch", "torch.nn.functional"), ("jax", "jax.nn")]
)
def test_a_function_that_a_release_lacks_is_not_supported(name, functions, tmp_path):
    """Only scenarios with it are skipped, and the reason has its name and the release's."""
    body = f"import {functions}\ndel {functions}.mish\n"
    scenarios = ("--scenario", TANH, "--scenario", MISH)
    code, output = with_plugin(tmp_path, body, "--backend", name, *scenarios)
    assert code == pytest.ExitCode.OK, output
    assert lines_with(output, f"not supported: 1 × {name}: {name} ", f"{functions} has no 'mish'")
    assert "1 passed, 1 skipped" in output


def raising(error):
    """A trace that raises it."""

    def trace(_problem):
        raise error

    return trace


@pytest.mark.parametrize(
    "error",
    [
        NotImplementedError("\"log_softmax\" not implemented for 'Half'"),
        RuntimeError("\"log_softmax_lastdim_kernel_impl\" not implemented for 'Half'"),
    ],
    ids=["as now", "as before"],
)
def test_an_operation_without_the_format_is_not_supported(error):
    with pytest.raises(NotSupportedError, match=rf"^torch: torch [\d.+a-z]+: .*{error}"):
        asked(raising(error))


@pytest.mark.parametrize(
    "lacking",
    [torch, torch.nn.functional, torch.zeros(1)],
    ids=["a module", "a module inside", "a tensor"],
)
def test_a_name_that_a_framework_lacks_is_not_supported(lacking, monkeypatch):
    """Of a module or of a tensor."""
    monkeypatch.setattr(guard, "OURS", (__file__,))
    with pytest.raises(NotSupportedError, match="'no_such'"):
        asked(lambda _: lacking.no_such)


def test_a_name_that_is_missing_elsewhere_is_an_error(monkeypatch):
    """Ours, or of another framework: nothing is skipped for that."""
    monkeypatch.setattr(guard, "OURS", (__file__,))
    for thing in (np, torch):
        with pytest.raises(BackendError, match="AttributeError"):
            asked(lambda _, thing=thing: thing.no_such, name="jax")


# ------------------------------------------------------------------ who raised
def test_an_error_is_told_with_the_framework_s_function():
    """Where that is written in Python: its name, its file and its line."""
    with pytest.raises(BackendError, match=r"^torch raised .* \(in cross_entropy, nn/functional"):
        asked(lambda _: torch.nn.functional.cross_entropy(None, None))


def test_an_error_of_a_compiled_operation_is_told_with_the_operation(monkeypatch):
    """It has no line of its own: what asked for it is shown."""
    monkeypatch.setattr(guard, "OURS", (__file__,))
    two, three = torch.zeros(2), torch.zeros(3)
    with pytest.raises(BackendError, match=r"^torch raised RuntimeError: .* \(in `.*two @ three"):
        asked(lambda _: two @ three)
