"""What a program of somebody's own returned, by the suite's names of quantities.

A dict of lists over the layers, by these names or by others that people use, or with a number
behind each name: dW1, db1, dW2, …; gradients without names; objects that hold their gradient in
``grad``; new weights, and the rate of descent by which they were changed.
"""

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from math import inf
from numbers import Real
from typing import Any, NamedTuple

from crossgrad.comparisons.backends.own.errors import BackendError
from crossgrad.comparisons.problems.problem import QUANTITIES

#: ∂C/∂ a parameter that some layers have.
OF_SIGMA = ("dalpha",)
#: By which names people call them.
NAMES = {
    "dW": ("dw", "dweights", "dweight", "grad_W", "grad_w", "nabla_w", "nabla_W"),
    "db": ("dB", "dbiases", "dbias", "grad_b", "nabla_b"),
    "cost": ("C", "J", "loss", "L"),
    "z": ("zs", "Z"),
    "a": ("A", "activations"),
    "delta": ("deltas", "dZ", "dz", "δ"),
}
OWN = {name: name for name in (*QUANTITIES, *OF_SIGMA)}
QUANTITY = OWN | {other: name for name, others in NAMES.items() for other in others}
#: ∂C/∂a, which no equation of the book is about.
LEFT_OUT = ("dA", "da")
NUMBERED = re.compile(r"(.*?)_?([0-9]+)")
#: Where new parameters are, and the rate by which they were changed.
PLACES = frozenset(("updated", "rate"))
#: Parameters, of which their gradients are wanted: W, b, W1, b_2, …
PARAMETER = re.compile(r"(W|w|b|weights|biases)(_?[0-9]+)?")


class Answer(NamedTuple):
    """Quantities by the suite's names, and in words what was taken as what.

    ``rate``: dW and db are new parameters, which were changed by that times their gradients.
    """

    quantities: dict[str, Any]
    notes: tuple[str, ...] = ()
    rate: float | None = None


class Named(NamedTuple):
    """A value by the suite's name; the number of its layer where it has one."""

    quantity: str
    number: int | None
    value: Any


def read(
    spec: str, answer: object, fits: Callable[[Mapping[str, Any]], bool], depth: int
) -> Answer:
    """The quantities that were returned; raises ``BackendError`` if none can be made out.

    ``fits``: whether gradients that came without names have the shapes of these.
    """
    if isinstance(answer, tuple | list):
        if len(answer) == 2 and isinstance(answer[1], Mapping):  # noqa: PLR2004 - a cost, a dict
            return of_mapping(spec, {"cost": answer[0], **answer[1]}, depth)
        for told, quantities in unnamed(answer, depth):
            if fits(quantities):
                return Answer(quantities, (f"what it returns is {told}",))
    if not isinstance(answer, Mapping):
        kind = type(answer).__name__
        if isinstance(answer, Coroutine):
            answer.close()  # else Python warns, much later, that nobody has waited for it
        raise BackendError(f'{spec} returned {kind}: expected {{"dW": [...], "db": [...]}}')
    return of_mapping(spec, answer, depth)


# ------------------------------------------------------------------ with names
def of_mapping(spec: str, answer: Mapping[Any, Any], depth: int) -> Answer:
    """A dict of lists, or with a number behind each name."""
    gradients, rate = of_parameters(spec, answer)
    named = [name_of(spec, str(key), value) for key, value in gradients.items()]
    names = [str(key) for key in answer if f"d{key}" in gradients and rate is None]
    taken = [f"{name.rstrip('_0123456789')} is its gradient" for name in names]
    notes = list(dict.fromkeys([*taken, *(note for _, note in named if note)]))
    lists = dict[str, Any]()
    for quantity in dict.fromkeys(one.quantity for one, _ in named if one.quantity):
        those = [one for one, _ in named if one.quantity == quantity]
        lists[quantity] = in_order(spec, those, depth)
    return Answer(lists, (", ".join(notes),) if notes else (), rate)


def of_parameters(spec: str, answer: Mapping[Any, Any]) -> tuple[Mapping[Any, Any], float | None]:
    """The same by the names of gradients, where it has parameters; and the rate of new ones."""
    if "updated" in answer or "rate" in answer:
        rate, updated = answer.get("rate"), answer.get("updated", answer)
        if not (isinstance(rate, Real) and 0 < float(rate) < inf):
            raise BackendError(f"{spec} returned rate {rate!r}: the rate of descent is needed")
        if not isinstance(updated, Mapping):
            raise BackendError(f'{spec} returned updated: expected {{"W": [...], "b": [...]}}')
        others = {key: value for key, value in answer.items() if key not in PLACES}
        return as_gradients({**others, **updated}, PLACES), float(rate)
    if any(QUANTITY.get(NUMBERED.sub(r"\1", str(key))) == "dW" for key in answer):
        return answer, None
    return as_gradients(answer), None


def as_gradients(answer: Mapping[Any, Any], but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """With a d before the name of each parameter; of objects that hold their gradient, that."""
    found = {}
    for key, value in answer.items():
        match = PARAMETER.fullmatch(str(key))
        name = f"d{match[1]}{match[2] or ''}" if match else str(key)
        if name not in but:
            found[name] = held(value) if match else value
    return found


def held(value: Any) -> Any:  # noqa: ANN401 - of any program
    """The gradient that an object holds, or that those in a list hold; else the value itself."""
    if isinstance(value, list | tuple):
        return [held(one) for one in value]
    gradient = getattr(value, "grad", None)
    return value if gradient is None else gradient


def name_of(spec: str, name: str, value: Any) -> tuple[Named, str]:  # noqa: ANN401 - likewise
    """A value by the suite's name, and what is to be said of that."""
    number = None
    if name not in QUANTITY and (match := NUMBERED.fullmatch(name)):
        name, number = match[1], int(match[2])
    if name in LEFT_OUT:
        return Named("", number, value), f"{name} is not judged"
    if name not in QUANTITY:
        raise BackendError(f"{spec} returned {name!r}: known are {', '.join(OWN)}")
    quantity = QUANTITY[name]
    note = "" if name == quantity else f"{name} is {quantity}"
    if number is not None:
        note = f"{name}1, {name}2, … are {quantity}"
    return Named(quantity, number, value), note


def in_order(spec: str, those: Sequence[Named], depth: int) -> Any:  # noqa: ANN401 - likewise
    """One value as it is, or those of single layers as a list: numbered from 0 or 1 on."""
    quantity, number, value = those[0]
    if len(those) == 1 and number is None:
        return value
    numbers = sorted(-1 if one.number is None else one.number for one in those)
    first = numbers[0]
    if first not in (0, 1) or numbers != list(range(first, first + len(those))):
        told = ", ".join("no number" if n < 0 else str(n) for n in numbers)
        raise BackendError(f"{spec} returned {quantity} of layers {told}: expected 1 … {depth}")
    return [one.value for one in sorted(those, key=lambda one: one.number or 0)]


# ------------------------------------------------------------------ without names
def unnamed(answer: Sequence[Any], depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What gradients that came without names may be, as it is written and as lists."""
    values = list(answer)
    if len(values) == 2 and all(has_parts(one, depth) for one in values):  # noqa: PLR2004 - of both
        yield "(dW, db)", dict(zip(("dW", "db"), values, strict=True))
        yield "(db, dW)", dict(zip(("db", "dW"), values, strict=True))
    if len(values) == depth and all(has_parts(one, 2) for one in values):
        first, second = ([one[i] for one in values] for i in range(2))
        yield "[(dW, db), …]", {"dW": first, "db": second}
        yield "[(db, dW), …]", {"dW": second, "db": first}
    if len(values) == 2 * depth:
        yield "(dW, db, dW, db, …)", {"dW": values[::2], "db": values[1::2]}
        yield "(dW, dW, …, db, db, …)", {"dW": values[:depth], "db": values[depth:]}


def has_parts(value: object, number: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == number
