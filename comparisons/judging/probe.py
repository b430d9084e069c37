"""What a backend supports, found out by asking it small problems.

Whoever refuses little is asked little: a few networks with everything in them. Of whoever refuses
one of those, one network is looked for that is supported; then one thing after the other is varied.
What is then left of the outputs and costs may be supported with other sizes or labels: a cost with
one output only, or one-hot labels for softmax alone. That is another domain.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import chain, combinations, cycle, islice, pairwise, product
from typing import Any

from crossgrad.comparisons.backends import Backend
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.judging.verification import asked
from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.domain import (
    ACTIVATIONS,
    EVERYTHING,
    OUTPUTS,
    TIES,
    Domain,
    in_common,
    within,
)
from crossgrad.comparisons.problems.networks import BATCHES, DEPTHS, HIDDEN, WIDTHS
from crossgrad.comparisons.problems.questions import (
    Question,
    arrays,
    candidates,
    hidden_activations,
)
from crossgrad.reference.architecture import Architecture

Supports = Callable[[Question], bool]


def domains_of_backend(
    backend: Backend, dtypes: Sequence[str], wanted: Domain
) -> tuple[Domain, ...]:
    """What is found out in the first of the formats that it supports, as far as it says so too.

    ``wanted``: what a run is about; that is asked first, as far as it says so. Raises
    ``ValueError`` if nothing that it says is supported.
    """
    if backend.domain is EVERYTHING:
        return (EVERYTHING,)
    said = backend.domain or EVERYTHING
    found = (probed(asking(backend, dtype), wanted & said) for dtype in dtypes)
    return in_common((said,), next(filter(None, found), (EVERYTHING,)))


def asking(backend: Backend, dtype: str) -> Supports:
    """Whether it answers: an answer that is wrong, or an error, is for the tests to tell."""
    drawn = lru_cache(maxsize=8)(partial(arrays, dtype))  # as many as are asked about in turns

    @cache
    def supports(question: Question) -> bool:
        problem = replace(drawn(question.drawn_as), architecture=question.net)
        try:
            asked(backend, problem)
        except NotSupportedError:
            return False
        except BackendError:
            return True
        return True

    return supports


def probed(supports: Supports, wanted: Domain = EVERYTHING) -> tuple[Domain, ...]:
    """What it supports; nothing if no network was found that it does."""
    if all(map(supports, everything())):
        return (EVERYTHING,)
    found: list[Domain] = []
    first = network = next(filter(supports, candidates(wanted)), None)
    left = OUTPUTS
    while first and network:
        found.append(varied(supports, network, left))
        left = tuple(pair for pair in left if pair not in found[-1].outputs)
        network = next(filter(supports, otherwise(first, left)), None)
    return tuple(found)


# ------------------------------------------------------------------ whoever refuses little
def everything() -> Iterator[Question]:
    """Each cost on one layer; all hidden activations in one network, of many widths."""
    costs = {cost: output for output, cost in OUTPUTS}
    for batch, (cost, output) in enumerate(costs.items(), start=1):
        yield Question(Architecture((3, 2), (output,), cost), batch)
    widths = tuple(islice(cycle(WIDTHS[::-1]), len(ACTIVATIONS) + 2))
    yield Question(Architecture(widths, (*ACTIVATIONS, *OUTPUTS[0][:1]), OUTPUTS[0][1]), 5)


# ------------------------------------------------------------------ other pairs
def otherwise(first: Question, pairs: Sequence[tuple[str, str]]) -> Iterator[Question]:
    """Other pairs of output and cost with other labels, with one output, or with one sample."""
    ends = dict.fromkeys((first.net.widths[-1], 1))
    sizes = product(
        dict.fromkeys((first.labels, "", *LABELS)), ends, dict.fromkeys((first.batch, 1))
    )
    usual = first.net.activations[:-1]
    for (labels, last, batch), pair in product(sizes, pairs):
        widths = (*first.net.widths[:-1], last)
        for hidden in dict.fromkeys((usual, (pair[0],) * len(usual))):
            yield replace(first, batch=batch, labels=labels).with_net(widths, hidden, pair)


# ------------------------------------------------------------------ one thing after the other
def varied(
    supports: Supports, first: Question, pairs: Sequence[tuple[str, str]] = OUTPUTS
) -> Domain:
    """The domain around a network that is supported, of these pairs of output and cost."""
    outputs = dict(outputs_of(supports, first, pairs))
    known = list(outputs.values())
    inner = dict(activations_of(supports, known))
    alike, mixed = (
        any(map(supports, with_two(inner.values(), names)))
        for names in ([(name, name) for name in inner], [*pairwise(inner)])
    )
    deepest = next(iter(inner.values()), first)
    domain = Domain(
        activations=tuple(inner),
        uniform=len(inner) > 1 and alike and not mixed,
        throughout=len(inner) > 1 and not any(map(supports, with_another_last(known, inner))),
        outputs=tuple(outputs),
        labels=first.labels,
    )
    return tied(supports, *sizes_of(supports, deepest, domain))


def with_two(known: Iterable[Question], pairs: Sequence[tuple[str, str]]) -> Iterator[Question]:
    """Networks with two hidden layers, of these activations, for those with one."""
    for question in known:
        widths = question.net.widths
        if len(widths) == 3:  # noqa: PLR2004 - that is one hidden layer
            for pair in pairs:
                yield question.with_net((*widths[:-1], *widths[-2:]), pair)


def with_another_last(known: list[Question], inner: Iterable[str]) -> Iterator[Question]:
    """Networks whose hidden layers have another activation than the last."""
    for name in inner:
        yield from with_hidden([q for q in known if q.net.activations[-1] != name], name)


def outputs_of(
    supports: Supports, first: Question, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], Question]]:
    """Each pair of output and cost that is supported, with a network of it."""
    usual = first.net.activations[:-1]
    for pair in pairs:
        inner = dict.fromkeys((usual, *hidden_activations(len(usual), pair[0])))
        questions = (first.with_net(None, hidden, pair) for hidden in inner)
        found = next(filter(supports, questions), None)
        if found:
            yield pair, found


def activations_of(supports: Supports, known: list[Question]) -> Iterator[tuple[str, Question]]:
    """Each hidden activation that is supported, with a network of it."""
    for name in ACTIVATIONS:
        found = next(filter(supports, with_hidden(known, name)), None)
        if found:
            yield name, found


def with_hidden(known: list[Question], name: str) -> Iterator[Question]:
    """Networks with one hidden layer, or two, or as many as there are, of an activation."""
    for question in known:
        first, *inner, last = question.net.widths
        for hidden in dict.fromkeys((tuple(inner), (4,), (4, 4))):
            if hidden:
                yield question.with_net((first, *hidden, last), (name,) * len(hidden))


def sizes_of(supports: Supports, base: Question, domain: Domain) -> tuple[Question, Domain]:
    """Which numbers of layers, units and samples: all, or those that are supported one by one."""
    first, *inner, last = base.net.widths
    name, width = (base.net.activations[0], inner[0]) if inner else (base.net.activations[-1], last)

    def of_depth(depth: int) -> Question:
        hidden = depth - 1
        return base.with_net((first, *[width] * hidden, last), (name,) * hidden)

    def alone(place: str, numbers: Sequence[int], own: int) -> tuple[int, ...]:
        return those(supports, numbers, own, lambda number: sized(base, (place,), number))

    return base, replace(
        domain,
        depths=those(supports, DEPTHS, base.net.depth, of_depth) if domain.activations else (1,),
        inputs=alone("inputs", WIDTHS, first),
        hidden=alone("hidden", HIDDEN, width) if inner else (),
        last=alone("last", WIDTHS, last),
        batches=alone("batches", BATCHES, base.batch),
    )


def those(
    supports: Supports, numbers: Sequence[int], own: int, question: Callable[[int], Question]
) -> tuple[int, ...]:
    """The numbers of which a network is supported; empty if all are, if none is its own."""
    found = tuple(number for number in numbers if supports(question(number)))
    return () if len(found) == len(numbers) else found or (own,)


def sized(base: Question, places: Sequence[str], number: int) -> Question:
    """The same network with another number at some places."""
    first, *inner, last = base.net.widths
    widths = [
        number if "inputs" in places else first,
        *(number if "hidden" in places else width for width in inner),
        number if "last" in places else last,
    ]
    return replace(base.with_net(widths), batch=number if "batches" in places else base.batch)


def tied(supports: Supports, base: Question, domain: Domain) -> Domain:
    """Where numbers are pinned one by one, those that may vary together.

    Of hidden layers, whether they may have different numbers of units.
    """
    pinned = [place for place in TIES if len(getattr(domain, place)) == 1]
    groups = chain.from_iterable(combinations(pinned, n) for n in range(len(pinned), 1, -1))
    for group in groups:
        numbers = tuple(number for number in HIDDEN if supports(sized(base, group, number)))
        if len(numbers) > 1:
            free: dict[str, Any] = dict.fromkeys(group, () if numbers == HIDDEN else numbers)
            return replace(domain, ties=group, **free)
    first, *inner, last = base.net.widths
    if not inner or not within(3, domain.depths):
        return domain
    names = base.net.activations[:1] * 2
    one, two = inner[0], next(n for n in (*domain.hidden, *HIDDEN) if n != inner[0])
    if supports(base.with_net((first, one, one, last), names)) and not supports(
        base.with_net((first, one, two, last), names)
    ):
        return replace(domain, ties=("hidden",))
    return domain
