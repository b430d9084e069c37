"""What a person reads: the text of a failure, the closing table, the results file."""

import math
import subprocess
from dataclasses import replace

import pytest

from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine.location import run_from_here
from crossgrad.comparisons.records.results import read_results, write_results
from crossgrad.comparisons.reports.failure import (
    Telling,
    failure_text,
    failures,
    properties,
    reproduction,
)
from crossgrad.comparisons.reports.table import (
    COLUMNS,
    HEADINGS,
    as_markdown,
    as_text,
    idle_backends,
)

SCENARIO = "5x8x3-tanh,sigmoid-mse-float32-m4-s17"
COMMAND = reproduction(["torch"], SCENARIO)
PASSED = Row(SCENARIO, "torch", "z", 1, "pass", 0.5, 32)
FAILED = Row(
    SCENARIO,
    "torch",
    "BP2",
    1,
    "fail",
    residual=1234.5,
    entries=32,
    draw=2,
    entry=(6, 3),
    value=0.1,
    expected=0.30000000000000004,
    bound=1.62e-4,
    ulps=41.0,
    cause="σ′ is missing",
)
EXPLAINED = Row(
    SCENARIO, "jax", "BP1", 2, "divergence", explained={"jax-hardtanh-kink": (7, 3.5e6)}
)
UNANSWERED = Row(SCENARIO, "mine.py:f", "", 0, "not supported", cause="mine.py:f: no tanh")


# ------------------------------------------------------------------ the text of a failure
@pytest.mark.parametrize(
    "words",
    [
        f"torch fails BP2 at layer 1 in {SCENARIO}",
        "BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)",
        "worst entry   δ¹[6, 3] in draw 2 (saturated)",
        "reported      0.1",
        "expected      0.30000000000000004",
        "residual      1.23e+03 times the bound of 0.000162",
        "41 ulps",
        "likely cause  σ′ is missing",
        f"reproduce     {run_from_here()} --backend torch --scenario {SCENARIO}",
    ],
)
def test_failure_names(words):
    """Backend, equation, layer, entry, draw, both values in full, distance, cause, command."""
    assert words in failure_text([PASSED, FAILED], COMMAND)


def test_failure_of_no_draw_tells_when_it_is():
    text = failure_text([FAILED], COMMAND, telling=Telling(when="at step 7"))
    assert "worst entry   δ¹[6, 3] at step 7\n" in text
    assert "in draw" not in text


def test_failure_without_a_known_cause_claims_none():
    """No empty line of the kind."""
    assert "likely cause" not in failure_text([replace(FAILED, cause="")], COMMAND)


def test_first_failure_is_told_whole_and_the_others_in_a_line():
    """In the order of the data, and no more lines than can be read."""
    others = [replace(FAILED, check="BP4", layer=l) for l in range(1, 10)]
    text = failure_text([*others, replace(FAILED, layer=9)], COMMAND)
    assert text.startswith("torch fails BP2 at layer 9")
    assert text.count("also          BP4 at layer") == 6
    assert "and 3 more" in text


def test_what_others_are_computed_from_is_told_first():
    """The order of the data, whatever the rows are in: final gradients are at its end."""
    order = [("z", 1), ("a", 1), ("a", 2), ("cost", 2), ("BP1", 2), ("BP3", 2), ("BP4", 2),
             ("BP2", 1), ("BP3", 1), ("BP4", 1), ("dW", 2), ("db", 2), ("dW", 1)]  # fmt: skip
    rows = [replace(FAILED, check=check, layer=layer) for check, layer in order]
    assert failures(reversed([PASSED, *rows])) == rows
    assert properties([*reversed(rows)], [])[1] == ("check", "z")


def test_disagreement_names_both():
    pair = replace(FAILED, backend="numpy", against="torch", check="dW", layer=2)
    text = failure_text([pair], reproduction(["numpy", "torch"], SCENARIO))
    assert "numpy and torch disagree on dW at layer 2" in text
    assert "∂C/∂W²[6, 3]" in text
    assert "--backend numpy --backend torch" in text


def test_tilde_in_a_file_name_makes_no_pair():
    """As in the short names of Windows and the copies of editors."""
    mine = replace(FAILED, backend="/home/RUNNER~1/mine.py:gradients")
    text = failure_text([mine], COMMAND)
    assert text.startswith("/home/RUNNER~1/mine.py:gradients fails BP2 at layer 1")


def test_cost_is_a_number_without_layer_and_entry():
    """C, not C¹[]."""
    cost = replace(FAILED, check="cost", layer=2, entry=(), value=math.inf)
    assert "worst entry   C in draw 2 (saturated)" in failure_text([cost], COMMAND)
    assert "reported      inf" in failure_text([cost], COMMAND)


@pytest.mark.parametrize("file", ["my nets/a.py", "net (1).py", "net(1).py", "a&b.py", "$x.py"])
def test_reproduction_is_safe_in_a_shell(file):
    """The command means the file, whatever its name: a shell takes it for one word."""
    command = reproduction([f"{file}:gradients"], SCENARIO)
    words = command.replace(run_from_here(), "printf '%s\\n'", 1)
    told = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert f"{file}:gradients" in told.stdout.splitlines()


# ------------------------------------------------------------------ the table
def cell(rows, backend, column):
    """One cell of the table in Markdown."""
    (line,) = [line for line in as_markdown(rows).splitlines() if line.startswith(f"| {backend} |")]
    return line.strip("| ").split(" | ")[HEADINGS.index(column)]


def test_table_has_the_largest_residual_and_the_number_of_entries():
    """Of all layers and scenarios of a backend in a format."""
    rows = [PASSED, replace(PASSED, layer=2, residual=0.75, entries=1000)]
    assert cell(rows, "torch", "z") == "0.75"
    assert cell(rows, "torch", "entries") == "1,032"


def test_table_marks_a_failure_and_what_was_not_compared():
    """✗ and ·: neither looks like a pass."""
    rows = [PASSED, FAILED]
    assert cell(rows, "torch", "BP2") == "1.2e+03✗"
    assert cell(rows, "torch", "z") == "0.5"
    assert {cell(rows, "torch", name) for name in set(COLUMNS) - {"z", "BP2"}} == {"·"}


def test_table_marks_an_infinite_residual():
    """It is not an empty cell."""
    rows = [replace(FAILED, residual=math.inf)]
    assert cell(rows, "torch", "BP2") == "inf✗"


def test_only_the_bound_itself_is_told_as_1():
    """What is just within it and what is just beyond are told from it, also in a failure."""
    near, beyond = replace(PASSED, residual=0.9997), replace(FAILED, residual=1.0004)
    line = as_text([near, beyond]).splitlines()[3].split()
    assert line[:3] == ["torch", "float32", "0.99…"]
    assert "1.0004✗" in line
    assert "residual      1.0004 times the bound" in failure_text([near, beyond], COMMAND)
    assert " 1 " in as_text([replace(PASSED, residual=1.0)]).splitlines()[3]


def test_table_has_formats_apart_and_pairs_last():
    """A line each, in an order that does not depend on that of the rows."""
    double = replace(PASSED, scenario=SCENARIO.replace("float32", "float64"))
    pair = replace(PASSED, backend="jax", against="torch", check="dW")
    rows = [pair, double, PASSED]
    assert as_text(rows) == as_text(rows[::-1])
    lines = [line.split()[:2] for line in as_text(rows).splitlines()[3:6]]
    assert lines == [["torch", "float32"], ["torch", "float64"], ["jax~torch", "float32"]]


@pytest.mark.parametrize(("blind", "share"), [(0, "0%"), (1, "<1%"), (50, "25%")])
def test_table_tells_how_much_is_uninformative(blind, share):
    """A share of all entries; below it how many by equation, and what the word means."""
    rows = [replace(PASSED, check="z", entries=202, uninformative=blind)]
    rows += [replace(PASSED, check="dW", entries=0)]
    assert cell(rows, "torch", "uninformative") == share
    note = f"uninformative: z {blind}; the bound is as large as the value"
    assert (note in as_text(rows)) == (blind > 0)


def test_table_tells_what_is_unjudged():
    """Where nothing else is known of an equation; below it how often, and that it is no pass."""
    unjudged = replace(PASSED, status="unjudged", residual=0.0, uninformative=PASSED.entries)
    assert cell([unjudged], "torch", PASSED.check) == "?"
    assert cell([unjudged, PASSED], "torch", PASSED.check) == cell([PASSED], "torch", PASSED.check)
    assert f"unjudged: {PASSED.check} 2; " in as_text([unjudged, unjudged, PASSED])
    assert "not passed" in as_text([unjudged])
    assert "unjudged" not in as_text([PASSED])


def test_a_backend_of_which_every_bound_says_nothing_is_not_verified():
    """One that is judged somewhere is."""
    unjudged = replace(PASSED, status="unjudged", residual=0.0)
    rows = [unjudged, replace(unjudged, backend="mine"), PASSED]
    (said,) = idle_backends(rows)
    assert said.startswith("backend mine was judged by bounds that are all as large as the values")


@pytest.mark.parametrize("shape", [as_markdown, as_text])
def test_notes_name_divergences_and_what_is_not_supported(shape):
    """How often, how far, why, and where to read on."""
    text = shape([PASSED, EXPLAINED, replace(EXPLAINED, layer=1), UNANSWERED])
    assert "known divergence jax-hardtanh-kink: 14 entries, up to 3.5e+06 times" in text
    assert "docs.jax.dev" in text
    assert "not supported: 1 × mine.py:f: no tanh" in text


def test_unanswered_scenarios_are_no_line_of_the_table():
    """They have no residual, and no entries."""
    assert not [line for line in as_markdown([UNANSWERED]).splitlines() if "| mine" in line]


# ------------------------------------------------------------------ the results file
ROWS = [PASSED, FAILED, EXPLAINED, UNANSWERED]
EXTREME = replace(FAILED, residual=math.inf, value=-math.inf, bound=5e-324, expected=0.1 + 0.2)


@pytest.mark.parametrize("row", [*ROWS, EXTREME], ids=lambda row: f"{row.status}-{row.residual}")
def test_row_comes_back_as_it_was_written(row, tmp_path):
    """To the last digit; ∞ too."""
    write_results(tmp_path / "out", [row])
    assert read_results(tmp_path / "out") == [row]


def test_nan_comes_back_as_nan(tmp_path):
    write_results(tmp_path / "out", [replace(FAILED, value=math.nan)])
    (row,) = read_results(tmp_path / "out")
    assert math.isnan(row.value)
    assert replace(row, value=0.0) == replace(FAILED, value=0.0)


def test_file_does_not_depend_on_the_order_of_the_rows(tmp_path):
    """So two runs can be compared by ``cmp``."""
    write_results(tmp_path / "one", ROWS)
    write_results(tmp_path / "other", ROWS[::-1])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_write_that_breaks_off_leaves_the_earlier_file(tmp_path):
    """Written beside, then renamed: nothing half-written, nothing left beside."""
    write_results(tmp_path / "out", ROWS)
    before = (tmp_path / "out").read_bytes()
    with pytest.raises(TypeError):
        write_results(tmp_path / "out", [replace(PASSED, cause=object())])
    assert (tmp_path / "out").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


CORRUPT = {
    "no JSON": "residual 1.0",
    "no object": "[1, 2]",
    "a number": "3",
    "null": "null",
    "a text": '"text"',
    "empty line": "",
    "fields missing": '{"scenario": "s"}',
    "a field too many": None,
    "a wrong number": None,
}


def corrupt_line(kind, line):
    """A line that is no result; ``line`` is a good one."""
    if kind == "a field too many":
        return line[:-1] + ', "extra": 1}'
    if kind == "a wrong number":
        return line.replace('"residual": 0.5', '"residual": "much"')
    return CORRUPT[kind]


@pytest.mark.parametrize("kind", CORRUPT)
def test_corrupt_line_is_told_with_file_and_number(kind, tmp_path):
    file = tmp_path / "out"
    write_results(file, [PASSED])
    good = file.read_text(encoding="utf-8").strip()
    file.write_text(f"{good}\n{corrupt_line(kind, good)}\n{good}\n", encoding="utf-8")
    assert_refused(file, f"{file}, line 2: ")


def test_the_form_of_a_row_is_told_and_another_one_refused(tmp_path):
    """Rows of before did not tell it; what is of another version says what to do."""
    file = tmp_path / "out"
    write_results(file, [PASSED])
    good = file.read_text(encoding="utf-8")
    assert '"results": 1, ' in good
    file.write_text(good.replace('"results": 1, ', ""), encoding="utf-8")
    assert read_results(file) == [PASSED]
    file.write_text(good.replace('"results": 1, ', '"results": 2, '), encoding="utf-8")
    assert_refused(file, f"{file}, line 1: no result: format 2, this version reads 1: record it")


def assert_refused(file, beginning):
    """A ``ValueError`` of one line that begins so."""
    with pytest.raises(ValueError, match=r".") as caught:
        read_results(file)
    assert str(caught.value).startswith(beginning)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_truncated_file_is_told(kept, tmp_path):
    """A copy that broke off in the last line."""
    write_results(tmp_path / "out", ROWS)
    text = (tmp_path / "out").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "out").write_text("".join(text[:-1]) + text[-1][: int(kept * len(text[-1]))])
    assert_refused(tmp_path / "out", f"{tmp_path / 'out'}, line {len(ROWS)}: ")


def test_file_that_is_missing_or_binary_or_a_folder_is_told(tmp_path):
    """In one line that names it."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("missing", "binary", "."):
        assert_refused(tmp_path / name, f"{tmp_path / name}: cannot be read")


def test_empty_file_is_told(tmp_path):
    """No run writes one: it is a copy that broke off."""
    (tmp_path / "out").write_text("")
    assert_refused(tmp_path / "out", f"{tmp_path / 'out'}")
