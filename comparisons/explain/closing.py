"""What stands below the numbers, for any page: how to read them, and what came of it."""

from collections.abc import Iterator

import numpy as np

from comparisons.baseline.steps import distance, places
from comparisons.explain.answers import Answer
from comparisons.explain.cells import BARS, BEYOND, BLIND, KNOWN, SAME, short
from comparisons.explain.entries import Cell, Judgement, of_trace
from comparisons.explain.explanation import Explanation, worst
from comparisons.explain.formulas import ACTIVATIONS, COSTS
from comparisons.explain.numbers import brief, signed
from comparisons.explain.terms import Say


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
        yield "≈", say("put in", backend=short(whole))
    yield "w₁₂¹", say("weight")
    if problem.batch > 1:
        yield "⁽²⁾", say("sample")
    yield from functions(problem.activations, problem.cost, say)


#: What is not spelt out in the formulas: how it is found there, how it is written, its term.
FUNCTIONS = (("[", "[z > 0]", "iverson"), ("Φ", "Φ, φ", "phi"), ("s(", "s", "s"), ("{p}", "p", "p"))


def functions(activations: tuple[str, ...], cost: str, say: Say) -> Iterator[tuple[str, str]]:
    """Those that occur."""
    texts = "".join("".join(ACTIVATIONS[name]) for name in activations)
    texts += COSTS[cost].term + COSTS[cost].gradient
    for sign, name, key in FUNCTIONS:
        if sign in texts:
            yield name, say(key)


def all_cells(explanation: Explanation) -> Iterator[Cell]:
    """That are shown."""
    for quantity in explanation.quantities:
        for entry in quantity.entries:
            yield from filter(None, entry.cells)


def all_judgements(explanation: Explanation) -> Iterator[Judgement]:
    """That are shown."""
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
    key = "some fail" if failures else "all pass"
    names = ", ".join(map(short, failures))
    yield say(key, residual=brief(residual), backends=names, **place)
    for answer in explanation.answers:
        yield from explained(answer, say)
    first = explanation.answers[0]
    for answer in explanation.answers[1:]:
        yield agreement(explanation, first, answer, say)


def explained(answer: Answer, say: Say) -> Iterator[str]:
    """Each known divergence of a backend, over all equations."""
    found = [met for judged in answer.judged.values() for met in judged.row.explained.items()]
    for name in dict.fromkeys(name for name, _ in found):
        counts, residuals = zip(*(told for other, told in found if other == name), strict=True)
        told = {"count": sum(counts), "residual": brief(max(residuals))}
        yield say("explained", name=name, backend=short(answer.name), **told)


def agreement(explanation: Explanation, first: Answer, answer: Answer, say: Say) -> str:
    """How many bits of a backend are the first's, of all that both report."""
    pairs = [
        (of_trace(first.trace, quantity.check, quantity.layer), here)
        for quantity in explanation.quantities
        if (here := of_trace(answer.trace, quantity.check, quantity.layer)) is not None
    ]
    sizes = [
        distance(places(here), places(there)).size.ravel()
        for there, here in pairs
        if there is not None
    ]
    steps = np.concatenate(sizes)
    far, told = int(steps.max()), {"backend": short(answer.name), "first": short(first.name)}
    if not far:
        return say("identical", count=steps.size, **told)
    apart = say("step" if far == 1 else "steps", steps=signed(far).lstrip("+"))
    return say("agreed", count=steps.size, same=int((steps == 0).sum()), steps=apart, **told)
