"""``crossgrad atlas``: what it prints and writes, and what it refuses."""

import json

import pytest

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.atlas.conventions import Change
from crossgrad.comparisons.commands.atlas.refinement import Line, Worst
from crossgrad.comparisons.commands.atlas.report import as_text
from crossgrad.comparisons.commands.atlas.survey import Asked, Atlas

OPTIONS = ("--function", "tanh", "--dtype", "bfloat16", "--backend", "numpy", "--backend", "torch")


def test_atlas_prints_tables_and_writes_figures_and_a_picture(tmp_path, capsys):
    """Of one function in one format."""
    file, picture = tmp_path / "atlas.json", tmp_path / "atlas.svg"
    assert main(["atlas", *OPTIONS, "--json", str(file), "--plot", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "tanh      bfloat16  torch" in out
    assert "σ′ in [-44.25, -3.3" in out
    assert "conventions are as recorded" in out
    lines = json.loads(file.read_text("utf-8"))["lines"]
    assert {(line["probe"], line["quantity"]) for line in lines} == {
        (probe, quantity) for probe in ("numpy", "torch") for quantity in ("σ", "σ′", "f")
    }
    assert "<desc>Without a correct digit somewhere: " in picture.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--function", "tan"), "--function 'tan': known are identity, "),
        (("--dtype", "float8"), "--dtype 'float8': known are float64, "),
        (("--backend", "mlx"), "--backend 'mlx': known are numpy, torch, "),
        (("--plot", "atlas.png"), "--plot atlas.png: expected a name that ends in .svg"),
    ],
)
def test_what_is_unknown_is_one_line(options, told, capsys):
    assert main(["atlas", *options]) == 2
    assert capsys.readouterr().err.startswith(f"crossgrad: {told}")


def test_without_python_flint_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("crossgrad.comparisons.machine.location.find_spec", lambda _: None)
    assert main(["atlas"]) == 2
    needed = "atlas needs flint: pip install -c constraints.txt -e '.[atlas]'"
    assert capsys.readouterr().err == f"crossgrad: {needed}\n"


def test_a_changed_convention_is_the_exit_code(monkeypatch, capsys):
    """And told with old and new; not where it is recorded as the one to compare with."""
    before = {"tanh′ at ∞": {"torch": {"bfloat16": "1"}}}
    monkeypatch.setattr("crossgrad.comparisons.commands.atlas.conventions.recorded", lambda: before)
    assert main(["atlas", *OPTIONS]) == 1
    assert "  torch, bfloat16: tanh′ at ∞ was 1, is 0" in capsys.readouterr().out


def line(**own):
    worst = Worst(1.5, 2.0, 3.0, 4.0)
    usual = {"function": "exp", "quantity": "f", "dtype": "float32", "probe": "torch"}
    rest = {"values": 9, "ulps": worst, "share": worst, "kappa": 6.0, "known": (), "lost": ()}
    return Line(**(usual | rest | {"profile": (), "bound": ()} | own))


def test_what_is_beyond_kappa_is_marked_and_told():
    """In u, beside κ; modes with the same figures in one line."""
    lines = [line(), line(probe="jax")]
    out = as_text(Atlas(Asked(), lines, {}, {}), [Change("q", "jax", "float32", "0", "1")])
    assert "exp       float32  torch, jax  9 ✗     2  6   1.5     2" in out
    assert "2 measured: 2 beyond their bound or κ, 2 of them not written down" in out
    assert "  jax, float32: exp at 2 is 3, not 4" in out
    assert "jax, float32: q was 0, is 1" in out


def test_two_files_are_two(tmp_path, capsys):
    """One would be written over the other."""
    file = str(tmp_path / "atlas.svg")
    assert main(["atlas", "--json", file, "--plot", file]) == 2
    assert "--plot " + file + ": would be written over --json" in capsys.readouterr().err
