"""Conventions: what a framework takes where the mathematics leaves a choice, beside what it took.

At a kink; at ±∞ and NaN; for the clamp's bound; and which gelu is meant by the name alone. What was
recorded is a file of this package: whatever is another now is told with the old and the new. Where
a processor without AVX-512, or one that has it in float16, gives another answer, the file has both.

Vectors of numbers are computed by another code than what is left over of them: so each question is
asked among many numbers, and of the first and the last of few. An answer that depends on that is
recorded with all of them, as ``many: nan; 1: 1, 1; 15: 1, 1; 33: nan, 1``.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas import probes
from crossgrad.comparisons.commands.atlas.arguments import smallest_normal, types
from crossgrad.comparisons.commands.atlas.functions import ACTIVATION_NAMES
from crossgrad.comparisons.machine.processor import has_avx512, has_avx512_fp16
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.activations.protocol import SUBNORMAL
from crossgrad.reference.parameters import Array

RECORDED = Path(__file__).with_name("conventions.json")
#: By question, probe and format.
Answers = dict[str, dict[str, dict[str, str]]]
#: Beside a probe in the file, what is another on such a processor: the usual one has AVX-512.
WITHOUT, WITH_FP16 = " without AVX-512", " with AVX512-FP16"


class Question(NamedTuple):
    """f(z) or f′(z), by its place in what a probe gives; as it is written; and at which z."""

    written: str
    name: str
    quantity: int
    z: float


#: Of these only the frameworks have a derivative; and what they call gelu without saying which.
FOREIGN = {"abs": "|z|", "clamp": "clamp(z, -1, 1)", "maximum": "maximum(z, 0)"}
GELU = "gelu_default"
#: Which of the two it is, is told by the framework's own values of both, from -4 to 4.
FORMS = {"erf": "gelu", "tanh": "gelu_tanh"}
WHICH, BETWEEN = "which gelu is called gelu", np.linspace(-4, 4, 257)
#: One alone; fewer than the vectors of float64 that are taken at a time; and one more than all.
LENGTHS = (1, 15, 33)
LIMITS = (np.inf, -np.inf, np.nan)
#: Where those are asked that are no activation of the project.
PLACES = {"abs": (0.0, -0.0), "clamp": (-1.0, 1.0), "maximum": (0.0, -0.0)}


def questions(name: str) -> list[Question]:
    shown = FOREIGN.get(name, name)
    places = PLACES[name] if name in FOREIGN else ELEMENTWISE[name].asked_at
    slopes = [(1, z) for z in places]
    limits = [(quantity, z) for quantity in (0, 1) for z in LIMITS if name not in FOREIGN]
    return [
        Question(f"{shown}{'′' * quantity} at {written(z)}", name, quantity, z)
        for quantity, z in (*slopes, *limits)
    ]


def written(z: float) -> str:
    if abs(z) == SUBNORMAL:
        return f"{'-' if z < 0 else ''}subnormal"
    return f"{z:g}".replace("inf", "∞").replace("nan", "NaN")


# ------------------------------------------------------------------ now
def answers(probe: str, name: str, fmt: Format) -> dict[str, str]:
    """What a probe answers to all questions about a function."""
    if probe == "numpy" and name not in ACTIVATION_NAMES:
        return {}
    number, _ = types(fmt)
    if name == GELU:
        return {WHICH: which_gelu(probe, BETWEEN.astype(number))}
    asked = questions(name)
    small = smallest_normal(fmt) / 4
    z = [np.copysign(small, q.z) if abs(q.z) == SUBNORMAL else q.z for q in asked]
    given = probes.slopes(probe, name, np.array(z).astype(number))
    found = [[f"{given[q.quantity][i]:.3g}"] for i, q in enumerate(asked)]
    for argument, question, answers_to_it in zip(z, asked, found, strict=True):
        few = [np.full(length, argument).astype(number) for length in LENGTHS]
        answers_to_it += [
            f"{both[question.quantity][0]:.3g}, {both[question.quantity][-1]:.3g}"
            for both in probes.few(probe, name, few)
        ]
    return {q.written: in_words(*given) for q, given in zip(asked, found, strict=True)}


def in_words(many: str, *few: str) -> str:
    """The one answer; or each, where the first and the last of few are not as among many."""
    if all(ends == f"{many}, {many}" for ends in few):
        return many
    told = [f"{length}: {ends}" for length, ends in zip(LENGTHS, few, strict=False)]
    return "; ".join([f"many: {many}", *told])


def which_gelu(probe: str, z: Array) -> str:
    """The one that is nearest, as the framework computes them."""
    given = probes.slopes(probe, GELU, z)[0]

    def distance(form: str) -> float:
        own = probes.slopes(probes.framework(probe), FORMS[form], z)[0]
        return float(np.abs(given - own).sum())

    return min(FORMS, key=distance)


# ------------------------------------------------------------------ as recorded
class Change(NamedTuple):
    """Another convention than was recorded."""

    question: str
    probe: str
    dtype: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.probe}, {self.dtype}: {self.question} was {self.old}, is {self.new}"


def changes(now: Answers, before: Answers) -> list[Change]:
    """Whatever is another; what was never recorded is none."""
    return [
        Change(question, probe, dtype, old, new)
        for question, given in now.items()
        for probe, answer in given.items()
        for dtype, new in answer.items()
        if (old := before.get(question, {}).get(probe, {}).get(dtype, new)) != new
    ]


def recorded() -> Answers:
    """What the package has of processors like this one."""
    return {question: of_processor(given) for question, given in in_file().items()}


def in_file() -> Answers:
    found: Answers = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    return found


def processor() -> str:
    """Beside which probes this processor's own answers stand; empty for the usual one."""
    if not has_avx512():
        return WITHOUT
    return WITH_FP16 if has_avx512_fp16() else ""


def of_processor(given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The answers to a question, by probe."""
    usual = {
        probe: answer for probe, answer in given.items() if not probe.endswith((WITHOUT, WITH_FP16))
    }
    if not processor():
        return usual
    return {probe: answer | given.get(probe + processor(), {}) for probe, answer in usual.items()}


def recorded_with(now: Answers) -> str:
    """The file, with these in place of what it had of the same probes, formats and processors."""
    kept = in_file()
    for question, given in now.items():
        for probe, answer in given.items():
            keep(kept.setdefault(question, {}), probe, answer)
    return as_text(kept)


def keep(given: dict[str, dict[str, str]], probe: str, answer: dict[str, str]) -> None:
    """Of another processor than the usual one, only what is another is of such processors alone."""
    usual = given.setdefault(probe, {})
    if not processor():
        usual.update(answer)
        return
    here = given.pop(probe + processor(), {}) | answer
    other = {dtype: new for dtype, new in here.items() if usual.setdefault(dtype, new) != new}
    if other:
        given[probe + processor()] = other


def as_text(kept: Answers) -> str:
    """A line for each question and probe, so that a change is a line."""
    parts = []
    for question, given in kept.items():
        lines = [f"  {as_json(probe)}: {as_json(answer)}" for probe, answer in given.items()]
        parts.append(f" {as_json(question)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def as_json(value: str | dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False)
