"""Which networks a run, or a backend, is about: activations, costs, sizes and labels.

What a backend can do, what it says that it can do, and what the options ask for are all of this
form; the networks of a run are drawn from what they have in common.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import Any, TypeVar

from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.additions import named, pairs
from crossgrad.comparisons.problems.generations import RESTRICTIONS
from crossgrad.reference.architecture import Architecture

T = TypeVar("T")
#: What may be one number, in words.
TIES = {"inputs": "inputs", "hidden": "units in each hidden layer", "last": "outputs"}
TIES |= {"batches": "samples"}
#: So many values of a kind are told.
MOST = 8
NUMBERS = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")
ACTIVATIONS, COSTS, OUTPUTS = named("activations"), named("costs"), pairs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Each field is a choice; an empty tuple of numbers is any number.

    ``activations`` of hidden layers, the same in all of them if ``uniform``, and that of the last
    layer if ``throughout``; ``outputs``: pairs of the last activation and the cost; ``depths``:
    numbers of layers; ``inputs``, ``hidden``, ``last``: widths; ``batches``: numbers of samples;
    ``ties``: which of the last four are one number; ``labels``: a name of ``LABELS``, or empty.
    """

    activations: tuple[str, ...] = ACTIVATIONS
    uniform: bool = False
    throughout: bool = False
    outputs: tuple[tuple[str, str], ...] = OUTPUTS
    depths: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()
    ties: tuple[str, ...] = ()
    labels: str = ""

    def admits(self, net: Architecture, batch: int, labels: str = "") -> bool:
        """Whether a network on such a batch is one of them."""
        first, *hidden, last = net.widths
        *inner, output = net.activations
        sizes = {"inputs": [first], "hidden": hidden, "last": [last], "batches": [batch]}
        tied = {size for place in self.ties for size in sizes[place]}
        return (
            set(inner) <= set(self.activations)
            and (len(set(inner)) < 2 or not self.uniform)  # noqa: PLR2004 - two are not one
            and ({*inner} <= {output} or not self.throughout)
            and len(tied) < 2  # noqa: PLR2004 - likewise
            and (output, net.cost) in self.outputs
            and within(net.depth, self.depths)
            and within(first, self.inputs)
            and all(within(width, self.hidden) for width in hidden)
            and within(last, self.last)
            and within(batch, self.batches)
            and self.labels in ("", labels)
        )

    def __and__(self, other: "Domain") -> "Domain":
        """What both are about; raises ``ValueError``, with one line, if that is nothing."""
        return replace(
            self,
            activations=self.hidden_in_common(other),
            uniform=self.uniform or other.uniform,
            throughout=self.throughout or other.throughout,
            outputs=common("last layer and cost", self.outputs, other.outputs),
            depths=common("depth", self.depths, other.depths),
            inputs=common("inputs", self.inputs, other.inputs),
            hidden=common("hidden units", self.hidden, other.hidden),
            last=common("outputs", self.last, other.last),
            batches=common("batch", self.batches, other.batches),
            ties=self.ties or other.ties,
            labels=self.labels or other.labels,
        ).without_hidden_layers()

    def hidden_in_common(self, other: "Domain") -> tuple[str, ...]:
        """Activations of hidden layers; none if one of the two has no hidden layers."""
        if not self.activations or not other.activations:
            return ()
        return common("activation of hidden layers", self.activations, other.activations)

    def __str__(self) -> str:
        """What it is restricted to, in words; empty for everything."""
        others = [pair for pair in OUTPUTS if pair not in self.outputs]
        many = len(others) < len(self.outputs)
        pairs = [f"{output} with {cost}" for output, cost in (others if many else self.outputs)]
        parts = [
            "" if self.activations == ACTIVATIONS else listed("hidden", self.activations),
            "one activation for all hidden layers" if self.uniform else "",
            "one activation throughout" if self.throughout else "",
            listed("any output but" if many else "output", pairs),
            listed("layers", ranges(self.depths)),
            listed("inputs", ranges(self.inputs)),
            listed("hidden units", ranges(self.hidden)),
            listed("outputs", ranges(self.last)),
            listed("samples", ranges(self.batches)),
            f"as many {' as '.join(TIES[place] for place in self.ties)}" if self.ties else "",
            f"labels {self.labels}" if self.labels else "",
        ]
        return "; ".join(filter(None, parts))

    def without_hidden_layers(self) -> "Domain":
        """If there is no activation for hidden layers, there are none of these."""
        if self.activations:
            return self
        return replace(self, depths=common("depth", self.depths, (1,)))


EVERYTHING = Domain()


def in_common(ones: Iterable[Domain], others: Sequence[Domain]) -> tuple[Domain, ...]:
    """What each of the ones has in common with each of the others.

    Raises ``ValueError``, with one line, if that is nothing.
    """
    found, told = [], ""
    for one, other in product(ones, others):
        try:
            found.append(one & other)
        except ValueError as error:
            told = told or str(error)
    if not found:
        raise ValueError(told)
    return tuple(found)


def within(value: T, allowed: tuple[T, ...]) -> bool:
    """Whether it is allowed; all are if none is named."""
    return not allowed or value in allowed


def listed(what: str, values: Iterable[str]) -> str:
    """What it is, then some of the values; nothing if there are none."""
    texts = list(values)
    more = f" and {len(texts) - MOST} more" if len(texts) > MOST else ""
    return f"{what} {', '.join(texts[:MOST])}{more}" if texts else ""


def ranges(values: Sequence[int]) -> Iterator[str]:
    """Numbers one after the other as a first and a last."""
    for _, run in groupby(enumerate(sorted(values)), key=lambda item: item[1] - item[0]):
        those = [number for _, number in run]
        yield str(those[0]) if len(those) == 1 else f"{those[0]}–{those[-1]}"


def common(what: str, one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    """What both allow, in the order of the first; raises ``ValueError`` if that is nothing."""
    if not one or not other:
        return one or other
    both = tuple(value for value in one if value in other)
    if not both:
        raise ValueError(f"no {what} that is asked for is supported")
    return both


# ------------------------------------------------------------------ as people write it
def domain_of(restrictions: Mapping[str, Any], where: str = "--") -> Domain:
    """Of options or of ``supports``, names or lists of them; raises ``ValueError`` with one line.

    ``where`` is what stands before a name where it is written.
    """
    for name in restrictions:
        if name not in RESTRICTIONS:
            raise ValueError(f"{where}{name}: known are {', '.join(RESTRICTIONS)}")
    given = {name: as_texts(value) for name, value in restrictions.items() if value is not None}
    activations = known(where, "activation", given, ACTIVATIONS)
    outputs = known(where, "output", given, tuple(dict.fromkeys(o for o, _ in OUTPUTS)))
    costs = known(where, "cost", given, COSTS)
    found = tuple(pair for pair in OUTPUTS if pair[0] in outputs and pair[1] in costs)
    if not found:
        raise ValueError(f"{where}output {', '.join(outputs)}: not with {', '.join(costs)}")
    depths, widths, batches = (numbers(where, name, given) for name in ("depth", "width", "batch"))
    labels = known(where, "labels", given, ("", *LABELS))[0]
    return Domain(
        activations=activations,
        outputs=found,
        depths=depths,
        inputs=widths,
        hidden=widths,
        last=widths,
        batches=batches,
        labels=labels,
    )


def as_texts(value: Any) -> list[str]:  # noqa: ANN401 - what people write
    return list(map(str, value)) if isinstance(value, list | tuple | set) else [str(value)]


def known(
    where: str, name: str, given: Mapping[str, list[str]], names: tuple[str, ...]
) -> tuple[str, ...]:
    """Those that are named, or all; raises ``ValueError`` if one is not known."""
    for value in given.get(name, ()):
        if value not in names:
            raise ValueError(f"{where}{name} {value}: known are {', '.join(filter(None, names))}")
    return tuple(given.get(name, names))


def numbers(where: str, name: str, given: Mapping[str, list[str]]) -> tuple[int, ...]:
    """All that are named, each alone or as a first and a last; raises ``ValueError``."""
    found: list[int] = []
    for text in given.get(name, ()):
        match = NUMBERS.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise ValueError(f"{where}{name} {text}: expected {RESTRICTIONS[name]}, from 1 on")
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))
