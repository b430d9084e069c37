"""The report: what is kept of rows is what they say, and the page says it, escaped and whole."""

import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from comparisons.environment import prepare

prepare()

from pages import (  # noqa: E402 - after the settings
    ABOUT,
    EVIL,
    GRADIENTS,
    REVERSED,
    SCENARIOS,
    both,
    explained,
    failing,
    one_of,
    page,
    plain,
    rows,
    summed,
    unanswered,
)
from suite import lines_with, run  # noqa: E402

from comparisons.divergences import DIVERGENCES  # noqa: E402
from comparisons.histogram import RESIDUAL_EDGES, ULP_EDGES, quantile  # noqa: E402
from comparisons.page import kept, parts  # noqa: E402
from comparisons.page.exhibit import number, percent, power  # noqa: E402
from comparisons.page.groups import Function, Growth, Spread, circumstances, span  # noqa: E402
from comparisons.page.of_run import Page  # noqa: E402
from comparisons.page.summary import Summary  # noqa: E402
from comparisons.page.tally import MEDIAN  # noqa: E402
from comparisons.page.vanishing import DEPTH, fading  # noqa: E402
from comparisons.report.table import cells  # noqa: E402
from comparisons.scenario import Scenario  # noqa: E402

FOLDER = Path(parts.__file__).parent


# ------------------------------------------------------------------ what is kept of rows
def test_table_is_the_terminals():
    """Cell by cell."""
    shown = [[cell.text for cell in line] for line in parts.table(summed(both()))]
    assert shown == cells(both())


def test_counts_are_those_of_brute_force():
    """Of each line and equation, and of each size: bins, the largest, and how many."""
    summary = summed(both())
    spread, growth = defaultdict(list), defaultdict(list)
    for row in both():
        dtype = Scenario.parse(row.scenario).dtype
        name = f"{row.backend}~{row.against}" if row.against else row.backend
        spread[Spread(bool(row.against), name, dtype, row.check)].append(row)
        for axis, size in circumstances(row.scenario).sizes.items():
            growth[Growth(row.check not in ("dW", "db"), dtype, axis, size)].append(row)
    for groups, tallies in ((spread, summary.spread), (growth, summary.growth)):
        assert groups.keys() == tallies.keys()
        for key, group in groups.items():
            assert tallies[key].residuals == total(row.residuals for row in group)
            assert tallies[key].distances == total(row.distances for row in group)
            assert tallies[key].largest == max(row.residual for row in group)


def total(counts):
    """Bin by bin."""
    return tuple(np.sum(list(counts), axis=0).tolist())


def test_functions_are_those_of_the_layer_and_of_the_network():
    """An activation counts where it is, a cost at the cost and at BP1."""
    summary = summed(both())
    layers = [("activation", "tanh", "a"), ("activation", "softplus", "BP1")]
    for kind, name, check in (*layers, ("cost", "quadratic", "BP1"), ("cost", "quadratic", "cost")):
        entries = summary.functions[Function(kind, name, check, "numpy")].entries
        row = next(
            row for row in both() if (row.scenario, row.check) == (SCENARIOS[0], check)
            and row.backend == "numpy" and (name != "softplus" or row.layer == 3)
        )  # fmt: skip
        assert entries == row.entries
    assert Function("activation", "tanh", "cost", "numpy") not in summary.functions


def test_sizes_are_rounded_up_to_powers_of_two():
    """The widest layer and the batch; depths stay."""
    assert circumstances(SCENARIOS[2]).sizes == {"depth": 2, "width": 8, "batch": 16}
    assert (span("width", 8), span("batch", 2), span("depth", 7)) == ("5–8", "2", "7")


def test_order_of_rows_does_not_matter():
    """The page is the same, to the letter."""
    failed = [failing(row) for row in rows("numpy") if row.check == "BP2"]
    found = [*both(), *failed, *planted()]
    shuffled = [*found]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - any order will do
    assert page(shuffled) == page(found)


def planted():
    """One row of each other kind."""
    return [
        explained(one_of("BP1")),
        unanswered(one_of("z")),
        unanswered(one_of("z"), "error", "err.py:f raised ValueError: <img src=x>"),
    ]


def many_rows(count):
    """Rows of as many scenarios, which fail, are explained, or have no answer for a new reason."""
    kinds = (failing, explained, lambda row: row, unanswered)
    for i in range(count):
        row = both()[i % len(both())]
        scenario = row.scenario.rpartition("-s")[0] + f"-s{i}"
        row = kinds[i % 4](replace(row, scenario=scenario))
        yield replace(row, cause=f"reason {i}") if not row.check else row


def test_no_more_is_kept_of_more_rows():
    """Neither rows nor causes nor scenarios."""
    small, large = Summary(), Summary()
    for summary, count in ((small, 5_000), (large, 10_000)):
        for row in many_rows(count):
            summary.add(row)
            summary.took(row.scenario, row.backend, 1e-3)
    assert kept_by(large) == kept_by(small)
    assert len(large.seconds.scenarios) <= kept.OPEN
    assert sum(count for *_, count in large.unanswered.lines()) == 10_000 // 4


def kept_by(summary):
    """How many of each."""
    groups = (summary.spread, summary.growth, summary.functions, summary.table, summary.worst.rows)
    failures = [len(found) for found in summary.failures.groups.values()]
    return [*map(len, groups), failures, len(summary.unanswered.counts)]


def test_causes_that_are_told_are_counted_exactly():
    """The first in the order of the alphabet, however late they come; the rest as one number."""
    found = [unanswered(one_of("z"), cause=f"reason {i % 90:02}") for i in range(900)]
    *told, others = summed(found[::-1]).unanswered.lines()
    assert told == [("not supported", f"reason {i:02}", 10) for i in range(kept.CAUSES)]
    assert others == ("others", "", 10 * (90 - kept.CAUSES))


def test_failures_kept_are_of_the_simplest_networks():
    """All rows of each, in the order of the data; a few of each backend."""
    failed = [failing(row) for row in both() if row.check in ("BP2", "z") and not row.against]
    groups = list(summed(failed[::-1]).failures)
    assert len(groups) == 3
    sizes = [Scenario.parse(group[0].scenario).numbers for group in groups]
    assert sizes == sorted(sizes)
    deepest = next(group for group in groups if group[0].scenario == SCENARIOS[0])
    places = [(row.check, row.layer) for row in deepest]
    assert places == sorted(
        places, key=[("z", 1), ("z", 2), ("z", 3), ("BP2", 2), ("BP2", 1)].index
    )


def test_worst_is_the_largest_of_each_equation_and_backend():
    """None of them fails; what several come to in one place is told once."""
    summary = summed([*both(), failing(one_of("a"), backend="numpy")])
    first = summary.worst.first(100)
    assert len({(row.scenario, row.check) for row in first}) == len(first)
    assert first[0].residual == max(row.residual for row in both())
    assert [row.residual for row in first] == sorted((r.residual for r in first), reverse=True)
    assert "fail" not in {row.status for row in first}


def test_seconds_add_up():
    """By scenario and by stage."""
    summary = Summary()
    for i in range(3):
        summary.took(SCENARIOS[i % 2], "jax" if i else "draw", 1.5)
    assert summary.seconds.slowest(2) == [(SCENARIOS[0], 3.0), (SCENARIOS[1], 1.5)]
    assert parts.stages(summary) == [("jax", "3.0 s", "67%"), ("draw", "1.5 s", "33%")]


# ------------------------------------------------------------------ the verdict
BP2 = one_of("BP2")
ERROR = unanswered(one_of("z"), "error", "no")
EVERY = f"{sum(row.entries for row in both()):,} numbers compared"
LARGEST = f"largest residual {max(row.residual for row in both()):.3g}"
VERDICTS = {
    "all is well": (both(), f"Everything is within its bound: {EVERY}, {LARGEST}"),
    "a divergence": (
        [*both()[1:], explained(both()[0])],
        f"Everything is within its bound or a known divergence (7 entries): {EVERY}",
    ),
    "one fails": ([*both(), failing(BP2, backend="mine")], "1 check fails: mine BP2 1"),
    "some fail": (
        [failing(one_of(c), backend="m") for c in ("z", "a", "a", "BP3", "BP4", "cost")],
        "6 checks fail: m a 2, m BP3 1, m BP4 1, m cost 1 and 1 more",
    ),
    "an error": ([*both(), ERROR], "1 answer is an error"),
    "both": ([failing(BP2), ERROR, ERROR], "1 check fails and 2 answers are errors: my nets/x"),
    "nothing": ([], "Nothing was verified: nothing was compared"),
    "nothing supported": (
        [unanswered(one_of("z"))],
        "Nothing was verified of mine.py:f: no scenario was supported",
    ),
    "one supported nothing": (
        [*both(), unanswered(one_of("z"))],
        "Nothing was verified of mine.py:f: no scenario was supported",
    ),
    "not a number": ([failing(BP2, residual=inf, value=nan)], "1 check fails"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict_is_one_line(name):
    """It says what there is to say first."""
    found, told = VERDICTS[name]
    verdict = summed(found).verdict()
    assert verdict.startswith(told)
    assert "\n" not in verdict


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
    """Colour says nothing by itself."""
    text = re.sub(r"\s+", " ", Parsed(page(found, finished=finished)).text)
    assert f"{words[0]} {words[1]} {summed(found).verdict()}" in text


# ------------------------------------------------------------------ the page
class Parsed(HTMLParser):
    """A page's text, its elements, and whether each is closed."""

    VOID = ("meta", "link", "use", "path", "rect", "br")

    def __init__(self, html):
        """Parse all of it."""
        super().__init__()
        self.elements, self.open, self.parts = [], [], []
        self.feed(html)
        self.text = "".join(self.parts)

    def handle_starttag(self, tag, attrs):
        """One more."""
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Opened and closed."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """What is closed was opened last."""
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        """Text."""
        self.parts.append(data)

    def all(self, tag):
        """The attributes of elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def full():
    """With something of everything."""
    html = page([*both(), failing(BP2), *planted()])
    return html, Parsed(html)


def test_every_element_is_closed_and_ids_are_one_elements(full):
    """Also those of pictures."""
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
    """And a caption."""
    _, parsed = full
    tags = Counter(tag for tag, _ in parsed.elements)
    assert tags["figure"] == tags["figcaption"] == tags["details"] == 7
    assert tags["svg"] == tags["desc"] >= 17
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
    assert "7 entries, up to 3.50 × 10⁶ times the bound" in parsed.text
    assert "torch-bce-clamp" not in parsed.text


def test_failure_is_told_whole_and_can_be_copied(full):
    """Equation, entry, both values, cause and the line that shows it again."""
    html, parsed = full
    assert f"{EVIL} fails BP2 at layer" in parsed.text
    assert "equation      BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)" in parsed.text
    assert "likely cause  σ′ is <b>missing</b>" in parsed.text
    commands = re.findall(r"<code data-copy>(.*?)</code>", html, re.DOTALL)
    shown = [Parsed(command).text for command in commands]
    assert f"pytest \"tests/equivalence\" --backend '{EVIL}' --scenario {BP2.scenario}" in shown


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
    assert "nan" not in re.sub(r"[a-z_]*nan[a-z_]+", "", html)
    assert all("d" not in a or a["d"].strip() for a in parsed.all("path"))
    assert (">Errors in ulps<" in html) == bool(summed(ODD[name]).entries)
    assert ("end to end, " in html) == any(
        row.check in ("dW", "db") and any(row.residuals) for row in ODD[name]
    )


# ------------------------------------------------------------------ figures tell the truth
def test_findings_are_true():
    """Recounted from the rows."""
    html = plain()
    entries = sum(sum(row.residuals) for row in both())
    counts = total(row.residuals for row in both())
    below = sum(counts[: RESIDUAL_EDGES.index(0.125) + 1]) / entries
    half = power(quantile(counts, RESIDUAL_EDGES, MEDIAN))
    assert (
        f"Of {entries:,} entries, half have a residual of at most {half}, {percent(below)}" in html
    )
    worst = max((row.residual, row.check, row.scenario) for row in both())
    dtype = Scenario.parse(worst[2]).dtype
    assert f"The largest is {number(worst[0])}: {worst[1]} of " in html
    assert f" in {dtype}." in html


def test_picture_of_a_failure_describes_it():
    """In words, for who cannot see that it is beyond the bound."""
    html = page([failing(BP2, backend="mine")])
    described = re.findall(r'<desc id="bound-float64-d">(.*?)</desc>', html)
    assert "BP2 mine: " in described[0]
    assert "largest 41.5" in described[0]


def test_sigmoid_fades_by_a_quarter_of_what_the_identity_does():
    """σ′ is at most ¼, and nearly that with these weights; curves begin at 1 and fall."""
    found = {(f.activation, f.bias): f for f in fading()}
    assert len(found) == 28
    assert all(f.ratios[-1] == 1 and len(f.ratios) == DEPTH for f in found.values())
    share = found["sigmoid", False].factor / found["identity", False].factor
    assert 0.22 < share <= 0.25
    assert found["sigmoid", True].ratios == tuple(sorted(found["sigmoid", True].ratios))


def test_bias_is_all_that_is_left_out():
    """The identity's δ knows its bias only by the last layer's."""
    found = {(f.activation, f.bias): f.factor for f in fading()}
    assert all(found[name, True] != found[name, False] for name, _ in found)


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.99999, "0.999…"), (1.0, "1"), (0.5, "0.5"), (0.00012, "1.20 × 10⁻⁴"), (7e304, "7.00 × 10³⁰⁴"),
     (1234.4, "1,234"), (inf, "inf"), (0.0, "0")],
)  # fmt: skip
def test_numbers_are_short_and_never_reach_the_bound(value, told):
    """What passes does not look as if it did not, nor the other way round."""
    assert number(value) == told


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
    """The ratio of relative luminances."""
    high, low = sorted(map(luminance, (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    """Of an sRGB colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


# ------------------------------------------------------------------ the option
@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The page of the same run, in one process and in two, and what was said."""
    folder = tmp_path_factory.mktemp("reports")
    told = {}
    for workers in ("0", "2"):
        path = folder / f"n{workers}.html"
        options = (
            "--backend",
            "numpy",
            "--backend",
            REVERSED,
            "--architectures",
            "2",
            "-n",
            workers,
        )
        code, output = run(*options, "--report", path)
        told[workers] = code, output, path.read_text(encoding="utf-8")
    return told


def test_run_writes_its_page(reports):
    """And says where."""
    code, output, html = reports["0"]
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "report: ", "n0.html")
    assert "Everything is within its bound" in html
    assert "pytest tests/equivalence" in Parsed(html).text


def test_page_is_the_same_with_workers(reports):
    """But for the command, the date, and the seconds."""
    assert re.sub(CHANGING, "", reports["0"][2]) == re.sub(CHANGING, "", reports["2"][2])


CHANGING = re.compile(
    r"<code data-copy>pytest tests.*?</code>|<dd>\d{4}-\d\d-\d\d.*?</dd>"
    r'|<section id="time".*?</section>',
    re.DOTALL,
)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--report", "{folder}/nowhere/x.html"), "x.html: cannot be written"),
        (("--report", "{folder}/x.txt"), "x.txt: expected a name that ends in .html"),
        (("--report", "{folder}/x.html", "--results", "{folder}/x.html"), "the same file"),
        (("--report", "{folder}/x.html", "--collect-only"), "no effect where no test is run"),
    ],
    ids=["no folder", "no html", "same file", "no test"],
)
def test_bad_report_is_one_line_before_anything_runs(tmp_path, options, words):
    """And nothing is there."""
    filled = [option.format(folder=tmp_path) for option in options]
    code, output = run("--scenario", SCENARIOS[0], "--backend", "numpy", *filled)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert lines_with(output, "ERROR", "--report", words)
    assert list(tmp_path.iterdir()) == []


def test_page_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    """A full disk; the page that was there stays."""

    def full_disk(*_):
        raise OSError("disk full")

    path = tmp_path / "r.html"
    monkeypatch.setattr("comparisons.page.of_run.write_whole", full_disk)
    monkeypatch.setattr("comparisons.page.of_run.as_html", lambda *_: "")
    one = Page(path, ["tests/equivalence"])
    assert one.write(both()) == [f"--report {path}: disk full"]
    assert one.said(finished=True) == f"report: {path} is as it was"
    assert one.said(finished=False).startswith("report: the run did not come to its end")


def test_cases_of_a_run_are_its_draws(tmp_path):
    """Each scenario once, whatever the number of its rows."""
    one = Page(tmp_path / "r.html", ["tests/equivalence", "-k", "a b"])
    assert one.write(both()) == []
    text = Parsed((tmp_path / "r.html").read_text(encoding="utf-8")).text
    assert "cases24" in text
    assert "pytest tests/equivalence -k 'a b'" in text


def test_framework_is_not_needed_for_a_page():
    """A page of rows is made where neither torch nor JAX is."""
    source = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    assert "torch" not in source.replace("torch-", "")
