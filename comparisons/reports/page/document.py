"""The page: one file, without anything that is loaded from elsewhere."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Template

from crossgrad.comparisons.reports.page import sections
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.templates import templates

#: The verdict is told by colour, sign and word.
VERDICTS = {"pass": ("✓", "passed"), "fail": ("✗", "failed"), "nothing": ("✗", "not verified")}


class About(NamedTuple):
    """What a page is about: ``cases`` are draws, ``facts`` versions and machine by name."""

    title: str
    command: str
    facts: dict[str, str]
    when: str
    cases: int
    finished: bool
    notes: list[str]

    @classmethod
    def of(
        cls,
        title: str,
        words: Iterable[object],
        facts: dict[str, str],
        cases: int,
        *,
        finished: bool = True,
        notes: Sequence[str] = (),
    ) -> "About":
        """What has just come to its end; ``words``: the command, as a shell is given it."""
        when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"
        return cls(title, shlex.join(map(str, words)), facts, when, cases, finished, [*notes])


@cache
def template() -> Template:
    return templates(Path(__file__).parent).get_template("page.html.jinja")


def as_html(summary: Summary, about: About) -> str:
    """The whole page; the same for the same summary and ``about``."""
    sign, word = VERDICTS[summary.state]
    return template().render(
        about=about,
        summary=summary,
        sign=sign if about.finished else "…",
        word=word if about.finished else f"not finished, {word} so far",
        sections=sections,
        exhibits=sections.exhibits(summary),
    )
