"""An answer as a trace of the suite's: each array of the right shape and format, or one line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends.own.answer import OF_SIGMA, Answer, read
from crossgrad.comparisons.backends.own.errors import (
    BackendError,
    FormatError,
    IncompleteError,
    one_line,
)
from crossgrad.comparisons.backends.own.layout import KINDS, Layout
from crossgrad.comparisons.problems.problem import Key, Problem, Trace
from crossgrad.reference.parameters import Array

#: Roundings of a gradient that was multiplied by a rate, which is rounded itself, and is read off
#: a difference again: two of its own, and of the rate, the difference and the quotient.
OF_RATE = 6
#: With a penalty, of W too: W - η (∂C/∂W + λW) may be (1 - ηλ) W - η ∂C/∂W.
OF_DECAY = 2


def validated(
    spec: str, returned: object, problem: Problem, layout: Layout
) -> tuple[Trace, tuple[str, ...]]:
    """The answer as a trace, and what was taken as what; raises ``BackendError``."""
    depth = problem.architecture.depth
    answer = read(spec, returned, lambda found: fits(found, problem, layout), depth)
    of_the_cost = layout
    if answer.rate is not None:  # new parameters are of no cost
        layout = replace(layout, reduction="mean", scale=1.0)
    quantities, notes = without_x(answer, problem, layout)
    wanted = ("dW",) if layout.bias == "none" else ("dW", "db")
    for name in wanted:
        if quantities.get(name) is None:
            hint = "" if name == "dW" else ': if the network has no biases, say bias="none"'
            raise IncompleteError(f"{spec} returned no {name}{hint}")
    if layout.bias == "none":
        quantities.pop("db", None)
    found: dict[str, Any] = {"db": ()} | {
        name: layers(spec, name, quantities[name], problem, layout)
        for name in ("dW", "db", "z", "a", "delta")
        if quantities.get(name) is not None
    }
    others = {
        key: array
        for name in OF_SIGMA
        if quantities.get(name) is not None
        for key, array in of_some(spec, name, quantities[name], problem, layout).items()
    }
    cost = one_cost(spec, quantities.get("cost"), problem, layout)
    trace = Trace(cost=cost, others=others, **found)
    if answer.rate is not None:
        trace = of_updated(trace, problem, answer.rate, of_the_cost)
        notes += ("dW and db are read off new parameters and the rate",)
    return trace, notes


def without_x(
    answer: Answer, problem: Problem, layout: Layout
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The quantities; activations that begin with x, or end with it, are those of the layers."""
    quantities, notes, a = dict(answer.quantities), answer.notes, answer.quantities.get("a")
    if isinstance(a, list | tuple) and len(a) == problem.architecture.depth + 1:
        x = layout.given("x", problem.x)
        if np.shape(a[0]) == x.shape and np.array_equal(as_array(a[0]), x):
            quantities["a"], notes = a[1:], (*notes, "a begins with x")
    return quantities, notes


def of_updated(trace: Trace, problem: Problem, rate: float, layout: Layout) -> Trace:
    """Gradients of new parameters: (W - W′) / η, and what the difference may be off by.

    W′ is the rounded W - η ∂C/∂W: off by u|W′| / η, and by a few roundings of the gradient. The
    cost may be a multiple of the suite's.
    """
    fmt, decays = ALL_FORMATS[problem.dtype], OF_DECAY * bool(problem.l2)
    rate *= layout.divisor("dW", problem)
    gradients, doubts = dict[str, list[Array]](), dict[Key, Array]()
    for name, before, after in (("dW", problem.W, trace.dW), ("db", problem.b, trace.db)):
        gradients[name] = []
        for l, (old, new) in enumerate(zip(before, after, strict=bool(after)), start=1):
            change = (old.astype(np.float64) - new.astype(np.float64)) / rate
            sizes = [np.abs(array.astype(np.float64)) for array in (new, old)]
            lost = (fmt.u * (sizes[0] + decays * sizes[1]) + 2 * fmt.omega) / abs(rate)
            doubts[name, l] = (1 + OF_RATE * fmt.u) * lost + OF_RATE * fmt.u * np.abs(change)
            gradients[name].append(change.astype(problem.dtype))
    return replace(trace, dW=gradients["dW"], db=gradients["db"], doubts=doubts)


# ------------------------------------------------------------------ shapes
def fits(quantities: Mapping[str, Any], problem: Problem, layout: Layout) -> bool:
    """Whether gradients have the shapes of these names."""
    for name in ("dW", "db"):
        usual = problem.W if name == "dW" else problem.b
        for value, parameter in zip(quantities[name], usual, strict=True):
            shape = np.shape(as_array(value))
            if shape not in shapes_of(name, parameter.shape, layout):
                return False
    return True


def shapes_of(name: str, usual: tuple[int, ...], layout: Layout) -> tuple[tuple[int, ...], ...]:
    """First the one that is expected; a vector is one in any shape."""
    expected, n = layout.shape(name, usual), usual[0]
    if KINDS[name] == "samples" and usual[1] == 1:
        return expected, (n,)
    if KINDS[name] != "bias":
        return (expected,)
    return tuple(dict.fromkeys((expected, (n, 1), (1, n), (n,))))


def usual_shapes(name: str, problem: Problem) -> list[tuple[int, ...]]:
    """The shape of a quantity at each layer, as the suite has it."""
    if name in ("dW", "db"):
        return [array.shape for array in (problem.W if name == "dW" else problem.b)]
    return [(width, problem.batch) for width in problem.widths[1:]]


def layers(
    spec: str,
    name: str,
    given: Any,  # noqa: ANN401 - that is the question
    problem: Problem,
    layout: Layout,
) -> list[Array]:
    """One array a layer, each of the right shape and format, as the suite has it."""
    shapes = usual_shapes(name, problem)
    values = listed(spec, name, given, len(shapes))
    return [
        one(spec, f"{name}[{l}]", value, shape, problem, layout)
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


def of_some(
    spec: str,
    name: str,
    given: Any,  # noqa: ANN401 - likewise
    problem: Problem,
    layout: Layout,
) -> dict[Key, Array]:
    """One array for each layer that has the parameter, None for each other."""
    of = problem.of_each_layer(name[1:])
    found: dict[Key, Array] = {}
    for l, (value, parameter) in enumerate(
        zip(listed(spec, name, given, len(of)), of, strict=True)
    ):
        if parameter is None and value is not None:
            told = f"{spec} returned {name}[{l}]: {problem.activations[l]} has no {name[1:]}"
            raise BackendError(f"{told}: expected None")
        if parameter is not None:
            place = f"{name}[{l}]"
            found[name, l + 1] = one(spec, place, value, parameter.shape, problem, layout)
    return found


def one(
    spec: str,
    place: str,
    value: object,
    usual: tuple[int, ...],
    problem: Problem,
    layout: Layout,
) -> Array:
    """An array of the right shape and format, as the suite has it."""
    name, dtype = place.partition("[")[0], problem.dtype
    array = converted(spec, place, value)
    if array.dtype == object and array.shape == ():
        raise BackendError(f"{spec} returned {place} as {article(value)}: expected an array")
    shapes = shapes_of(name, usual, layout)
    if array.shape not in shapes:
        raise BackendError(f"{spec} returned {place} of shape {array.shape}: expected {shapes[0]}")
    if array.ndim < len(shapes[0]):
        array = array.reshape(shapes[0])
    if array.dtype.name != dtype:
        given = array.dtype.name
        raise FormatError(f"{spec} returned {place} in {given}: expected {dtype}", given)
    return np.ascontiguousarray(layout.standard(name, array, problem))


def one_cost(
    spec: str,
    value: Any,  # noqa: ANN401 - likewise
    problem: Problem,
    layout: Layout,
) -> Array | None:
    """A number, if there is one; Python's are float64, and any format's."""
    if value is None:
        return None
    formats = ("float64", problem.dtype) if isinstance(value, float) else (problem.dtype,)
    cost = converted(spec, "cost", value)
    if cost.shape != ():
        raise BackendError(
            f"{spec} returned cost of shape {cost.shape}: expected one number, of shape ()"
        )
    if cost.dtype.name not in formats:
        raise BackendError(f"{spec} returned cost in {cost.dtype.name}: expected {problem.dtype}")
    return layout.standard("cost", cost, problem)


# ------------------------------------------------------------------ arrays
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
        return as_array(value)
    except Exception as error:
        raise BackendError(f"{spec} returned {name} that is no array: {one_line(error)}") from error


def as_array(value: Any) -> Array:  # noqa: ANN401 - of any framework, or of none
    """A copy as an array; of an engine's own numbers or arrays, that of what they hold."""
    array = np.array(without_history(value))
    if array.dtype != object:
        return array
    if array.shape == ():
        return np.array(held(value))
    return np.array([held(one) for one in array.ravel()]).reshape(array.shape)


def held(value: Any) -> Any:  # noqa: ANN401 - likewise
    """What an object that has a gradient holds beside it, as an engine's numbers do."""
    return value.data if hasattr(value, "grad") and hasattr(value, "data") else value


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
