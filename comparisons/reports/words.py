"""What is said of failures in words, in one of two languages: ``words.toml``, ``causes.toml``."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("en", "vi")


def table(name: str) -> dict[str, Any]:
    """A file beside this one."""
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


#: Kind → key → language → text; notes and causes are lists of them.
WORDS = table("words.toml") | table("causes.toml")
#: Between causes that give the same numbers, and between those that only together give them.
OR, AND = ", or ", ", and "
BETWEEN = {OR: ", hoặc ", AND: ", và "}
#: What a template leaves out where it says nothing: where, and of which gradients.
PLACES = {
    "where": r"at the output layer|in the hidden layers|in all layers|at layer \d+",
    "of": r"in ∂C/∂[Wb] alone",
}

#: What stands in a slot that is one word; in any other there may be several.
NAMES = dict.fromkeys(("name", "cost", "layer", "m", "n", "inputs", "draw"), r"\w+")


def said(kind: str, key: str, language: str, **values: object) -> str:
    """A label or a sentence in a language."""
    text: str = WORDS[kind][key][language]
    return text.format(**values)


def labelled(label: str, text: str, language: str) -> str:
    """A line of a report: a label, and text that stands in one column."""
    return f"  {said('labels', label, language):<13} {text}"


def note_in(note: str, language: str) -> str:
    """What was taken as what, in a language."""
    found = matched("notes", note)
    return note if found is None else found[0][language].format(**found[1])


# ------------------------------------------------------------------ likely causes
class Cause(NamedTuple):
    """A likely cause in words; what was computed then, and what should be, if formulas tell it."""

    text: str
    computed: str = ""
    right: str = ""


def cause_in(cause: str, check: str, equation: str, language: str) -> Cause:
    """A cause as ``judging`` words it, in a language; of a single one, the formulas too.

    A template may have such words itself: what is before them has to be a cause.
    """
    if matched("causes", cause):
        return one_cause(cause, check, equation, language)
    for found in re.finditer("|".join(map(re.escape, BETWEEN)), cause):
        first, rest = cause[: found.start()], cause[found.end() :]
        if matched("causes", first):
            between = found[0] if language == "en" else BETWEEN[found[0]]
            parts = (cause_in(one, check, equation, language).text for one in (first, rest))
            return Cause(between.join(parts))
    return Cause(cause)


def one_cause(cause: str, check: str, equation: str, language: str) -> Cause:
    """Of a single one, that is in the table."""
    entry, values = matched("causes", cause) or ({}, {})
    computed = entry.get(check, entry.get("computed", "")).format(**values)
    right = equation if check in entry else entry.get("right", equation).format(**values)
    if language != "en":
        values |= {n: phrase_in(n, text) for n, text in values.items() if n in WORDS["phrases"]}
    text = " ".join(entry[language].format(**values).split())
    return Cause(text, computed, right if computed else "")


def phrase_in(name: str, text: str) -> str:
    """What stands in a slot in words, as where, in the other language."""
    phrases: dict[str, str] = WORDS["phrases"][name]
    for phrase, other in phrases.items():
        if text.startswith(phrase):
            return other + text.removeprefix(phrase)
    return text


def matched(kind: str, text: str) -> tuple[dict[str, str], dict[str, str]] | None:
    """The entry of a table whose English is this, and what is in its slots."""
    for pattern, entry in patterns(kind):
        if match := pattern.fullmatch(text):
            return entry, {name: value or "" for name, value in match.groupdict().items()}
    return None


@cache
def patterns(kind: str) -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Each entry of a table with what its English matches, those with most words first."""
    entries = sorted(WORDS[kind], key=lambda entry: -len(re.sub(r"{\w+}", "", entry["en"])))
    return [(pattern_of(entry["en"]), entry) for entry in entries]


def pattern_of(template: str) -> re.Pattern[str]:
    """A template as a pattern, whose groups are its slots; an empty one leaves no blank."""
    found = ""
    for text, slot in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        blank = slot in PLACES and text.endswith(" ")
        found += re.escape(text[:-1] if blank else text)
        if slot in PLACES:
            found += f"(?: (?P<{slot}>{PLACES[slot]}))?"
        elif slot:
            anything = NAMES.get(slot, ".+?")
            found += f"(?P={slot})" if f"<{slot}>" in found else f"(?P<{slot}>{anything})"
    return re.compile(found)
