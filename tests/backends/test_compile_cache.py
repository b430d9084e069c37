"""Programs are kept from run to run: nothing that can become of their files changes a result."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from suite import ROOT, clean_environment, lines_with, run

from crossgrad.comparisons.backends import jax_cache
from crossgrad.comparisons.backends.jax_cache import Programs, folder, prune
from crossgrad.comparisons.machine.environment import CACHE_VARIABLE, prepare


# ------------------------------------------------------------------ where
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="another usual folder")
def test_the_folder_is_the_users(monkeypatch):
    """As the XDG Base Directory Specification has it: a relative path is ignored."""
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", "/home/her")
    for asked, base in {"": "/home/her/.cache", "./x": "/home/her/.cache", "/x": "/x"}.items():
        monkeypatch.setenv("XDG_CACHE_HOME", asked)
        assert folder().parent == Path(base, "crossgrad", "compiled")


def test_another_folder_can_be_named_and_none(monkeypatch):
    """None is also what ``prepare`` makes of it, for this process and its children."""
    monkeypatch.setenv(CACHE_VARIABLE, "/x")
    prepare()
    assert folder().parent == Path("/x/compiled").absolute()
    prepare(compile_cache=False)
    assert folder() is None
    prepare()  # a child of a run without it
    assert folder() is None


def test_a_user_without_a_home_keeps_nothing(monkeypatch):
    def no_home(_path):
        raise RuntimeError

    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    assert folder() is None


@pytest.mark.parametrize("described", ["flags", "model name"])
def test_another_processor_has_another_folder(monkeypatch, tmp_path, described):
    """What was compiled for this one may stop it, and JAX's keys do not name it."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    here = folder()
    monkeypatch.setattr(jax_cache, "cpu_lines", lambda *names: ["new"] * (described in names))
    assert folder().parent == here.parent
    assert folder() != here


# ------------------------------------------------------------------ whole, and few
@pytest.fixture
def programs(tmp_path):
    """None yet; the processor's folder is made when one is kept."""
    prune.cache_clear()
    return Programs(tmp_path / "compiled" / "here")


def files(root):
    """What is on the disk, by its names."""
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def write_for_ever(folder):
    """Until killed: the same program, of one byte or of the other."""
    programs = Programs(folder)
    while True:
        for byte in (b"0", b"1"):
            programs.put("one", byte * (1 << 22))


def test_whoever_reads_reads_a_whole_program(programs):
    """While two processes write it, and when they were killed."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_for_ever, args=(programs.folder,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    waiting = threading.Event()
    try:
        while programs.get("one") is None:
            waiting.wait(0.01)
            assert all(writer.exitcode is None for writer in writers)
        got = {programs.get("one") for _ in range(100)}
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    assert got | {programs.get("one")} <= {byte * (1 << 22) for byte in (b"0", b"1")}


def test_what_was_used_longest_ago_goes_first(programs, monkeypatch):
    """For any processor, and what a killed process left; nothing of others is touched."""
    monkeypatch.setattr(jax_cache, "LIMIT", 1200)
    root, named = programs.folder.parent, ["a.program", "b.program0.part", "c.program", "d.program"]
    for age, (where, name) in enumerate(zip(("x", "here", "here", "here"), named, strict=True)):
        (root / where).mkdir(parents=True, exist_ok=True)
        (root / where / name).write_bytes(bytes(400))
        os.utime(root / where / name, (1e9 + age, 1e9 + age))
    (root / "hers").write_bytes(bytes(5000))
    assert programs.get("c")  # to be read is to be used
    programs.put("e", bytes(400))
    assert files(root) == sorted([*named[1:], "e.program", "hers"])
    monkeypatch.setattr(jax_cache, "LIMIT", 800)
    prune.cache_clear()
    programs.put("f", bytes(400))
    assert files(root) == ["c.program", "e.program", "f.program", "hers"]


# ------------------------------------------------------------------ JAX
TRACES = """
from crossgrad.comparisons.machine.environment import prepare; prepare()
import sys
from jax import monitoring
from crossgrad.comparisons.judging.record import digest
from crossgrad.comparisons.backends.jax_jit import trace
from crossgrad.comparisons.problems.scenario import Scenario
events = []
monitoring.register_event_listener(lambda event, **_: events.append(event))
for text in sys.argv[1:]:
    for problem in Scenario.parse(text).problems():
        got = trace(problem)
        print(digest(*got.dW, *got.db, got.cost, *got.z, *got.a, *got.delta))
print(*(sum(e.endswith(end) for e in events) for end in ("/cache_hits", "/cache_misses")))
"""
NETWORKS = [
    "3x4x2-gelu,sigmoid-binary_cross_entropy-float64-m4-s1-k2",
    "3x4x2-elu,identity-softmax_cross_entropy-float32-m3-s2-k2",
    "3x4x2-gelu_tanh,softsign-mse-bfloat16-m5-s3-k2",
    "3x4x2-relu,leaky_relu-quadratic-float16-m4-s4-k2",
]


def run_of_traces(base, script=TRACES):
    """A process that keeps programs there; warnings are errors."""
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-W", "error", "-c", script, *NETWORKS],
        cwd=ROOT,
        env=clean_environment() | {CACHE_VARIABLE: str(base)},
        capture_output=True,
        text=True,
        check=False,
    )


def traced(base):
    """Digests of all traces, then programs found and kept: in a process that must say no more."""
    finished = run_of_traces(base)
    assert not finished.stderr
    *digests, counts = finished.stdout.splitlines()
    return digests, counts


def test_bits_are_the_same_with_kept_programs_and_without(tmp_path):
    """By two processes at once, after a killed writer; not a word is said, of no folder either."""
    bits, counts = traced("")
    assert len(bits) == 8
    assert counts == "0 0"
    (tmp_path / "compiled").write_text("mine")
    assert traced(tmp_path) == (bits, "0 4")
    (tmp_path / "compiled").unlink()
    dies = "import os; os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
    assert run_of_traces(tmp_path, dies + TRACES).returncode == -signal.SIGKILL
    (half,) = files(tmp_path)
    assert half.endswith(".part")
    with ThreadPoolExecutor() as both:
        assert [found for found, _ in both.map(traced, [tmp_path] * 2)] == [bits] * 2
    assert traced(tmp_path) == (bits, "4 0")
    assert len({*files(tmp_path)} - {half}) == 4


class Jax:
    """As much of it as is asked for a cache; what is changed is recorded."""

    def __init__(self, own=None):
        """With a user's own cache, or without."""
        self.config, self.changed = self, {}
        self.jax_compilation_cache_dir = own

    def update(self, name, value):
        self.changed[name] = value


@pytest.mark.parametrize(
    ("jax", "private", "changed"),
    [
        (Jax(), None, set()),
        (Jax(), Jax(), set()),
        (Jax("/hers"), jax_cache.compilation_cache, set()),
        (Jax(), SimpleNamespace(get_file_cache=None), {"jax_compilation_cache_dir"}),
    ],
    ids=["a JAX that has moved it", "a JAX that has another way", "a user's own", "as usual"],
)
def test_jax_is_given_the_store_where_it_takes_one(monkeypatch, jax, private, changed):
    """In place of no cache only."""
    monkeypatch.setattr(jax_cache, "jax", jax)
    monkeypatch.setattr(jax_cache, "compilation_cache", private)
    jax_cache.keep_programs(Path("/x"))
    assert set(jax.changed) == changed


# ------------------------------------------------------------------ the suite
SUITE = ("--backend", "jax", "--scenario", NETWORKS[1])


def test_the_option_reaches_the_workers(tmp_path):
    """Nothing is read, and nothing written."""
    options = ("-n", 1, "--no-compile-cache")
    code, output = run(*SUITE, *options, environment={CACHE_VARIABLE: str(tmp_path)})
    assert code == pytest.ExitCode.OK, output
    assert not list(tmp_path.iterdir())


def test_a_kept_program_is_no_change_of_environment(tmp_path):
    """Recorded as it is compiled, compared as it is found."""
    cache, file = {CACHE_VARIABLE: str(tmp_path / "cache")}, tmp_path / "baseline.jsonl"
    code, output = run(*SUITE, "--baseline-save", file, environment=cache)
    assert code == pytest.ExitCode.OK, output
    assert len(list((tmp_path / "cache").rglob("*.program"))) == 1
    for option in ([], ["--no-compile-cache"]):
        strict = (*SUITE, "--baseline", file, "--baseline-strict", *option)
        code, output = run(*strict, environment=cache)
        assert code == pytest.ExitCode.OK, output
        assert lines_with(output, "environment: the same")
        assert lines_with(output, "identical bits, in so many places: jax float32 11")
