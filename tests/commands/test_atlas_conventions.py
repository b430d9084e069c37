"""Conventions: what is recorded is what the frameworks do; a change is told with old and new."""

import re
from pathlib import Path

import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.commands.atlas import conventions
from crossgrad.comparisons.commands.atlas.conventions import (
    FOREIGN,
    GELU,
    Change,
    answers,
    changes,
    in_words,
    recorded,
)
from crossgrad.comparisons.commands.atlas.functions import ACTIVATION_NAMES
from crossgrad.comparisons.machine import processor
from crossgrad.comparisons.machine.processor import AVX512

PROBES = ("numpy", "torch", "torch.forward", "jax", "jax.eager", "jax.forward")


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("name", [*ACTIVATION_NAMES, *FOREIGN, GELU])
def test_conventions_are_as_recorded(name, probe):
    """In every format, of this processor; whoever changes one sees it here."""
    kept = recorded()
    for dtype, fmt in ALL_FORMATS.items():
        now = {
            question: {probe: {dtype: answer}}
            for question, answer in answers(probe, name, fmt).items()
        }
        assert changes(now, kept) == []
        assert all(dtype in kept[question][probe] for question in now)


def test_the_conventions_of_the_readme_hold():
    """Torch and JAX part at kinks."""
    kept = recorded()
    for question, torch, jax in (
        ("leaky_relu′ at 0", "0.01", "1"),
        ("hardtanh′ at 1", "0", "1"),
        ("|z|′ at 0", "0", "1"),
        ("clamp(z, -1, 1)′ at 1", "1", "0.5"),
        ("maximum(z, 0)′ at 0", "0.5", "0.5"),
        ("relu′ at NaN", "1", "0"),
        ("relu′ at subnormal", "1", "0"),
        ("which gelu is called gelu", "erf", "tanh"),
    ):
        assert kept[question]["torch"]["float32"] == torch
        assert kept[question]["jax"]["float32"] == jax


#: Rows of docs/atlas.md: a question, and what each of these answers to it.
ROW = re.compile(r"^\| (.+ at .+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
COLUMNS = ("numpy", "torch", "torch.compile", "jax")


def test_the_page_says_what_is_recorded():
    """In float32, and what another format has; answers that hang on the place are told in words."""
    page = (Path(__file__).parents[2] / "docs" / "atlas.md").read_text("utf-8")
    rows = {row[0].replace("\\|", "|"): row[1:] for row in ROW.findall(page)}
    kept = recorded()
    assert len(rows) > 40
    for question, cells in rows.items():
        for probe, cell in zip(COLUMNS, cells, strict=True):
            answer, _, other = cell.removesuffix(")").partition(" (")
            told = {"float32": answer} | dict([other.split(" ")] if other.count(" ") == 1 else [])
            known = kept[question].get(probe, {"float32": "–"})
            assert "by place" in cell or told == {dtype: known[dtype] for dtype in told}, question


def test_a_change_is_told_with_old_and_new():
    question = "relu′ at 0"
    now, before = ({question: {"torch": {"float32": v}}} for v in ("0.5", "0"))
    (change,) = changes(now, before)
    assert change == Change(question, "torch", "float32", "0", "0.5")
    assert str(change) == "torch, float32: relu′ at 0 was 0, is 0.5"
    assert not changes(now, {})


def record(answers):
    conventions.RECORDED.write_text(conventions.recorded_with(answers), encoding="utf-8")


def test_what_is_recorded_is_kept_beside_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(conventions, "RECORDED", tmp_path / "conventions.json")
    for dtype in FORMATS:
        record({"relu′ at 0": {"torch": {dtype: "0"}}})
    assert recorded() == {"relu′ at 0": {"torch": dict.fromkeys(FORMATS, "0")}}


def test_what_is_another_without_avx512_is_recorded_beside_it(tmp_path, monkeypatch):
    """Each processor is compared with its own; what is the same is recorded once."""
    monkeypatch.setattr(conventions, "RECORDED", tmp_path / "conventions.json")

    def on(flags, answer=None):
        monkeypatch.setattr(processor, "flags", lambda: flags)
        if answer:
            record({"gelu at ∞": {"torch": answer}})
        return recorded()["gelu at ∞"]["torch"]

    with_, without = {"float64": "inf", "float32": "nan"}, {"float64": "inf", "float32": "inf"}
    assert on(AVX512, with_) == with_
    assert on({"avx2"}) == with_  # for want of its own
    assert on({"avx2"}, without) == without
    assert on(AVX512) == with_
    assert conventions.in_file()["gelu at ∞"]["torch without AVX-512"] == {"float32": "inf"}
    assert on({"avx2"}, with_) == with_
    assert list(conventions.in_file()["gelu at ∞"]) == ["torch"]
    in_float16 = {"float64": "inf", "float32": "nan", "float16": "nan"}
    assert on(AVX512 | {"avx512_fp16"}, in_float16) == in_float16
    assert on(AVX512) == with_ | {"float16": "nan"}  # for want of its own
    assert on(AVX512, {"float16": "inf"}) == with_ | {"float16": "inf"}


def test_what_depends_on_length_and_position_is_no_one_answer():
    """Torch's NaN: of vectors and of what is left over of them, as recorded and as asked."""
    kept = recorded()
    assert kept["elu′ at NaN"]["torch"]["float32"] == "many: nan; 1: 1, 1; 15: 1, 1; 33: nan, 1"
    for name in ("elu", "hardtanh"):
        assert "33: " in answers("torch", name, FORMATS["float64"])[f"{name}′ at NaN"]
    assert kept["relu′ at NaN"]["torch"]["float32"] == "1"


@pytest.mark.parametrize(
    ("few", "told"),
    [
        (["1, 1", "1, 1"], "1"),
        ([], "1"),
        (["1, 1", "1, 0"], "many: 1; 1: 1, 1; 15: 1, 0"),
        (["0, 0", "0, 0"], "many: 1; 1: 0, 0; 15: 0, 0"),
    ],
)
def test_answers_that_agree_are_one(few, told):
    """Else each is written down, first and last."""
    assert in_words("1", *few) == told
