"""``crossgrad explain``: its options, what it prints, and the page that it writes after that."""

import argparse

from crossgrad.comparisons.backends import absent, load_backends
from crossgrad.comparisons.commands.explain.exercise import Exercise, exercise_of
from crossgrad.comparisons.commands.explain.explanation import explanation
from crossgrad.comparisons.commands.explain.own_exercise import own_exercise
from crossgrad.comparisons.commands.explain.own_numbers import own_numbers
from crossgrad.comparisons.commands.explain.terms import speaker
from crossgrad.comparisons.commands.explain.text import as_text
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.problems.scenario import Scenario

#: The lecture's 2-2-1, one sample as on the blackboard.
LECTURE = "2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0"


def explain(options: argparse.Namespace) -> Output:
    """Ask and judge; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""
    exercise = asked(options)
    check_files({"html": options.html})
    found = explanation(exercise, load_backends(options.backend))
    language = "vi" if options.vi else "en"

    def page() -> str:
        from crossgrad.comparisons.commands.explain.page import as_html  # noqa: PLC0415 - only for a page

        return as_html(found, language)

    text = "\n".join([as_text(found, speaker(language)), *absent(options.backend)])
    return Output(text, found.code, {options.html: page})


def asked(options: argparse.Namespace) -> Exercise:
    """A draw of a scenario, or numbers of the user's own."""
    if own := own_numbers(options):
        if options.draw is not None:
            raise ValueError(f"--draw {options.draw} has no effect on numbers of your own")
        return own_exercise(own)
    scenario = Scenario.parse(LECTURE if options.scenario is None else options.scenario)
    draw = options.draw or 0
    if draw >= scenario.draws:
        raise ValueError(f"--draw {draw}: {scenario} has the draws 0 … {scenario.draws - 1}")
    return exercise_of(scenario, draw)
