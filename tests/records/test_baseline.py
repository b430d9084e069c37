"""The file of a baseline: the same for the same run, and whatever was done to it is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.choice import lecture_scenarios
from crossgrad.comparisons.records.baseline.file import (
    FORMAT,
    Baseline,
    read_baseline,
    signed,
    write_baseline,
)
from crossgrad.comparisons.records.baseline.surroundings import (
    differences,
    generator_digest,
    surroundings,
)

FACTS = {"python": "3.11.0", "jax": "0.9.2", "cpu": "one", "XLA_FLAGS": "--é"}


@pytest.fixture(scope="module")
def baseline():
    """A small one: the lecture's networks in both formats, by the reference."""
    verification = Verification(recording=True)
    for network in lecture_scenarios(1, 0, ("float64", "float32")):
        verification.run(network, [load_backend("numpy")])
    return Baseline(FACTS, "0123456789abcdef", {"options": {}}, verification.records)


@pytest.fixture
def file(tmp_path, baseline):
    write_baseline(tmp_path / "baseline.jsonl", baseline)
    return tmp_path / "baseline.jsonl"


def by_place(records):
    return sorted(records, key=lambda record: (record.scenario, record.backend, *record.place))


# ------------------------------------------------------------------ whole
def test_what_is_written_is_read(file, baseline):
    """Every record and all of the header."""
    read = read_baseline(file)
    assert by_place(read.records) == by_place(baseline.records)
    assert replace(read, records=[]) == replace(baseline, records=[])


def test_the_order_of_records_changes_nothing(file, tmp_path, baseline):
    """Equal runs give equal files, however their items were handed out."""
    write_baseline(tmp_path / "other", replace(baseline, records=baseline.records[::-1]))
    assert (tmp_path / "other").read_bytes() == file.read_bytes()


def test_a_line_is_of_one_scenario_backend_and_equation(file):
    """Sorted, so that a diff shows what has changed."""
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = [line.partition(',"inputs"')[0] for line in lines[1:]]
    assert heads == sorted(heads)
    assert len(set(heads)) == len(heads)


def test_an_infinite_residual_is_strict_json(tmp_path, baseline):
    broken = replace(baseline.records[0], status="fail", residual=float("inf"))
    write_baseline(tmp_path / "out", replace(baseline, records=[broken]))
    assert "Infinity" not in (tmp_path / "out").read_text(encoding="utf-8")
    assert read_baseline(tmp_path / "out").records == [broken]


# ------------------------------------------------------------------ not whole
def edited(number, old, new):
    """A change of one line, counted from 1."""

    def change(lines):
        line = lines[number - 1]
        assert old in line
        return [*lines[: number - 1], line.replace(old, new, 1), *lines[number:]]

    return change


CHANGED = "changed since it was recorded"
DAMAGE = {
    "no header": (lambda lines: lines[1:], "line 1: no header of a baseline"),
    "no text": (lambda lines: ["\0\1", *lines[1:]], "line 1: no header of a baseline"),
    "another format": (edited(1, f":{FORMAT},", ":99,"), f"line 1: format 99, .* reads {FORMAT}"),
    "another version on record": (edited(1, "0.9.2", "0.9.3"), f"line 1: {CHANGED}"),
    "another residual": (edited(5, '"residual":0.', '"residual":0.0'), f"line 5: {CHANGED}"),
    "a blank": (edited(7, ":", ": "), f"line 7: {CHANGED}"),
    "half a line": (lambda lines: [*lines[:2], lines[2][:50], *lines[3:]], "line 3: no line of"),
    "a line less": (lambda lines: lines[:-1], "line 1: .* lines were recorded"),
    "a line twice": (lambda lines: [*lines, lines[-1]], "line 1: .* lines were recorded"),
    "another order": (
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        "line 1: its lines are not those that were recorded",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_with_file_and_line(file, damage):
    """One line, whatever was done to the file, which is left as it is."""
    change, words = DAMAGE[damage]
    lines = change(file.read_text(encoding="utf-8").splitlines())
    refused(file, "".join(f"{line}\n" for line in lines), words)


@pytest.mark.parametrize(
    "text", ["\n", '{"scenario": "x"}\n', "[1]\n", "1\n", '{"baseline": {}}\n']
)
def test_other_files_are_told_to_be_others(file, text):
    refused(file, f"{text}\n", "line 1: (no header of a baseline|format {})")


FORMS = {
    "backend": 1,
    "check": "BP9",
    "inputs": "0",
    "scenario": "no id",
    "layers": {},
    "layer": {"99": {}},
    "status": {"1": {"status": "fine"}},
    "residual": {"1": {"residual": -1}},
    "ulps": {"1": {"ulps": {"0": -1}}},
    "kinks": {"1": {"kinks": {"relu": 1}}},
    "bits": {"1": {"bits": "0" * 16}},
    "steps": {"1": {"steps": "no base85 \\"}},
    "more steps": {"1": {"steps": "AO"}},
}


@pytest.mark.parametrize("name", FORMS)
def test_lines_of_another_form_are_told(file, name):
    """Although their checksums are right: with file and line, before they are used."""
    lines = file.read_text(encoding="utf-8").splitlines()
    values = json.loads(lines[3])
    values.pop("sum")
    values[name if name in values else "layers"] = FORMS[name]
    text = "\n".join([*lines[:3], signed(values), *lines[4:], ""])
    refused(file, text, "line 4: no record: ")


@pytest.mark.parametrize("name", ["lines", "body", "generator", "run", "environment"])
def test_headers_of_another_form_are_told(file, name):
    """Whatever is not there, or is something else."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for change in ({}, {name: None}):
        values = {key: v for key, v in json.loads(lines[0]).items() if key not in ("sum", name)}
        text = "\n".join([signed(values | change), *lines[1:], ""])
        refused(file, text, f"line 1: no header of a baseline: {name}")


def test_an_empty_file_is_told_to_be_empty(file):
    """Not to be a baseline without records."""
    refused(file, "", "empty, no baseline")


def refused(file, text, words):
    """The file with this text is, in one line that names it, and is not touched."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as told:
        read_baseline(file)
    assert str(told.value).startswith(str(file))
    assert "\n" not in str(told.value)
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("length", [1, 100, 1000, 5000])
def test_a_file_that_was_cut_short_is_told(file, length):
    """Wherever it breaks off, with the line that it does in."""
    text = file.read_bytes()
    file.write_bytes(text[: len(text) - length])
    kept = text[: len(text) - length]
    number = kept.count(b"\n") + 1
    with pytest.raises(ValueError, match=f"line {number}: breaks off"):
        read_baseline(file)


def test_what_cannot_be_read_is_told(tmp_path):
    """No file, a folder, and bytes that are no text."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\n")
    for name in ("missing", ".", "bytes"):
        with pytest.raises(ValueError, match="cannot be read"):
            read_baseline(tmp_path / name)


# ------------------------------------------------------------------ stopped
class StoppedError(Exception):
    """What comes in between."""


def test_a_write_that_is_stopped_leaves_what_was_there(file, baseline, monkeypatch):
    """At the last moment: the old file is whole, and nothing lies beside it."""

    def stop(*_):
        raise StoppedError

    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(StoppedError):
        write_baseline(file, replace(baseline, records=baseline.records[:3]))
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


# ------------------------------------------------------------------ where it ran
def test_the_header_has_all_that_changes_bits(monkeypatch):
    """Versions, processor, instructions, BLAS with its threads, flags; no folder."""
    monkeypatch.setenv("XLA_FLAGS", "--xla_mine")
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "/secret")
    facts = surroundings()
    for name in ("python", "numpy", "torch", "jax", "jaxlib", "cpu", "instructions", "device"):
        assert facts[name]
    assert facts["BLAS"].endswith("1 thread")
    assert facts["XLA_FLAGS"] == "--xla_mine"
    assert facts["OMP_NUM_THREADS"] == "1"
    assert "/secret" not in facts.values()


def test_differences_name_both_sides():
    """Also of what only one side has."""
    now = {"python": "3.11.0", "jax": "0.10.2", "cpu": "one", "torch": "2.13.0"}
    assert differences(FACTS, now) == {
        "jax": ("0.9.2", "0.10.2"),
        "torch": ("not there", "2.13.0"),
        "XLA_FLAGS": ("--é", "not there"),
    }
    assert not differences(FACTS, dict(FACTS))


def test_the_generator_has_not_changed():
    """What was recorded can be compared for ever: once released, a digest is never renewed."""
    assert generator_digest(1) == "cf6cc9f09c77f933"
    assert generator_digest(2) == "9f8621a677714a66"
