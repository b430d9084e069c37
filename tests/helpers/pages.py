"""Rows for pages: of the reference and a variant on small networks, and what is planted."""

from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.page.document import About, as_html
from crossgrad.comparisons.reports.page.summary import Summary

SCENARIOS = (
    "3x4x4x2-tanh,sigmoid,softplus-quadratic-float64-m4-s1",
    "2x9x3-relu,identity-softmax_cross_entropy-float64-m1-s2",
    "2x5x1-gelu,sigmoid-binary_cross_entropy-float32-m9-s3",
)
REVERSED = "crossgrad.comparisons.backends.variants:reversed_sums"
GRADIENTS = "crossgrad.comparisons.backends.variants:gradients_only"
#: What a user may call things, and a browser must not take for more than text.
EVIL = "my nets/x<script>alert(1)</script>.py:f"
ABOUT = About(
    title="crossgrad verification",
    command="pytest --report 'a <b>.html'",
    facts={"python": "3.11.7", "cpu": "A & B <i>"},
    when="2025-01-02 03:04",
    cases=24,
    finished=True,
    notes=["a <u>note</u>"],
)


@cache
def rows(*backends, scenarios=SCENARIOS):
    """Of each backend, and of their agreement."""
    found = []
    for scenario in map(Scenario.parse, scenarios):
        verification, loaded = Verification(), [load_backend(name) for name in backends]
        for backend in loaded:
            verification.run(scenario, [backend])
        if len(loaded) > 1:
            verification.run(scenario, loaded)
        found += verification.rows
    return found


def both():
    """The reference and a variant with a whole trace."""
    return rows("numpy", REVERSED)


@cache
def plain():
    """The page of these, where all is well."""
    return page(both())


def failing(row, **values):
    """A row as one of another backend that fails."""
    told = {"backend": EVIL, "status": "fail", "residual": 41.5, "cause": "σ′ is <b>missing</b>"}
    return replace(row, **told | values)


def explained(row, name="jax-hardtanh-kink", entries=7, residual=3.5e6):
    """A row with entries that a divergence explains."""
    return replace(row, status="divergence", explained={name: (entries, residual)})


def unanswered(row, status="not supported", cause="mine.py:f: no <i>tanh</i>"):
    """A row that tells why there is no answer."""
    values = {"backend": "mine.py:f", "check": "", "layer": 0, "entries": 0, "residual": 0.0}
    return replace(row, status=status, cause=cause, residuals=(), distances=(), **values)


def one_of(check, found=None):
    return next(row for row in found or both() if row.check == check)


def summed(found):
    """The summary of rows, each of which took a millisecond."""
    summary = Summary()
    for row in found:
        summary.add(row)
        summary.took(row.scenario, row.backend, 0.001)
    return summary


def page(found, **about):
    return as_html(summed(found), ABOUT._replace(**about))


class Parsed(HTMLParser):
    """A page's text, its elements, and whether each is closed."""

    VOID = ("meta", "link", "use", "path", "rect", "br")

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.parts = [], [], []
        self.feed(html)
        self.text = "".join(self.parts)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.parts.append(data)

    def all(self, tag):
        """The attributes of elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def planted():
    return [
        explained(one_of("BP1")),
        unanswered(one_of("z")),
        unanswered(one_of("z"), "error", "err.py:f raised ValueError: <img src=x>"),
    ]
