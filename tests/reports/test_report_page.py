"""The page: whole, escaped, without anything from elsewhere; its figures tell the truth."""

import re
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from math import inf, nextafter
from pathlib import Path

import numpy as np
import pytest
from suite import execute

from crossgrad.comparisons.machine.environment import prepare

prepare()

from pages import (
    ABOUT,
    EVIL,
    GRADIENTS,
    REVERSED,
    SCENARIOS,
    Parsed,
    both,
    failing,
    one_of,
    page,
    plain,
    planted,
    rows,
    summed,
    unanswered,
)

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES, quantile
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.machine.location import run_from_here
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.numbers import percent, power, typeset
from crossgrad.comparisons.reports.page import sections
from crossgrad.comparisons.reports.page.document import About
from crossgrad.comparisons.reports.page.tally import MEDIAN

FOLDER = Path(sections.__file__).parent
BP2 = one_of("BP2")
ERROR = unanswered(one_of("z"), "error", "no")


@pytest.fixture(scope="module")
def full():
    html = page([*both(), failing(BP2), *planted()])
    return html, Parsed(html)


def test_every_element_is_closed_and_ids_are_one_elements(full):
    _, parsed = full
    assert parsed.open == []
    ids = Counter(attributes["id"] for _, attributes in parsed.elements if "id" in attributes)
    assert set(ids.values()) == {1}
    for attributes in parsed.all("svg") + parsed.all("section"):
        assert set(attributes["aria-labelledby"].split()) <= set(ids)
    for attributes in parsed.all("a"):
        assert attributes["href"].startswith("https://") or attributes["href"][1:] in ids


def test_nothing_is_loaded(full):
    """No address but in links, and a policy that forbids all else."""
    html, parsed = full
    assert not any("src" in attributes for _, attributes in parsed.elements)
    assert parsed.all("link") == [{"rel": "icon", "href": "data:,"}]
    assert "default-src 'none'" in parsed.all("meta")[2]["content"]
    links = {d.link for d in DIVERGENCES}
    assert set(re.findall(r"https?://[^\s\"<]+", html)) <= links
    assert "url(http" not in html


def test_what_users_write_is_text(full):
    """A backend's name, a cause, a command, a note, a fact."""
    html, parsed = full
    for told in (EVIL, "σ′ is <b>missing</b>", "no <i>tanh</i>", "<img src=x>"):
        assert told in parsed.text
        assert told not in html
    for told in (ABOUT.command, *ABOUT.notes, *ABOUT.facts.values()):
        assert told in parsed.text
    assert html.count("<script>") == 1
    assert not {"b", "i", "u", "img"} & {tag for tag, _ in parsed.elements}


def test_every_figure_has_title_description_and_numbers(full):
    _, parsed = full
    tags = Counter(tag for tag, _ in parsed.elements)
    assert tags["figure"] == tags["figcaption"] == tags["details"] == 6
    assert tags["svg"] == tags["desc"] >= 14
    assert tags["title"] == tags["svg"] + 1


def test_headings_stand_in_order(full):
    """One of the first kind, and no step is left out."""
    _, parsed = full
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(now - before <= 1 for before, now in pairwise(levels))


def test_divergences_have_reason_link_and_reproduction(full):
    """Those that were met, and no other."""
    _, parsed = full
    met = next(d for d in DIVERGENCES if d.name == "jax-hardtanh-kink")
    for told in (met.name, met.reason, met.link, f"--backend jax --scenario {met.scenario}"):
        assert told in parsed.text
    assert f"7 entries, up to {typeset(3.5e6)} times the bound" in parsed.text
    assert "torch-bce-clamp" not in parsed.text


def test_failure_is_told_whole_and_can_be_copied(full):
    """Equation, entry, both values, cause and the line that shows it again."""
    html, parsed = full
    assert f"{EVIL} fails BP2 at layer" in parsed.text
    assert "equation      BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)" in parsed.text
    assert "likely cause  σ′ is <b>missing</b>" in parsed.text
    commands = re.findall(r"<code data-copy>(.*?)</code>", html, re.DOTALL)
    shown = [Parsed(command).text for command in commands]
    assert f"{run_from_here()} --backend '{EVIL}' --scenario {BP2.scenario}" in shown


def test_backends_with_the_same_file_name_are_told_apart():
    """In every picture that names them, and in its legend."""
    both_nets = [
        replace(BP2, backend=f"my/{which}/network.py:gradients") for which in ("old", "new")
    ]
    html = page([*both_nets, failing(one_of("a"), backend="jax")])
    for name in ("bound-float64", "ulps-float64", "activation-dots"):
        picture = html[html.index(f'<title id="{name}-t">') :].partition("</svg>")[0]
        for label in (">old/…gradients</text>", ">new/…gradients</text>", ">jax</text>"):
            assert label in picture


def test_page_is_about_a_command_as_it_was_typed():
    """It can be copied into a shell; the day and the zone are told."""
    about = About.of("a", ["x", Path("my file"), 7], {"cpu": "A"}, 24, finished=False, notes=("n",))
    assert about[:3] == ("a", "x 'my file' 7", {"cpu": "A"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d \S+", about.when)
    assert about[4:] == (24, False, ["n"])
    assert About.of("a", [], {}, 0)[4:] == (0, True, [])


def test_page_is_small():
    """Of everything that there is to show."""
    found = [*both(), *(replace(row, backend=f"b{i}") for i in range(4) for row in both())]
    assert len(page(found).encode()) < 1_500_000


ODD = {
    "gradients only": rows(GRADIENTS),
    "gradients only, large batch": rows(GRADIENTS, scenarios=SCENARIOS[:1]),
    "one backend": rows("numpy"),
    "one format": rows("numpy", REVERSED, scenarios=SCENARIOS[:1]),
    "one row": [one_of("z")],
    "nothing supported": [unanswered(one_of("z"))],
    "errors only": [ERROR],
    "nothing at all": [],
    "pairs only": [row for row in both() if row.against],
    "rows of long ago": [replace(row, residuals=(), distances=()) for row in both()],
    "residuals without end": [failing(BP2, residual=inf), failing(one_of("z"), residual=inf)],
    "all of a pair uninformative": [
        replace(one_of("dW"), residuals=(0,) * (len(RESIDUAL_EDGES) + 1),
                distances=(0,) * (len(ULP_EDGES) + 1), residual=0.0)
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_page_of_whatever_there_is(name):
    """Whole, without a picture of nothing; what there is nothing of is not there."""
    html = page(ODD[name])
    parsed = Parsed(html)
    assert parsed.open == []
    assert "at most more" not in html
    assert "nan" not in re.sub(r"[a-z_]*nan[a-z_]+", "", html)
    assert all("d" not in a or a["d"].strip() for a in parsed.all("path"))
    counted = any(any(row.residuals) for row in ODD[name])
    for title in ("Errors in ulps", "Errors in units of the bound"):
        assert (f">{title}<" in html) == counted
    assert ("end to end, " in html) == any(
        row.check in ("dW", "db") and any(row.residuals) for row in ODD[name]
    )


@pytest.mark.parametrize(
    ("found", "finished", "words"),
    [
        ([failing(BP2)], True, ["✗", "failed"]),
        ([], True, ["✗", "not verified"]),
        ([one_of("z")], True, ["✓", "passed"]),
        ([one_of("z")], False, ["…", "not finished, passed so far"]),
    ],
    ids=["failed", "nothing", "passed", "not finished"],
)
def test_verdict_has_a_sign_and_a_word(found, finished, words):
    text = re.sub(r"\s+", " ", Parsed(page(found, finished=finished)).text)
    assert f"{words[0]} {words[1]} {summed(found).verdict()}" in text


def test_entries_that_prove_nothing_are_in_no_figure():
    """Of a pair with nothing else there is no strip, and no line of 0 % and medians of 0."""
    blank = replace(ODD["all of a pair uninformative"][0], backend="mine", against="yours")
    html = page([*rows("numpy"), blank])
    strips = html[html.index('<section id="bound"') : html.index('<section id="growth-bound"')]
    assert "numpy" in strips
    assert "mine" not in Parsed(strips).text
    assert "Pairs of backends" not in strips


# ------------------------------------------------------------------ figures tell the truth
def test_findings_are_true():
    html = plain()
    entries = sum(sum(row.residuals) for row in both())
    counts = np.sum([row.residuals for row in both()], axis=0).tolist()
    below = sum(counts[: RESIDUAL_EDGES.index(0.125) + 1]) / entries
    half = power(quantile(counts, RESIDUAL_EDGES, MEDIAN))
    assert (
        f"Of {entries:,} entries, half have a residual of at most {half}, {percent(below)}" in html
    )
    worst = max((row.residual, row.check, row.scenario) for row in both())
    dtype = Scenario.parse(worst[2]).dtype
    assert f"The largest is {typeset(worst[0])}: {worst[1]} of " in html
    assert f" in {dtype}." in html


def test_picture_of_a_failure_describes_it():
    """In words, for who cannot see that it is beyond the bound."""
    html = page([failing(BP2, backend="mine")])
    described = re.findall(r'<desc id="bound-float64-d">(.*?)</desc>', html)
    assert "BP2 mine: " in described[0]
    assert "largest 41.5" in described[0]


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.9995, "0.999…"), (0.99999, "0.999…"), (1.0, "1"), (1.0004, "1.0004"), (1.006, "1.01"),
     (nextafter(1, 2), "1.0000000000000002"), (0.5, "0.5"), (0.00012, "1.20 × 10⁻⁴"),
     (7e304, "7.00 × 10³⁰⁴"), (999.4, "999"), (999.7, "1,000"), (1234.4, "1,234"),
     (99_999.7, "100,000"), (123456.0, "1.23 × 10⁵"), (inf, "inf"), (0.0, "0")],
)  # fmt: skip
def test_numbers_are_short_and_never_reach_the_bound(value, told):
    """What passes does not look as if it did not, nor the other way round; none is as 1e+03."""
    assert typeset(value).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.parametrize(("value", "told"), [(0.996, "0.99…"), (99.7, "100"), (150.2, "150")])
def test_numbers_of_two_digits_are_like_those_of_three(value, told):
    assert typeset(value, 2) == told


# ------------------------------------------------------------------ colours
def test_texts_stand_out_in_light_and_dark():
    """At least 4.5 to 1, pictures' colours 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    css = (FOLDER / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for text in ("ink", "muted", "link", "bad"):
            assert contrast(colour[text], colour["paper"]) >= 4.5
        for text, box in (("pass", "pass-box"), ("bad", "bad-box"), ("part", "part-box")):
            assert contrast(colour[text], colour[box]) >= 4.5
            assert contrast(colour["ink"], colour[box]) >= 4.5
        assert contrast(colour["ink"], colour["box"]) >= 4.5
        for series in ("s1", "s2", "s3", "s4"):
            assert contrast(colour[series], colour["paper"]) >= 3


def contrast(one, other):
    high, low = sorted(map(luminance, (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_framework_is_not_needed_for_a_page():
    """A page of rows, with all its pictures, is made where neither torch nor JAX is."""
    code = "import sys; sys.path.insert(0, 'tests/helpers'); import pages; "
    code += "assert pages.page(pages.rows('numpy')).count('<figure') > 5; "
    code += "assert not {'torch', 'jax', 'jaxlib'} & set(sys.modules)"
    status, output = execute([sys.executable, "-c", code])
    assert status == 0, output
