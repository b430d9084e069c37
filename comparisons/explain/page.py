"""The explanation as one page for the classroom, that needs nothing else.

Without its script, and on paper, all steps stand one below the other.
"""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from comparisons.explain import closing, wording
from comparisons.explain.cells import capital, lines_of, short
from comparisons.explain.entries import Entry, Quantity
from comparisons.explain.explanation import Explanation
from comparisons.explain.numbers import full, put
from comparisons.explain.picture import Artist
from comparisons.explain.shapes import Picture
from comparisons.explain.terms import Say, speaker

HERE = Path(__file__).parent


def as_html(explanation: Explanation, language: str) -> str:
    """The whole page."""
    say = speaker(language)
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"capital": capital, "breaking": breaking}
    templates.globals |= {"say": say, "short": short, "full": full, "wording": wording}
    templates.globals["closing"] = closing
    templates.globals |= {"lines_of": lines_of, "result": result}
    return templates.get_template("page.html.jinja").render(
        explanation=explanation,
        language=language,
        pictures=pictures(explanation, say),
        passes=[
            (name, [(k, q) for k, q in numbered(explanation) if wording.which(q) == name])
            for name in ("forward", "backward")
        ],
        count=len(explanation.quantities),
    )


def numbered(explanation: Explanation) -> list[tuple[int, Quantity]]:
    """The steps: a quantity each."""
    return list(enumerate(explanation.quantities, start=1))


def pictures(explanation: Explanation, say: Say) -> Sequence[Picture]:
    """Both passes, of the first backend that has everything."""
    whole = next((answer for answer in explanation.answers if answer.whole), None)
    if not whole:
        return ()
    steps = [(quantity.check, quantity.layer) for quantity in explanation.quantities]
    artist = Artist(explanation.problem, whole.trace, steps, say)
    return artist.forward(), artist.backward()


def result(entry: Entry) -> str:
    """What the numbers that are put in give, in as many digits."""
    value = next((cell.value for cell in entry.cells if cell), None)
    return "" if value is None else put(float(value)).strip("()")


def breaking(text: str) -> Markup:
    """A line breaks between summands; inside one only where it is too long, after a dot."""
    summands = text.replace(" - ", "\u00a0-\u00a0").replace(" > ", "\u00a0>\u00a0").split(" + ")
    dot = Markup("·<wbr>")
    return Markup(" + ").join(
        Markup("<i>{}</i>").format(escape(summand).replace("·", dot)) for summand in summands
    )
