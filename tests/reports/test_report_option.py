"""``--report``: a run writes its page, the same with workers, or says in a line why it cannot."""

import re

import pytest
from suite import lines_with, run

from crossgrad.comparisons.machine.environment import prepare

prepare()

from pages import (
    REVERSED,
    SCENARIOS,
    Parsed,
    both,
)

from crossgrad.comparisons.reports.page.run import Page


# ------------------------------------------------------------------ the option
@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The page of the same run, in one process and in two, and what was said."""
    folder = tmp_path_factory.mktemp("reports")
    told = {}
    for workers in ("0", "2"):
        path = folder / f"n{workers}.html"
        asked = ("--backend", "numpy", "--backend", REVERSED, "--architectures", 1, "--draws", 3)
        code, output = run(*asked, "-n", workers, "--report", path)
        told[workers] = code, output, path.read_text(encoding="utf-8")
    return told


def test_run_writes_its_page(reports):
    code, output, html = reports["0"]
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "report: ", "n0.html")
    assert "Everything is within its bound" in html
    assert "pytest tests/equivalence" in Parsed(html).text


def test_page_is_the_same_with_workers(reports):
    """But for the command, the date, and the seconds."""
    assert re.sub(CHANGING, "", reports["0"][2]) == re.sub(CHANGING, "", reports["2"][2])


def test_entries_are_counted_only_where_a_file_has_the_counts(tmp_path):
    """A histogram that cannot be made stops a run with ``--results`` or ``--report``; no other."""
    plugin = tmp_path / "uncountable.py"
    plugin.write_text(UNCOUNTABLE, encoding="utf-8")
    network = "--scenario", SCENARIOS[0], "--backend", "numpy", "-p", "uncountable"
    environment = {"PYTHONPATH": str(tmp_path)}
    assert run(*network, environment=environment)[0] == pytest.ExitCode.OK
    for option in ("--results", "--report"):
        code, output = run(*network, option, tmp_path / "of_it.html", environment=environment)
        assert code == pytest.ExitCode.TESTS_FAILED
        assert "nobody counts" in output


UNCOUNTABLE = """
from crossgrad.comparisons.judging import verdict

def counted(values, edges):
    raise RuntimeError("nobody counts")

verdict.counted = counted
"""

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
        (("--report", "{folder}/x.html", "--results", "{folder}/x.html"), "over --results"),
        (("--report", "{folder}/x.html", "--collect-only"), "no effect where no test is run"),
    ],
    ids=["no folder", "no html", "same file", "no test"],
)
def test_bad_report_is_one_line_before_anything_runs(tmp_path, options, words):
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
    monkeypatch.setattr("crossgrad.comparisons.reports.page.run.write_whole", full_disk)
    monkeypatch.setattr("crossgrad.comparisons.reports.page.document.as_html", lambda *_: "")
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
