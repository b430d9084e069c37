"""``crossgrad compare`` of releases: what changed at one is told there, and nowhere else."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache, partial
from itertools import permutations

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.backends.own import BackendError, ask
from crossgrad.comparisons.commands.compare.ledger import Cell, ledger_of
from crossgrad.comparisons.commands.compare.ledger_text import as_text, share_of
from crossgrad.comparisons.commands.compare.picture import as_svg, pieces
from crossgrad.comparisons.equations.faults.program import RIGHT, program
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.file import (
    Baseline,
    read_baseline,
    write_baseline,
)

SIGMOIDS = "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0-k2"
LEAKY = "1x1-leaky_relu-quadratic-float32-m8-s1"
HERE = {"python": "3.11.7", "numpy": "2.4.6", "jax": "0.10.2", "jaxlib": "0.10.2"}
HERE |= {"cpu": "A", "BLAS": "openblas 0.3.31"}


# ------------------------------------------------------------------ made-up releases
def next_number(at):
    """BP2 with one entry off by an ulp."""
    delta = np.array(RIGHT["BP2"](at))
    delta[0, 0] = np.nextafter(delta[0, 0], np.inf)
    return delta


def from_the_right(at):
    """BP1 with leaky_relu′(0) = 1, as JAX has it."""
    return at.gradient * np.where(at.z == 0, at.z.dtype.type(1), at.slope)


#: Programs that differ from the first: in an ulp, in a convention, by far.
PROGRAMS = {
    "right": {},
    "an ulp": {("BP2", 1): next_number},
    "a convention": {("BP1", 1): from_the_right},
    "wrong": {("BP2", 1): lambda at: RIGHT["BP2"](at) * (1 + 1e-9)},
}


@cache
def records(name, scenario):
    """What a program is recorded with: as JAX, and beside it the reference, which never changes."""
    verification = Verification(recording=True)
    made_up = replace(facts_of("jax"), trace=partial(answer, name))
    for backend in (load_backend("numpy"), made_up):
        verification.run(Scenario.parse(scenario), [backend])
    return verification.records


def answer(name, problem):
    """The trace of a program, or none."""
    if name == "none":
        raise BackendError("no answer")
    return ask("jax", program(PROGRAMS[name]), problem)


@pytest.fixture
def release(tmp_path):
    """Write a baseline: its name, its program, and in what its environment differs from here."""

    def write(file, name="right", scenarios=(SIGMOIDS,), /, **environment):
        if "jax" in environment:
            environment = {"jaxlib": environment["jax"]} | environment
        found = [record for scenario in scenarios for record in records(name, scenario)]
        path = tmp_path / f"{file}.jsonl"
        write_baseline(path, Baseline(HERE | environment, "0" * 16, {}, found))
        return path

    return write


@pytest.fixture
def three(release):
    """Releases of JAX, of which the middle one has changed an ulp; not in the order of digits."""
    return [
        release("c", "right", jax="0.4.31"),
        release("b", "an ulp", jax="0.9.2"),
        release("a", "an ulp", jax="0.10.2"),
    ]


def ledger(paths):
    return ledger_of((path, read_baseline(path)) for path in paths)


@pytest.fixture
def compare(capsys):
    """The command, in this process: exit code, output, what went wrong."""

    def run(*arguments):
        code = main(["compare", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


# ------------------------------------------------------------------ when and where
def test_an_ulp_shows_at_its_release_and_nowhere_else(three):
    """At BP2, and downstream of it; it begins where it was planted."""
    found = ledger(three)
    assert [release.label for release in found.releases] == [
        "jax 0.4.31",
        "jax 0.9.2",
        "jax 0.10.2",
    ]
    moved = {line: [cell.changed for cell in cells] for line, cells in found.lines.items()}
    assert {line for line in moved if any(moved[line])} == {
        ("jax", "float64", check) for check in ("BP2", "BP3", "BP4")
    }
    assert moved["jax", "float64", "BP2"] == [0, 1, 0]
    assert moved["jax", "float64", "BP4"] == [0, 1, 0]


def test_a_table_tells_what_changed_and_merges_what_did_not(three):
    """A mark at the release, a chapter for it, one line for all that is as it was."""
    text = as_text(ledger(three))
    assert re.search(r"^jax +float64 +BP2 +([\d.]+) +\*[\d.]+ +[\d.]+$", text, re.MULTILINE)
    assert re.search(r"^jax +float64 +other bits +[\d.]+% +0$", text, re.MULTILINE)
    assert re.search(r"^jax float64 z, a, cost, BP1: the same bits in all", text, re.MULTILINE)
    assert re.search(r"^numpy: the same bits in all", text, re.MULTILINE)
    assert re.search(r"^begins, .* in jax: BP2 of sigmoid 1 \(\d/\d\)$", text, re.MULTILINE)
    assert "jax 0.9.2 → jax 0.10.2: the same bits in all" in text
    assert "!" not in text
    assert "✗" not in text


def test_the_order_of_the_files_does_not_matter(three):
    """Neither to the text nor to the picture."""
    orders = [ledger(order) for order in permutations(three)]
    assert len({as_text(found) for found in orders}) == 1
    assert len({as_svg(found) for found in orders}) == 1


def test_nothing_but_the_same_bits_is_no_table(release):
    text = as_text(ledger([release("a", jax="0.9.1"), release("b", jax="0.9.2")]))
    assert "equation" not in text.partition("\n")[2]
    assert text.count("the same bits in all") == 3


def test_another_convention_is_marked(release):
    """In table, chapter and picture; the divergence is known, so that nothing is beyond."""
    one = release("a", "right", (LEAKY,), jax="0.9.1")
    found = ledger([one, release("b", "a convention", (LEAKY,), jax="0.9.2")])
    text, svg = as_text(found), as_svg(found)
    assert re.search(r"^jax +float32 +BP1 +[\d.]+ +![\d.]+$", text, re.MULTILINE)
    assert "convention changed: jax, leaky_relu′(0) 0.01 → 1; known" in text
    assert "another convention" in svg
    assert "✗" not in text + svg


def test_beyond_the_bound_is_marked(release):
    middle = release("b", "wrong", jax="0.9.1")
    found = ledger([release("a", jax="0.9.0"), middle, release("c", jax="0.9.2")])
    text, svg = as_text(found), as_svg(found)
    assert re.search(r"^jax +float64 +BP2 +[\d.]+ +✗[\de.+]+ +\*[\d.]+$", text, re.MULTILINE)
    assert "BP2 at layer 1: beyond bound" in text
    assert len(re.findall(r">✗[\de.+]+<", svg)) == 1
    assert "✗ beyond its bound" in svg


def test_no_answer_is_marked(release):
    """A dot, and what the release before has is missing."""
    found = ledger([release("a", jax="0.9.1"), release("b", "none", jax="0.9.2")])
    text = as_text(found)
    assert re.search(r"^jax +float64 +z +[\d.]+ +·$", text, re.MULTILINE)
    assert "missing" in text
    assert "· no answer" in text
    assert as_svg(found).count(">·<") == 7


def test_numbers_that_cannot_be_rebuilt_are_of_unknown_share(release, monkeypatch):
    """Recorded on a machine that rounds differently."""
    monkeypatch.setattr("crossgrad.comparisons.records.baseline.changes.rebuilt", lambda *_: {})
    found = ledger([release("a", jax="0.9.1"), release("b", "an ulp", jax="0.9.2")])
    assert found.lines["jax", "float64", "BP2"][1].moved == -1
    assert re.search(r"^jax +float64 +other bits +\?$", as_text(found), re.MULTILINE)
    assert as_svg(found)


@pytest.mark.parametrize(
    ("moved", "told"),
    [(0, "0"), (1, "<0.1%"), (99_999, ">99.9%"), (100_000, "all"), (-1, "?"), (500, "0.5%")],
)
def test_shares_are_not_rounded_to_none_or_all(moved, told):
    """One entry is some; all but one is not all."""
    assert share_of([Cell(0.5, beyond=False, places=9, entries=100_000, moved=moved)]) == told


def test_a_strip_is_cut_where_bits_changed():
    """And where there was no answer."""
    same = Cell(0.5, beyond=False, places=9, entries=9)
    other = replace(same, changed=1)
    assert pieces([same, same, other, same, None, other]) == [(0, 2), (2, 2), (4, 1), (5, 1)]


# ------------------------------------------------------------------ labels
@pytest.mark.parametrize(
    ("environments", "labels", "shorts"),
    [
        ([{"jax": "0.9.2"}, {"jax": "0.10.0"}], ["jax 0.9.2", "jax 0.10.0"], ["0.9.2", "0.10.0"]),
        (
            [{"jax": "0.9.0", "jaxlib": "0.9.0"}, {"jax": "0.9.1", "jaxlib": "0.9.0"}],
            ["jax 0.9.0", "jax 0.9.1"],
            ["0.9.0", "0.9.1"],
        ),
        (
            [{"numpy": "2.1.3", "jax": "0.9.2"}, {"numpy": "2.4.6", "jax": "0.9.1"}],
            ["numpy 2.1.3, jax 0.9.2", "numpy 2.4.6, jax 0.9.1"],
            ["numpy 2.1.3, jax 0.9.2", "numpy 2.4.6, jax 0.9.1"],
        ),
        (
            [{"jax": "0.9.1"}, {"jax": "0.9.2", "jaxlib": "0.9.1"}, {"jaxlib": "0.9.0"}],
            ["jax 0.9.1, jaxlib 0.9.1", "jax 0.9.2, jaxlib 0.9.1", "jax 0.10.2, jaxlib 0.9.0"],
            ["jax 0.9.1, jaxlib 0.9.1", "jax 0.9.2, jaxlib 0.9.1", "jax 0.10.2, jaxlib 0.9.0"],
        ),
        (
            [{"jax": "0.9.1"}, {"jax": "0.9.1"}, {"jax": "0.9.2"}],
            ["jax 0.9.1 (f0.jsonl)", "jax 0.9.1 (f1.jsonl)", "jax 0.9.2"],
            ["0.9.1 (f0.jsonl)", "0.9.1 (f1.jsonl)", "0.9.2"],
        ),
        ([{}, {}], ["f0.jsonl", "f1.jsonl"], ["f0.jsonl", "f1.jsonl"]),
        ([{"jax": "mine"}, {"jax": "0.9.2"}], ["jax mine", "jax 0.9.2"], ["mine", "0.9.2"]),
    ],
    ids=["jax", "jaxlib", "both", "own jaxlib", "same", "none", "no version"],
)
def test_labels_say_what_varies(release, environments, labels, shorts):
    """In the order of the versions."""
    paths = [release(f"f{i}", **environment) for i, environment in enumerate(environments)]
    found = ledger(paths[::-1])
    assert [r.label for r in found.releases] == labels
    assert [r.short for r in found.releases] == shorts
    assert as_svg(found)


def test_other_differences_are_told_first(release):
    """The BLAS that comes with NumPy is not one of them."""
    old = {"BLAS": "openblas 0.3.27"}
    one = release("a", numpy="2.1.3", **old)
    assert "environments" not in as_text(ledger([one, release("b")]))
    found = ledger([one, release("b", cpu="B", **old), release("c", cpu="B", OMP_NUM_THREADS="2")])
    a, b, c = "numpy 2.1.3", "numpy 2.4.6 (b.jsonl)", "numpy 2.4.6 (c.jsonl)"
    assert as_text(found).splitlines()[:4] == [
        "the environments are not the same:",
        f"  cpu: A ({a}); B ({b}, {c})",
        f"  BLAS: openblas 0.3.27 ({a}, {b}); openblas 0.3.31 ({c})",
        f"  OMP_NUM_THREADS: not there ({a}, {b}); 2 ({c})",
    ]


def test_what_not_all_files_have_is_left_out_and_counted(release):
    """A scenario more, of two backends."""
    one = release("a", "right", (SIGMOIDS, LEAKY), jax="0.9.1")
    found = ledger([one, release("b", jax="0.9.2")])
    assert "left out: 2 scenarios × backends" in as_text(found)
    assert {dtype for _, dtype, _ in found.lines} == {"float64"}


# ------------------------------------------------------------------ files
def test_files_have_all_figures_and_the_same_bytes_each_time(compare, three, tmp_path):
    """JSON has each cell; the picture has its text as text, a title and a description."""
    outputs = []
    for name in ("one", "two"):
        files = tmp_path / f"{name}.json", tmp_path / f"{name}.svg"
        code, text, err = compare(*three, "--json", files[0], "--plot", files[1])
        assert (code, err) == (0, "")
        outputs.append((text, *(path.read_bytes() for path in files)))
    assert outputs[0] == outputs[1]
    figures = json.loads(outputs[0][1])
    assert [r["label"] for r in figures["releases"]] == ["jax 0.4.31", "jax 0.9.2", "jax 0.10.2"]
    assert len(figures["lines"]) == 14
    (begins,) = figures["steps"][0]["begins"]
    assert (begins["equation"], begins["function"]) == ("BP2", "sigmoid")
    assert (begins["places"], begins["changed"], begins["ulps"]) == (1, 2, 1)  # of two draws
    assert figures["steps"][1]["changes"] == figures["steps"][1]["begins"] == []


def test_the_picture_can_be_read_without_seeing_it(three):
    """Well-formed, with its text as text."""
    root = ET.fromstring(as_svg(ledger(three)))  # noqa: S314 - our own
    named = {kind: root.find(f"{{http://www.w3.org/2000/svg}}{kind}") for kind in ("title", "desc")}
    assert "release of jax" in named["title"].text
    assert "jax float64: jax 0.9.2. numpy float64: the same in all." in named["desc"].text
    assert {"0.4.31", "0.9.2", "0.10.2", "BP2", "BP4"} <= set(root.itertext())


# ------------------------------------------------------------------ bad input
@pytest.fixture
def refused(compare):
    """The one line that is told of bad input."""

    def line(*arguments):
        code, out, err = compare(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        return err.removeprefix("crossgrad: ").rstrip()

    return line


def test_files_that_are_no_ledger_are_one_line(release, refused):
    """One twice, one that was edited, none, and nothing in common."""
    one, two, other = release("one"), release("two"), release("other", "right", (LEAKY,))
    assert refused(one, two, one) == f"{one}: given twice"
    assert refused(one, two, other) == "the files have no scenario and backend in common"
    assert refused(one, two, "nowhere.jsonl").startswith("nowhere.jsonl: cannot be read")
    edited = other.with_name("edited.jsonl")
    edited.write_text(other.read_text("utf-8").replace("residual", "Residual"), "utf-8")
    assert re.match(rf"{edited}, line \d+: changed since", refused(one, two, edited))


def test_other_inputs_are_one_line(release, tmp_path, refused):
    """Numbers of other problems are not compared."""
    one, path = release("one"), tmp_path / "other.jsonl"
    found = [replace(record, inputs="0" * 16) for record in records("right", SIGMOIDS)]
    write_baseline(path, Baseline(HERE | {"jax": "0.11.0"}, "0" * 16, {}, found))
    told = f"{path}: other inputs than {one} in {SIGMOIDS}: nothing can be compared"
    assert refused(one, release("two"), path) == told


def test_nothing_is_written_where_the_files_are_bad(release, tmp_path, refused):
    target = tmp_path / "ledger.json"
    refused(release("one"), release("two"), "nowhere.jsonl", "--json", target)
    assert not target.exists()
