"""What stands above, beside and below the numbers, for any page: lines in one language."""

from collections.abc import Iterator
from importlib.metadata import version

import numpy as np

from comparisons.backends import BUILT_IN
from comparisons.baseline.steps import distance, places
from comparisons.divergences import DIVERGENCES
from comparisons.equations import CHECKS
from comparisons.explain.answers import Answer
from comparisons.explain.cells import BARS, BEYOND, BLIND, KNOWN, SAME, short
from comparisons.explain.entries import Cell, Judgement, Quantity, Rest, of_trace
from comparisons.explain.explanation import Explanation, worst
from comparisons.explain.formulas import ACTIVATIONS, COSTS, cost_definition, definition
from comparisons.explain.numbers import brief, signed
from comparisons.explain.terms import Say
from comparisons.problem import Problem
from comparisons.regimes import regime

FORWARD = ("z", "a", "cost")


# ------------------------------------------------------------------ above
def title(problem: Problem, say: Say) -> str:
    """What network."""
    widths = problem.widths
    neuron = widths[-1] == 1 and len(widths) == 2  # noqa: PLR2004 - inputs and one node
    return say("neuron") if neuron else say("network", widths="-".join(map(str, widths)))


def headlines(explanation: Explanation, say: Say) -> Iterator[str]:
    """σ and C, format, batch; the scenario and its draw."""
    problem, last = explanation.problem, explanation.scenario.draws - 1
    m = problem.batch
    batch = say("one sample") if m == 1 else say("batch", m=m)
    yield f"{say('activations')}: {', '.join(problem.activations)}"
    yield f"{say('cost')}: {say(problem.cost)}; {problem.dtype}, {batch}"
    told = say(regime(explanation.draw))
    yield f"{explanation.scenario}"
    yield say("draw", draw=explanation.draw, last=last, regime=told)


def backends(explanation: Explanation, say: Say) -> Iterator[str]:
    """Who was asked, and who said nothing or not everything."""
    for answer in explanation.answers:
        yield f"{answer.name}{versioned(answer.name, say)}"
        if not answer.whole:
            reported = ", ".join(answer.reported)
            yield say("parts", backend=short(answer.name), reported=reported)
            if explanation.problem.batch == 1 and "delta" not in answer.reported:
                yield say("delta is db")
    for silence in explanation.silent:
        yield f"{silence.name}: {say(silence.status, why=silence.why)}"


def versioned(name: str, say: Say) -> str:
    """The version of a built-in one, and which of them is the reference."""
    if name not in BUILT_IN:
        return ""
    role = f": {say('reference')}" if name == "numpy" else ""
    return f" {version(name)}{role}"


def captions(explanation: Explanation, name: str, left_out: int, say: Say) -> Iterator[str]:
    """What a picture of a pass shows, and whose numbers."""
    yield say("drawn weights" if name == "forward" else "drawn derivatives")
    yield say("drawn sign")
    yield say("drawn bias", bias=say("bias node"))
    whole = next(answer for answer in explanation.answers if answer.whole)
    yield say("drawn", backend=short(whole.name))
    if explanation.problem.batch > 1:
        yield say("drawn sample", m=explanation.problem.batch)
    if left_out:
        yield say("not drawn", count=left_out)


# ------------------------------------------------------------------ beside
def layer_name(layer: int, depth: int, say: Say) -> str:
    """Input, hidden or output."""
    if layer == 0:
        return say("input layer")
    return say("output layer" if layer == depth else "hidden layer", layer=layer)


def equation(check: str, say: Say) -> str:
    """As the suite has it."""
    text = CHECKS[check].equation.replace("over the batch", say("over the batch"))
    return f"{check}: {text}" if check.startswith("BP") else text


def subject(explanation: Explanation, quantity: Quantity, say: Say) -> str:
    """What the equation gives, in words."""
    if quantity.check == "cost":
        return say("C")
    layer = layer_name(quantity.layer, explanation.problem.architecture.depth, say)
    return say("of layer", what=say(quantity.check), layer=layer)


def definitions(explanation: Explanation, quantity: Quantity) -> str:
    """Of σ and C, where the equation has them."""
    problem, told = explanation.problem, []
    if quantity.check in ("cost", "BP1"):
        told.append(cost_definition(problem.cost, *problem.y.shape))
    if quantity.check in ("a", "BP1", "BP2"):
        told.append(definition(problem.activations[quantity.layer - 1]))
    return "; ".join(told)


def rest_text(rest: Rest, say: Say) -> str:
    """How many entries are not shown, and their largest residual."""
    residual = brief(rest.residual)
    key = "more beyond" if rest.beyond else "more judged"
    return say(key, count=rest.entries, beyond=rest.beyond, residual=residual)


def remarks(quantity: Quantity, say: Say) -> Iterator[str]:
    """Likely causes of failures; known divergences, with their reason and link."""
    for backend, cause in quantity.causes:
        yield say("cause", backend=backend, cause=cause)
    for divergence in DIVERGENCES:
        if divergence.name in quantity.divergences:
            yield f"{KNOWN} {say('divergence', name=divergence.name)}: {divergence.reason}"
            yield divergence.link


# ------------------------------------------------------------------ below
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
