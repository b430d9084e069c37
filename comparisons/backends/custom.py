"""Bring your own backprop: any function from a problem to its gradients, or the whole trace.

    def gradients(problem):
        return {"dW": [...], "db": [...]}  # and, if you like, cost, z, a, delta, dalpha

Whatever it does wrong is told in one line that names the culprit.
"""

import importlib
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from crossgrad.comparisons.backends.modes import ARITHMETICS
from crossgrad.comparisons.problems.domain import Domain, domain_of
from crossgrad.comparisons.problems.problem import QUANTITIES, Key, Problem, Trace
from crossgrad.reference.parameters import Array

F = TypeVar("F", bound=Callable[..., Any])


class BackendError(Exception):
    """A backend that raised or whose answer has not the form of one; the message is one line."""


#: What else an answer may have: ∂C/∂ a parameter that some layers have.
OF_SIGMA = ("dalpha",)
#: Where Python's and other people's packages are.
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
#: What some mean by another error: it would fail each network that is not supported.
REFUSE = "if it does not support such a network, NotImplementedError is how to say so"


class NotSupportedError(Exception):
    """A backend that cannot do an activation or cost, and says so by ``NotImplementedError``."""


# ------------------------------------------------------------------ load
def load_gradients(spec: str) -> Callable[[Problem], object]:
    """The function of ``module:function`` or ``file.py:function``.

    Raises ``ValueError`` with one line that names the culprit.
    """
    where, _, name = spec.rpartition(":")
    try:
        with its_own_settings():
            module = load_file(Path(where)) if where.endswith(".py") else load_module(where)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ValueError(f"backend {spec!r}: cannot be loaded: {one_line(error)}") from error
    function: Callable[[Problem], object] | None = getattr(module, name, None)
    if not callable(function):  # one error for whatever is wrong with a backend's name
        raise ValueError(f"backend {spec!r}: {where} has no function {name!r}")  # noqa: TRY004
    return function


def declared(spec: str, function: Callable[[Problem], object]) -> dict[str, Any]:
    """What a function says of itself, by the fields of ``Backend``.

    Its attribute ``supports`` has the names and values of the options that restrict a run,
    ``{"activation": ["sigmoid"], …}``; ``arithmetic`` is a name of ``ARITHMETICS``; ``forward``
    says whether derivatives are carried forward, ``as_reported`` whether it goes on with what it
    reports. Raises ``ValueError`` with one line that names the culprit.
    """
    found: dict[str, Any] = {}
    if (supports := getattr(function, "supports", None)) is not None:
        found["domain"] = supported(spec, supports)
    if (arithmetic := getattr(function, "arithmetic", None)) is not None:
        if arithmetic not in ARITHMETICS:
            names = ", ".join(ARITHMETICS)
            raise ValueError(f"backend {spec!r}: arithmetic {arithmetic!r}: known are {names}")
        found["arithmetic"] = ARITHMETICS[arithmetic]
    for name in ("forward", "as_reported"):
        if (fact := getattr(function, name, None)) is not None:
            if not isinstance(fact, bool):  # one error for whatever is wrong with a backend
                raise ValueError(f"backend {spec!r}: {name} {fact!r}: True or False is needed")
            found[name] = fact
    return found


def backend(
    *,
    supports: Mapping[str, object] | None = None,
    arithmetic: str | None = None,
    forward: bool | None = None,
    as_reported: bool | None = None,
) -> Callable[[F], F]:
    """Say of a function of yours what the suite has to know of it.

    ::

        @crossgrad.backend(arithmetic="mixed bfloat16", supports={"activation": ["relu"]})
        def gradients(problem): ...

    Args:
        supports: names and values of the options that restrict a run, as ``{"depth": "1-4"}``; what
            it does not say is found out by asking.
        arithmetic: how it computes: ``"as it is"`` in the problem's format, each operation rounded;
            ``"one by one"``, example by example, summed at the end; ``"mixed bfloat16"`` or
            ``"mixed float16"``: parameters and cost in float32, factors of products in 16 bits.
        forward: whether derivatives are carried forward, from the parameters to the cost. What is
            not said is taken to be so where no δ is reported.
        as_reported: whether it goes on with each number exactly as it reports it: no loss scale, no
            division by m after the sums, no δ that is computed a second time. It is then judged
            more sharply, by what its sums alone may round.

    Raises:
        ValueError: a value is unknown.
    """
    said = {
        "supports": supports,
        "arithmetic": arithmetic,
        "forward": forward,
        "as_reported": as_reported,
    }

    def with_facts(function: F) -> F:
        for name, value in said.items():
            if value is not None:
                setattr(function, name, value)
        declared(getattr(function, "__qualname__", str(function)), function)
        return function

    return with_facts


def supported(spec: str, supports: object) -> Domain:
    """What a function says it supports."""
    if not isinstance(supports, Mapping):
        raise ValueError(f'backend {spec!r}: supports: {{"depth": "1-4", …}} is needed')  # noqa: TRY004
    try:
        return domain_of(supports, "supports: ")
    except ValueError as error:
        raise ValueError(f"backend {spec!r}: {error}") from None


def load_module(name: str) -> ModuleType:
    """A module by its name; the current folder is searched too, as ``python`` does."""
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module(name)


def load_file(path: Path) -> ModuleType:
    """A module by its file; its neighbours can be imported, as for a script."""
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    folder = str(path.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules.setdefault(path.stem, module)
    exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102
    return module


# ------------------------------------------------------------------ ask
def ask(spec: str, function: Callable[[Problem], object], problem: Problem) -> Trace:
    """The function's answer, validated; it gets a copy that it may not change.

    Its warnings are its own: they are shown, but fail nothing. Raises ``BackendError`` and
    ``NotSupportedError``.
    """
    given = problem.copy()
    try:
        with its_own_settings():
            trace = validated(spec, function(given), problem)
    except (BackendError, KeyboardInterrupt):
        raise
    except NotImplementedError as error:
        raise NotSupportedError(f"{spec}: {str(error) or 'not implemented'}") from error
    except BaseException as error:  # pytest.skip and sys.exit among them
        raise BackendError(raised(spec, error)) from error
    if changed := changed_in(given, problem):
        raise BackendError(f"{spec} changed its input problem.{changed}")
    return trace


@contextmanager
def its_own_settings() -> Iterator[None]:
    """Its warnings are no errors, and what it sets with ``np.seterr`` ends with it."""
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("default")
        yield


def raised(name: str, error: BaseException) -> str:
    """One line: who raised what, where; and what is raised of a network that is not supported."""
    told = " ".join([f"{name} raised {one_line(error)}", *place(error)])
    return f"{told}; {REFUSE}" if type(error) in (ValueError, KeyError) else told


def one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def place(error: BaseException) -> list[str]:
    """File and line of the user's that raised it, or called the library that did; if there is one.

    There is none where the function does not take one argument.
    """
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    return [f"({Path(frame.filename).name}:{frame.lineno})" for frame in (own or frames[:1])[-1:]]


def changed_in(given: Problem, problem: Problem) -> str:
    """The name of the first array of which another is left; empty if all are as they were."""
    for name in ("W", "b", "alpha", "x", "y"):
        then, now = getattr(problem, name), getattr(given, name, None)
        if isinstance(then, np.ndarray):
            if not as_it_was(now, then):
                return name
        elif not isinstance(now, tuple) or len(now) != len(then):
            return name
        else:
            for l, (there, other) in enumerate(zip(now, then, strict=True)):
                if other is not None and not as_it_was(there, other):
                    return f"{name}[{l}]"
    return ""


def as_it_was(now: object, then: Array) -> bool:
    """Whether an array still has its shape, format and bits, in whatever order they lie."""
    if not isinstance(now, np.ndarray) or (now.shape, now.dtype) != (then.shape, then.dtype):
        return False
    return now.tobytes() == then.tobytes()


# ------------------------------------------------------------------ validate
def validated(spec: str, answer: object, problem: Problem) -> Trace:
    """The answer as a trace; raises ``BackendError`` if it has not the form of one."""
    if not isinstance(answer, Mapping):
        kind = type(answer).__name__
        if isinstance(answer, Coroutine):
            answer.close()  # else Python warns, much later, that nobody has waited for it
        raise BackendError(f'{spec} returned {kind}: expected {{"dW": [...], "db": [...]}}')
    of_sigma = OF_SIGMA if problem.others else ()
    for name in answer:
        if name not in (*QUANTITIES, *OF_SIGMA):
            known = ", ".join((*QUANTITIES, *of_sigma))
            raise BackendError(f"{spec} returned {name!r}: known are {known}")
    for name in ("dW", "db"):
        if answer.get(name) is None:
            raise BackendError(f"{spec} returned no {name}")
    shapes = expected_shapes(problem)
    quantities: dict[str, Any] = {
        name: layers(spec, name, answer[name], shapes[name], problem.dtype)
        for name in shapes
        if answer.get(name) is not None
    }
    cost = answer.get("cost")
    if cost is not None:
        formats = ("float64", problem.dtype) if isinstance(cost, float) else (problem.dtype,)
        cost = converted(spec, "cost", cost)
        if cost.shape != ():
            raise BackendError(
                f"{spec} returned cost of shape {cost.shape}: expected one number, of shape ()"
            )
        if cost.dtype.name not in formats:
            raise BackendError(
                f"{spec} returned cost in {cost.dtype.name}: expected {problem.dtype}"
            )
    others = {
        key: array
        for name in OF_SIGMA
        if answer.get(name) is not None
        for key, array in of_some(spec, name, answer[name], problem).items()
    }
    return Trace(cost=cost, others=others, **quantities)


def of_some(spec: str, name: str, given: Any, problem: Problem) -> dict[Key, Array]:  # noqa: ANN401 - that is the question
    """One array for each layer that has the parameter, None for each other."""
    of = problem.of_each_layer(name[1:])
    values = listed(spec, name, given, len(of))
    found: dict[Key, Array] = {}
    for l, (value, parameter) in enumerate(zip(values, of, strict=True)):
        if parameter is None and value is not None:
            told = f"{spec} returned {name}[{l}]: {problem.activations[l]} has no {name[1:]}"
            raise BackendError(f"{told}: expected None")
        if parameter is not None:
            found[name, l + 1] = one(spec, f"{name}[{l}]", value, parameter.shape, problem.dtype)
    return found


def expected_shapes(problem: Problem) -> dict[str, list[tuple[int, ...]]]:
    """The shape of each quantity at each layer."""
    units = [(width, problem.batch) for width in problem.widths[1:]]
    W, b = [w.shape for w in problem.W], [v.shape for v in problem.b]
    return {"dW": W, "db": b, "z": units, "a": units, "delta": units}


def layers(
    spec: str,
    name: str,
    given: Any,  # noqa: ANN401 - that is the question
    shapes: list[tuple[int, ...]],
    dtype: str,
) -> list[Array]:
    """One array a layer, each of the right shape and format."""
    values = listed(spec, name, given, len(shapes))
    return [
        one(spec, f"{name}[{l}]", value, shape, dtype)
        for l, (value, shape) in enumerate(zip(values, shapes, strict=True))
    ]


def listed(spec: str, name: str, given: Any, depth: int) -> list[Any]:  # noqa: ANN401 - likewise
    if isinstance(given, Mapping):
        raise BackendError(
            f"{spec} returned {name} as {article(given)}: expected a list of {depth} arrays,"
            " one a layer"
        )
    try:
        values = list(given)
    except TypeError:
        kind = type(given).__name__
        raise BackendError(f"{spec} returned {name} as {kind}: expected a list") from None
    if len(values) != depth:
        raise BackendError(f"{spec} returned {len(values)} {name}: expected {depth} layers")
    return values


def one(spec: str, name: str, value: object, shape: tuple[int, ...], dtype: str) -> Array:
    """An array of the right shape and format."""
    array = converted(spec, name, value)
    if array.dtype == object and array.shape == ():
        raise BackendError(f"{spec} returned {name} as {article(value)}: expected an array")
    if array.shape != shape:
        raise BackendError(f"{spec} returned {name} of shape {array.shape}: expected {shape}")
    if array.dtype.name != dtype:
        raise BackendError(f"{spec} returned {name} in {array.dtype.name}: expected {dtype}")
    return array


def article(value: object) -> str:
    """What kind of thing it is: a dict, an OrderedDict."""
    kind = type(value).__name__
    return f"an {kind}" if kind[0] in "AEIOaeio" else f"a {kind}"


def converted(spec: str, name: str, value: object) -> Array:
    """A copy of whatever NumPy understands as an array, or a framework's tensor as one."""
    if value is None:
        raise BackendError(f"{spec} returned None for {name}")
    if np.ma.is_masked(value):
        raise BackendError(f"{spec} returned {name} with masked entries: a number each is expected")
    try:
        return np.array(without_history(value))
    except Exception as error:
        raise BackendError(f"{spec} returned {name} that is no array: {one_line(error)}") from error


def without_history(value: Any) -> Any:  # noqa: ANN401 - of any framework, or of none
    """A tensor that autograd follows, or that is on a GPU, as one that NumPy can read.

    NumPy's bfloat16 is no number to torch: it goes by float32, which has all of them.
    """
    if not hasattr(value, "detach"):
        return value
    tensor = value.detach().cpu()
    if str(tensor.dtype).endswith("bfloat16"):
        return tensor.float().numpy().astype("bfloat16")
    return tensor.numpy()
