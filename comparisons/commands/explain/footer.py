"""What stands below the numbers, for any page: how to read them, and what came of it."""

from collections.abc import Iterator
from functools import reduce

import numpy as np

from crossgrad.comparisons.commands.explain.answers import Answer
from crossgrad.comparisons.commands.explain.cells import BARS, BEYOND, BLIND, KNOWN, SAME, short
from crossgrad.comparisons.commands.explain.entries import Cell, Judgement, of_trace
from crossgrad.comparisons.commands.explain.explanation import Explanation, worst
from crossgrad.comparisons.commands.explain.numbers import same_bits, signed, steps_between
from crossgrad.comparisons.commands.explain.terms import Say
from crossgrad.comparisons.commands.explain.wording import silences
from crossgrad.comparisons.judging.row import Explained, merged_explained
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.reports.numbers import brief
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ how to read it
def legend(explanation: Explanation, say: Say) -> Iterator[tuple[str, str]]:
    """Each sign that occurs and what it says."""
    problem, found = explanation.problem, list(all_judgements(explanation))
    if any(not cell.first for cell in all_cells(explanation)):
        yield f"{SAME}, …42 {say('step', steps='+1')}", say("same")
    yield say("ulps", ulps="0.3"), say("off")
    yield f"0.2 {BARS[1]}", say("residual")
    if any(one.fails for one in found):
        yield BEYOND, say("beyond")
    if any(one.divergence for one in found):
        yield KNOWN, say("known")
    if any(one.blind for one in found):
        yield BLIND, say("blind")
    if any(one.end_to_end for one in found):
        yield say("end to end"), say("end")
    whole = next((answer.name for answer in explanation.answers if answer.whole), None)
    if whole:
        key = "put in as written" if explanation.exercise.texts else "put in"
        yield "≈", say(key, backend=short(whole))
    yield "w₁₂¹", say("weight")
    if problem.batch > 1:
        yield "⁽²⁾", say("sample")
    yield from functions(problem.activations, problem.cost, say)


#: What is not spelt out in the formulas: how it is found there, how it is written, its term.
FUNCTIONS = (("[", "[z > 0]", "iverson"), ("Φ", "Φ, φ", "phi"), ("s(", "s", "s"), ("{p}", "p", "p"))


def functions(activations: tuple[str, ...], cost: str, say: Say) -> Iterator[tuple[str, str]]:
    texts = "".join("".join(ACTIVATIONS[name].text) for name in activations)
    texts += COSTS[cost].text.term + COSTS[cost].text.gradient
    for sign, name, key in FUNCTIONS:
        if sign in texts:
            yield name, say(key)


def all_cells(explanation: Explanation) -> Iterator[Cell]:
    for quantity in explanation.quantities:
        for entry in quantity.entries:
            yield from filter(None, entry.cells)


def all_judgements(explanation: Explanation) -> Iterator[Judgement]:
    for cell in all_cells(explanation):
        yield from cell.judgements


# ------------------------------------------------------------------ what came of it
def outcome(explanation: Explanation, say: Say) -> Iterator[str]:
    """Whether all equations hold, and how many bits everybody shares with the first."""
    found, failures = worst(explanation), explanation.failures
    if not explanation.answers or found is None:
        yield say("no answer")
        return
    backend, check, layer, residual = found
    place = {"backend": short(backend), "check": check.replace("cost", "C"), "layer": layer}
    told = place | {"residual": brief(residual)}
    if failures:
        yield say("some fail", backends=", ".join(map(short, failures)), **told)
    else:
        yield say("all pass", **of_whom(explanation, say), **told)
    yield from silences(explanation, say)
    for answer in explanation.answers:
        yield from explained(answer, say)
    first = explanation.answers[0]
    for answer in explanation.answers[1:]:
        yield agreement(explanation, first, answer, say)


def of_whom(explanation: Explanation, say: Say) -> dict[str, str]:
    """Which equations hold, how, and for whom: no more than was seen."""
    whole = all(answer.whole for answer in explanation.answers)
    met = any(explained_by(answer) for answer in explanation.answers)
    return {
        "equations": say("every equation" if whole else "every one judged"),
        "hold": say("holds or known" if met else "holds"),
        "whom": say("who answers" if explanation.silent else "everybody"),
    }


def explained(answer: Answer, say: Say) -> Iterator[str]:
    """Each known divergence of a backend, over all equations."""
    for name, (count, residual) in explained_by(answer).items():
        told = {"count": count, "residual": brief(residual)}
        yield say("explained", name=name, backend=short(answer.name), **told)


def explained_by(answer: Answer) -> Explained:
    """What known divergences explain of a backend."""
    return reduce(merged_explained, (one.row.explained for one in answer.judged.values()), {})


def agreement(explanation: Explanation, first: Answer, answer: Answer, say: Say) -> str:
    """How many bits of a backend are the first's, of all that both report."""
    pairs = list(reported_by_both(explanation, first, answer))
    dtype = explanation.problem.dtype
    steps = np.concatenate([steps_between(*pair, dtype).size.ravel() for pair in pairs])
    same = sum(int(same_bits(*pair).sum()) for pair in pairs)
    told = {"backend": short(answer.name), "first": short(first.name), "count": steps.size}
    if same == steps.size:
        return say("identical", **told)
    far = max(int(steps.max()), 1)  # a cost with more digits than the format is at least rounded
    apart = say("step" if far == 1 else "steps", steps=signed(far).lstrip("+"))
    return say("agreed", same=same, steps=apart, **told)


def reported_by_both(
    explanation: Explanation, first: Answer, answer: Answer
) -> Iterator[tuple[Array, Array]]:
    """Each quantity of a backend, and the first's."""
    for quantity in explanation.quantities:
        place = quantity.check, quantity.layer
        here, there = of_trace(answer.trace, *place), of_trace(first.trace, *place)
        if here is not None and there is not None:
            yield here, there
