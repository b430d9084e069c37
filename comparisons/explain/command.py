"""``crossgrad explain``: its options, what it prints, and the page that it writes after that."""

import argparse

from comparisons.backends import DEFAULT, MODES, Backend, load_backend
from comparisons.explain.explanation import explanation
from comparisons.explain.terms import speaker
from comparisons.explain.text import as_text
from comparisons.files import check_output, write_whole
from comparisons.report.told import Told
from comparisons.scenario import Scenario

#: The lecture's 2-2-1, one sample as on the blackboard.
LECTURE = "2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0"


def explain(options: argparse.Namespace) -> Told:
    """Ask and judge; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""
    scenario = Scenario.parse(LECTURE if options.scenario is None else options.scenario)
    check(options, scenario)
    found = explanation(scenario, options.draw, chosen(options.backend))
    language = "vi" if options.vi else "en"

    def write() -> None:
        if options.html:
            from comparisons.explain.page import as_html  # noqa: PLC0415 - only for a page

            write_whole(options.html, as_html(found, language))

    return Told(as_text(found, speaker(language)), found.code, write)


def check(options: argparse.Namespace, scenario: Scenario) -> None:
    """Raise ``ValueError``, with one line, before anybody is asked."""
    if options.draw >= scenario.draws:
        last = scenario.draws - 1
        raise ValueError(f"--draw {options.draw}: {scenario} has the draws 0 … {last}")
    check_output("--html", options.html, ".html")


def chosen(names: list[str] | None) -> list[Backend]:
    """Those named, or all three; one's own are loaded first, before any framework is."""
    names = list(dict.fromkeys(names or DEFAULT))
    loaded = {name: load_backend(name) for name in sorted(names, key=MODES.__contains__)}
    return [loaded[name] for name in names]
