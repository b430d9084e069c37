"""What stands above and beside the numbers, for any page: lines of text in one language."""

from collections.abc import Iterator

from crossgrad.comparisons.backends.modes import release
from crossgrad.comparisons.commands.explain.answers import Answer
from crossgrad.comparisons.commands.explain.cells import KNOWN, short
from crossgrad.comparisons.commands.explain.entries import Quantity
from crossgrad.comparisons.commands.explain.exercise import Exercise
from crossgrad.comparisons.commands.explain.explanation import Explanation
from crossgrad.comparisons.commands.explain.formulas import cost_definition, definition
from crossgrad.comparisons.commands.explain.selection import Rest
from crossgrad.comparisons.commands.explain.terms import Say
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.equations.walk import EVERY_CHECK
from crossgrad.comparisons.problems.arrays import Arrays
from crossgrad.comparisons.problems.problem import QUANTITIES as ALL
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.reports.numbers import brief

FORWARD = ("z", "a", "cost")


# ------------------------------------------------------------------ above
def title(problem: Problem, say: Say) -> str:
    widths = problem.widths
    neuron = widths[-1] == 1 and len(widths) == 2  # noqa: PLR2004 - inputs and one node
    return say("neuron") if neuron else say("network", widths="-".join(map(str, widths)))


def headlines(explanation: Explanation, say: Say) -> Iterator[str]:
    """σ and C, format, batch; the scenario and its draw, or whose numbers these are."""
    problem, m = explanation.problem, explanation.problem.batch
    batch = say("one sample") if m == 1 else say("batch", m=m)
    yield f"{say('activations')}: {', '.join(problem.activations)}"
    yield f"{say('cost')}: {say(problem.cost)}; {problem.dtype}, {batch}"
    yield from source(explanation.exercise, say)


def source(exercise: Exercise, say: Say) -> Iterator[str]:
    """Where the numbers come from."""
    subject, draw = exercise.subject, exercise.draw
    if isinstance(subject, Arrays):
        yield say("own file", file=subject) if subject.name else say("own numbers")
        if not exercise.biases:
            yield say("no biases")
        return
    yield f"{subject}"
    yield say("draw", draw=draw, last=subject.draws - 1, regime=say(subject.regime(draw)))


def given_title(explanation: Explanation, say: Say) -> str:
    own = isinstance(explanation.exercise.subject, Arrays)
    return say("given as written" if own else "given", dtype=explanation.problem.dtype)


def backends(explanation: Explanation, say: Say) -> Iterator[str]:
    """Who was asked, and who said nothing or not everything."""
    for answer in explanation.answers:
        yield f"{answer.name}{versioned(answer.name, say)}"
        if partly := list(parts(answer, explanation.problem.batch, say)):
            yield "; ".join(partly)
    yield from silences(explanation, say)


def silences(explanation: Explanation, say: Say) -> Iterator[str]:
    for silence in explanation.silent:
        yield f"{silence.name}: {say(silence.status, why=silence.why)}"


def parts(answer: Answer, batch: int, say: Say) -> Iterator[str]:
    """What a backend does not report, and what is made of that."""
    if set(answer.reported) == set(ALL):
        return
    yield say("parts", backend=short(answer.name), reported=", ".join(answer.reported))
    if not answer.whole:
        yield say("judged end to end")
        if batch == 1 and "delta" not in answer.reported:
            yield say("delta is db")


def versioned(name: str, say: Say) -> str:
    """The version of a built-in one, and which of them is the reference."""
    role = f": {say('reference')}" if name == "numpy" else ""
    return f" {release(name)}{role}".rstrip()


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
def which(quantity: Quantity) -> str:
    return "forward" if quantity.check in FORWARD else "backward"


def layer_name(layer: int, depth: int, say: Say) -> str:
    if layer == 0:
        return say("input layer")
    return say("output layer" if layer == depth else "hidden layer", layer=layer)


def equation(check: str, say: Say) -> str:
    text = EVERY_CHECK[check].equation.replace("over the batch", say("over the batch"))
    return f"{check}: {text}" if check.startswith("BP") else text


def subject(explanation: Explanation, quantity: Quantity, say: Say) -> str:
    if quantity.check == "cost":
        return say("C")
    layer = layer_name(quantity.layer, explanation.problem.architecture.depth, say)
    return say("of layer", what=say(quantity.check), layer=layer)


def definitions(explanation: Explanation, quantity: Quantity) -> str:
    """Of σ and C, where the equation has them."""
    problem, told = explanation.problem, []
    if quantity.check in ("cost", "BP1"):
        told.append(cost_definition(problem.cost, problem.widths[-1], problem.y))
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
            yield from [divergence.link] * bool(divergence.link)
