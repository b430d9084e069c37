"""The explanation as one page for the classroom, that needs nothing else.

Without its script, and on paper, all steps stand one below the other.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup, escape

from crossgrad.comparisons.commands.explain import footer, wording
from crossgrad.comparisons.commands.explain.cells import BEYOND, capital, lines_of, short
from crossgrad.comparisons.commands.explain.entries import Entry
from crossgrad.comparisons.commands.explain.explanation import Explanation
from crossgrad.comparisons.commands.explain.numbers import put
from crossgrad.comparisons.commands.explain.picture import Artist
from crossgrad.comparisons.commands.explain.shapes import Picture
from crossgrad.comparisons.commands.explain.terms import Say, speaker
from crossgrad.comparisons.reports.templates import templates

HERE = Path(__file__).parent


def as_html(explanation: Explanation, language: str) -> str:
    say = speaker(language)
    environment = templates(HERE)
    environment.filters |= {"capital": capital, "breaking": breaking}
    environment.globals |= {"say": say, "short": short, "wording": wording}
    environment.globals["footer"] = footer
    environment.globals |= {"lines_of": lines_of, "result": result}
    numbered = list(enumerate(explanation.quantities, start=1))
    return environment.get_template("page.html.jinja").render(
        explanation=explanation,
        language=language,
        pictures=pictures(explanation, say),
        passes=[
            (name, [(k, q) for k, q in numbered if wording.which(q) == name])
            for name in ("forward", "backward")
        ],
        count=len(explanation.quantities),
    )


def pictures(explanation: Explanation, say: Say) -> Sequence[Picture]:
    """Both passes, of the first backend that has everything."""
    whole = next((answer for answer in explanation.answers if answer.whole), None)
    if not whole:
        return ()
    steps = [(quantity.check, quantity.layer) for quantity in explanation.quantities]
    artist = Artist(explanation.exercise, whole.trace, steps, say)
    return artist.forward(), artist.backward()


def result(entry: Entry) -> str:
    """What comes of the numbers that are put in; marked if it is not what they give."""
    cell = entry.cells[entry.base]
    if cell is None:
        return ""
    wrong = any(judgement.fails for judgement in cell.judgements)
    return put(float(cell.value)).strip("()") + f" {BEYOND}" * wrong


#: What is not broken: the innermost parentheses.
WHOLE = re.compile(r"(\([^()]*\)|\[[^\]]*\])")


def breaking(text: str) -> Markup:
    """A line breaks between summands; inside one only where it is too long, after a dot."""
    return Markup(" + ").join(map(summand, text.split(" + ")))


def summand(text: str) -> Markup:
    dot, parts = Markup("·<wbr>"), WHOLE.split(text)
    kept = [
        Markup("<span>{}</span>").format(part) if i % 2 else escape(part).replace("·", dot)
        for i, part in enumerate(parts)
    ]
    return Markup("<i>{}</i>").format(Markup("").join(kept))
