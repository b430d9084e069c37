"""Every reproduction of a known divergence still shows it, and what it calls right is right."""

import json
import re
from dataclasses import replace
from pathlib import Path

import ml_dtypes  # noqa: F401 - NumPy then knows bfloat16
import numpy as np
import pytest
from flint import arb

from crossgrad.comparisons import divergences
from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.arithmetic.balls.balls import sharp
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.commands.divergences.report import as_markdown, failed, section, verdict
from crossgrad.comparisons.divergences import DIVERGENCES, reproductions
from crossgrad.comparisons.divergences.releases import between, installed, span
from crossgrad.comparisons.divergences.reproductions import reproduce
from crossgrad.comparisons.machine import processor
from crossgrad.comparisons.machine.processor import AVX512
from crossgrad.comparisons.parts.balls import value_and_slope

PAGE = Path(__file__).parents[2] / "docs" / "divergences.md"
BY_NAME = {entry.name: entry for entry in DIVERGENCES}
FRAMEWORKS = tuple(dict.fromkeys(entry.framework for entry in DIVERGENCES))
#: How each reproduction ends: what is given, in so many digits, and what is right.
LAST = re.compile(r'print\(f"\{.*:(\.\d+g)\}", "(\S+)"\)')
numbers = pytest.mark.parametrize(
    "entry", [d for d in DIVERGENCES if d.where is not np.isnan], ids=lambda entry: entry.name
)
all_entries = pytest.mark.parametrize("entry", DIVERGENCES, ids=lambda entry: entry.name)


def snippet(code, **other):
    """An entry of torch with another reproduction, which needs no torch."""
    return replace(BY_NAME["torch-relu-nan"], reproduction=code, **other)


# ------------------------------------------------------------------ the registry
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_reproduction_reproduces(framework):
    """In a fresh interpreter, in the releases of which it is known, and in no others."""
    if lacks := missing(framework):
        pytest.skip(f"{framework}: {lacks}")
    outcomes = reproduce([entry for entry in DIVERGENCES if entry.framework == framework])
    assert {o.divergence.name: (o.given, o.right, o.error) for o in failed(outcomes)} == {}
    assert all(o.asked == o.divergence.shows_here for o in outcomes)
    asked = [outcome for outcome in outcomes if outcome.asked]
    assert [o.divergence.name for o in asked if o.reproduces != o.known] == []


def test_the_frameworks_that_differ_most_have_most_entries():
    """Most of the registry is of the two that are always here."""
    for framework in ("torch", "jax"):
        assert sum(entry.framework == framework for entry in DIVERGENCES) > 15


@all_entries
def test_a_reproduction_is_five_plain_lines(entry):
    """At most, of the framework first, and of NumPy; the last prints two words."""
    lines = entry.reproduction.strip().splitlines()
    assert len(lines) <= 5
    assert max(map(len, lines)) <= 100
    assert re.match(rf"(import|from) {entry.framework}\b", lines[0])
    assert LAST.fullmatch(lines[-1])


@all_entries
def test_a_reproduction_looks_where_it_is_said_to(entry):
    """The argument is one of its numbers."""
    found = map(float, re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", entry.reproduction))
    assert entry.at is None or {entry.at, -entry.at} & set(found)


@all_entries
def test_it_is_known_of_the_releases_in_which_it_was_seen(entry):
    assert entry.seen
    assert all(between(entry.seen, version) for version in entry.seen)


@pytest.mark.parametrize(
    ("here", "known"),
    [
        *(("0.4.30", False), ("0.4.31", True), ("0.8.0", True), ("0.10.2", True)),
        *(("0.10.9", True), ("0.11.0.dev1", False), ("0.11", False), ("1.0", False)),
    ],
)
def test_between_what_was_seen_it_is_known_and_not_beyond(here, known):
    """Whatever order they are written in; a later patch of the newest belongs to it."""
    assert between(("0.10.2", "0.4.31"), here) == known
    assert span(("0.10.2", "0.4.31")) == "0.4.31–0.10.2"
    assert between(("2.13.0",), "2.13.1")
    assert span(("2.13.0",)) == "2.13.0"


# ------------------------------------------------------------------ what is right
def ball(number):
    return arb(float(number))


def one_minus_square_of_tanh(z):
    """Of what three activations are made of."""
    return 1 - z.tanh() ** 2


#: What is right of those that are no σ(z) or σ′(z) at one z, in balls.
RIGHT = {
    "torch-func-bce-logits": lambda z: 1 / (1 + (-z).exp()),
    "torch-compile-bce-clamp": lambda a: 1 / (1 - a),
    "jax-abs-kink": lambda _: arb(0),  # as sign(0)
    "jax-x64-off": lambda z: z.tanh(),
    "jax-tanh-short-of-one": one_minus_square_of_tanh,
    "jax-mish-short-of-one": one_minus_square_of_tanh,
    "jax-gelu-tanh-short-of-one": one_minus_square_of_tanh,
    "jax-bias-sums-16-bit": lambda _: 4096 * ball(np.float64(0.1).astype("bfloat16")),
    "jax-log1p-float64": lambda a: (1 - a).log(),
    "torch-bce-clamp": lambda a: -1 / a,
    "torch-bce-log-clamp": lambda a: -a.log(),
    "torch-bce-float16-nan": lambda a: -1 / a,
    "torch-mse-float16": lambda a: a * a / 2,
    "torch-logits-certain": lambda a: -1 / (1 + a.exp()),
    "torch-softmax-certain": lambda a: -1 / (1 + a.exp()),
    "jax-softmax-certain": lambda a: -1 / (1 + a.exp()),
    "torch-log-softmax-float16": lambda _: -arb(70000).log(),
    "jax-log-softmax-float16": lambda _: arb(0),  # 1 - n/n
    "torch-cross-entropy-sum-float16": lambda _: arb(39296),
    "torch-nll-sum-of-classes-float16": lambda _: arb(39296),
    "torch-nll-steps-float16": lambda _: arb("2.484375"),
    "torch-cross-entropy-sum-of-classes-float16": lambda _: arb(39296),
    "torch-weighted-cross-entropy-sum-of-classes-float16": lambda _: arb(39296),
    "torch-label-smoothing-sum-float16": lambda _: arb(39296) * ball(0.1) / 2,
    "torch-kl-div-batchmean-float16": lambda _: arb(39296),
    "torch-cross-entropy-count-float16": lambda _: arb(2).log(),
    "torch-cross-entropy-far-class-float16": lambda z: (1 + (-2 * z).exp()).log(),
    "torch-softmax-vjp": lambda z: 1 / ((1 + z.exp()) * (1 + (-z).exp())),
    "jax-softmax-vjp": lambda z: 1 / ((1 + z.exp()) * (1 + (-z).exp())),
    "tensorflow-products-bfloat16": lambda z: z * z,
    "tensorflow-bias-sums-float16": lambda _: 4096 * ball(np.float16(0.2)),
    "tensorflow-hinge-kink": lambda _: arb(0),
    "tensorflow-weighted-logits-zero": lambda a: -1 / (1 + a.exp()),
    "mlx-huber-slope": lambda d: d,
    "mlx-logits-slope": lambda a: 1 / (1 + (-a).exp()),
    "autograd-logsumexp": lambda a: 1 / (1 + (1000 - a).exp()),
    "sklearn-mse-outputs": lambda y: y / 3,
    "sklearn-sigmoid-clip-float64": lambda _: -ball(1e-50).log(),
    "sklearn-softmax-clip-float64": lambda _: -ball(1e-50).log(),
    "sklearn-sigmoid-clip-float32": lambda _: -ball(np.float32(1e-30)).log(),
    "sklearn-softmax-clip-float32": lambda _: -ball(np.float32(1e-30)).log(),
}


def dtype_of(code):
    """The format that a snippet computes in."""
    named = (name for name in ("bfloat16", "float16", "float64") if name in code)
    return next(named, "float64" if "enable_x64" in code else "float32")


def truth(entry):
    """Of what a reproduction prints, as a float64 that is near enough."""
    at = ball(np.float64(entry.at or 0).astype(dtype_of(entry.reproduction)))
    if entry.name in RIGHT:
        return float(sharp(lambda: RIGHT[entry.name](at), lambda found: [found]).mid())
    both = sharp(lambda: value_and_slope(entry.subject, at))
    return float(both[entry.checks[0] != "a"].mid())


@numbers
def test_what_is_called_right_is_right(entry):
    """In balls; and in as many digits as programs with an error of u, or 4u, would print."""
    digits, right = LAST.search(entry.reproduction).groups()
    dtype = dtype_of(entry.reproduction)
    u = ALL_FORMATS[dtype].u * (1 if "16" in dtype else 4)
    true = truth(entry)
    assert {format(true * (1 + error), digits) for error in (-u, 0, u)} == {right}


def test_of_a_nan_nothing_is_known():
    """The derivative of a NaN is one."""
    nan = [entry for entry in DIVERGENCES if entry.where is np.isnan]
    assert len(nan) == 4
    assert {LAST.search(entry.reproduction)[2] for entry in nan} == {"nan"}


# ------------------------------------------------------------------ running them
def test_words_that_differ_reproduce():
    found = reproduce([snippet("print(1, 2)", name="a"), snippet("print(2, 2)", name="b")])
    assert [(o.given, o.right, o.reproduces) for o in found] == [
        ("1", "2", True),
        ("2", "2", False),
    ]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("print(1)", "not two words: '1'"),
        ("import os; os._exit(3)", "no answer: its process ended"),
        ("import time; time.sleep(60)", "no answer: its process ended"),
    ],
)
def test_what_prints_no_two_words_does_not_reproduce(code, said):
    """It raises, prints something else, dies, or takes too long; those before it have answered."""
    first, other = reproduce([snippet("print(1, 2)", name="a"), snippet(code, name="b")], limit=3)
    assert first.reproduces
    assert (other.reproduces, other.error) == (False, said)


def test_settings_of_the_suite_and_of_the_user_are_left_out(monkeypatch):
    """A reproduction is of the framework as it is, on one thread, on the CPU."""
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    monkeypatch.setenv("XLA_FLAGS", "--xla_mine")
    code = "import os; e = os.environ; print(len(e['XLA_FLAGS'].split()), e.get('JAX_ENABLE_X64'))"
    found = reproduce([snippet(code)])[0]
    assert (found.given, found.right) == ("1", "None")
    assert reproductions.plain({})["OMP_NUM_THREADS"] == "1"


def test_float64_is_asked_for_by_each_for_itself():
    """What one asks of JAX is not handed on to the next."""
    names = ["jax-sigmoid-slope", "jax-x64-off"]
    assert [o.reproduces for o in reproduce([BY_NAME[name] for name in names])] == [True, True]


def test_what_is_not_there_is_not_asked():
    """A framework that is not installed; a release of which it is not known is."""
    missing = snippet("print(1, 1)", name="a", backend="nowhere")
    later = snippet("print(1, 1)", name="b", seen=("999.0",))
    found = reproduce([missing, later])
    assert [(o.asked, o.known) for o in found] == [(False, False), (True, False)]
    assert [o.version for o in found] == ["", installed("torch")]
    assert failed(found) == []


@pytest.mark.parametrize(("flags", "asked"), [(AVX512, True), ({"avx2", "avx512f"}, False)])
def test_what_needs_avx512_is_asked_where_it_is(monkeypatch, flags, asked):
    """All that libraries mean by it; the settings that would hide it from them are left out."""
    monkeypatch.setattr(processor, "flags", lambda: flags)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    entry = snippet("import os; print(1, 'ONEDNN_MAX_CPU_ISA' in os.environ)", avx512=True)
    (found,) = reproduce([entry])
    assert (found.asked, found.right) == (asked, "False" * asked)
    assert verdict(found) == ("yes" if asked else "not of this processor")
    assert entry.concerned.endswith(", on processors with AVX-512")


# ------------------------------------------------------------------ the command
def told(monkeypatch, capsys, entries, *arguments):
    """The exit code and the output with these entries in the registry."""
    monkeypatch.setattr(divergences, "DIVERGENCES", entries)
    code = main(["divergences", *arguments])
    return code, capsys.readouterr()


def test_the_command_says_what_reproduces(monkeypatch, capsys):
    """A line each, with both words; then why, and the link."""
    entry = snippet("print(1, 2)", link="https://somewhere")
    code, said = told(monkeypatch, capsys, (entry,), "--show")
    assert code == 0
    assert said.out.splitlines()[1].split()[-3:] == ["1", "2", "yes"]
    for text in (entry.reason, entry.link, "    print(1, 2)"):
        assert text in said.out


def test_the_command_fails_if_one_no_longer_reproduces(monkeypatch, capsys):
    """It says which, and what is to be done."""
    entries = (snippet("print(1, 2)", name="one"), snippet("print(2, 2)", name="other"))
    code, said = told(monkeypatch, capsys, entries)
    assert code == 1
    assert f"in torch {installed('torch')} no longer reproduces: remove its entry" in said.out
    assert said.out.count("no longer") == 1


def test_the_command_does_not_fail_for_what_is_not_there(monkeypatch, capsys):
    """It says so; but where nothing is there, nothing was shown, and that is a failure."""
    missing = (
        snippet("", name="a", backend="nowhere"),
        snippet("print(2, 2)", name="b", seen=("999.0",)),
    )
    beyond = snippet("print(1, 2)", name="c", seen=("999.0",))
    code, said = told(monkeypatch, capsys, (*missing, beyond))
    assert code == 0
    assert "not installed" in said.out
    assert "no, and not known" in said.out
    assert (
        f"c, seen in 999.0, in torch {installed('torch')} reproduces, which is beyond" in said.out
    )
    code, said = told(monkeypatch, capsys, missing[:1])
    assert code == 1
    assert "nothing was run" in said.out


def test_those_that_are_named_are_run(monkeypatch, capsys, tmp_path):
    """Each once, in the order in which they are named; as JSON too."""
    entries = tuple(snippet("print(1, 2)", name=name) for name in "abc")
    file = tmp_path / "all.json"
    assert told(monkeypatch, capsys, entries, "c", "a", "c", "--json", str(file))[0] == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in found] == ["c", "a"]
    assert found[0]["given"] == "1"
    assert found[0]["reproduces"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("torch-softpuls", "divergence 'torch-softpuls': known are autograd-logsumexp, "),
        ("--json README.md/x", "--json README.md/x: cannot be written"),
        ("--markdown page.html", "--markdown page.html: expected a name that ends in .md"),
    ],
)
def test_bad_input_is_one_line(arguments, said, capsys):
    """Exit code 2, before anything is run."""
    assert main(["divergences", *arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"crossgrad: {said}")


# ------------------------------------------------------------------ the page
def test_the_page_has_all_of_the_registry():
    """In its order, with the table and a section each; `--markdown` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(\S+)\]\(#\1\)", page, re.MULTILINE) == list(BY_NAME)
    sections = "\n\n".join(map(section, DIVERGENCES))
    assert page.endswith(f"\n\n{sections}\n")


def test_the_command_writes_the_page(monkeypatch, capsys, tmp_path):
    """What is printed is in it."""
    entries = (snippet("print(1, 2)"),)
    file = tmp_path / "page.md"
    assert told(monkeypatch, capsys, entries, "--markdown", str(file))[0] == 0
    assert file.read_text(encoding="utf-8") == as_markdown(reproduce(entries))
