"""Programs are kept from run to run: nothing that can become of their files changes a result."""

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from suite import ROOT, clean_environment, lines_with, run

from crossgrad.comparisons import compile_cache
from crossgrad.comparisons.backends import jax_cache
from crossgrad.comparisons.compile_cache import Store, folder, prune
from crossgrad.comparisons.environment import CACHE_VARIABLE, prepare

PROGRAM = b"program" * 1000


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
    """As in some containers."""

    def no_home(_path):
        raise RuntimeError

    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    assert folder() is None


@pytest.mark.parametrize("described", ["flags", "model name"])
def test_another_processor_has_another_folder(monkeypatch, tmp_path, described):
    """What was compiled for this one may stop it; versions are there to be read."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    here = folder()
    monkeypatch.setattr(compile_cache, "cpu_lines", lambda *names: ["new"] * (described in names))
    assert folder().parent == here.parent
    assert folder() != here
    assert here.name.startswith("jax-")


def test_other_versions_have_another_folder(monkeypatch, tmp_path):
    """Of JAX, its library, or NumPy."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    folders = {folder()}
    for changed in ("jax", "jaxlib", "numpy"):
        monkeypatch.setattr(compile_cache, "version", lambda name, new=changed: str(name == new))
        folders.add(folder())
    assert len(folders) == 4


# ------------------------------------------------------------------ whole
@pytest.fixture
def store(tmp_path):
    """An empty one."""
    return Store(tmp_path / "compiled" / "jax-now")


def files(store):
    """What it has on the disk."""
    return sorted(path for path in store.folder.parent.rglob("*") if path.is_file())


def test_what_was_put_is_got(store):
    """By its key; the later one stays."""
    assert store.get("one") is None
    store.put("one", PROGRAM)
    store.put("two", b"")
    assert store.get("one") == PROGRAM
    assert store.get("two") == b""
    store.put("one", b"other")
    assert store.get("one") == b"other"
    assert len(files(store)) == 2


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda c: c[:9], lambda c: c[:-1], lambda c: c[:-1] + b"!", lambda c: c + b"!"],
    ids=["empty", "digest cut", "cut", "changed", "longer"],
)
def test_a_damaged_program_is_not_got_and_is_replaced(store, damage):
    """XLA would run whatever it is."""
    store.put("one", PROGRAM)
    (path,) = files(store)
    path.write_bytes(damage(path.read_bytes()))
    assert store.get("one") is None
    store.put("one", PROGRAM)
    assert store.get("one") == PROGRAM


def test_a_full_disk_keeps_nothing_and_loses_nothing(store, monkeypatch):
    """What was there stays, and nothing is left beside it."""
    store.put("one", PROGRAM)

    def full(_path, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    store.put("one", b"other")
    store.put("two", PROGRAM)
    assert store.get("one") == PROGRAM
    assert len(files(store)) == 1


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path):
    """A file is in its place."""
    (tmp_path / "compiled").write_text("mine")
    store = Store(tmp_path / "compiled" / "jax-now")
    store.put("one", PROGRAM)
    assert store.get("one") is None
    assert (tmp_path / "compiled").read_text() == "mine"


# ------------------------------------------------------------------ several processes
LARGE = 1 << 22


def write_for_ever(folder):
    """Until killed: the same program, of one byte or of the other."""
    store = Store(folder)
    while True:
        for byte in (b"0", b"1"):
            store.put("one", byte * LARGE)


def test_whoever_reads_reads_a_whole_program(store):
    """While two processes write it; and when they were killed, all is as before."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_for_ever, args=(store.folder,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    waiting = threading.Event()
    try:
        while store.get("one") is None:
            waiting.wait(0.01)
            assert all(writer.exitcode is None for writer in writers)
        got = {store.get("one") for _ in range(100)}
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    assert got <= {b"0" * LARGE, b"1" * LARGE}
    assert store.get("one") in got | {b"0" * LARGE, b"1" * LARGE}


# ------------------------------------------------------------------ few
def aged(store, key, size, age):
    """A program of so many bytes, last used so long ago."""
    store.put(key, bytes(size - compile_cache.DIGEST))
    os.utime(store.folder / f"{key}{compile_cache.SUFFIX}", (1e9 - age, 1e9 - age))


def test_what_was_used_longest_ago_goes_first(store):
    """Of all versions; a folder goes with the last of it, and nothing of others is touched."""
    old = Store(store.folder.with_name("jax-old"))
    other = store.folder.parent / "mine" / "x.program"
    aged(old, "1", 400, age=5)
    aged(store, "2", 400, age=4)
    aged(store, "3", 300, age=1)
    aged(store, "4", 400, age=3)
    other.parent.mkdir()
    other.write_bytes(bytes(5000))
    prune(store.folder.parent, 1500)
    assert len(files(store)) == 5
    prune(store.folder.parent, 1499)
    assert [path.stem for path in files(store)] == ["2", "3", "4", "x"]
    assert not old.folder.exists()


def test_what_is_used_stays(store):
    """To be read is to be used."""
    aged(store, "one", 400, age=2)
    aged(store, "two", 400, age=1)
    assert store.get("one")
    prune(store.folder.parent, 799)
    assert store.get("one")
    assert store.get("two") is None


def test_what_a_killed_process_left_goes_too(store):
    """It is of the same folder, and counts."""
    aged(store, "one", 400, age=1)
    part = store.folder / "two.programx0.part"
    part.write_bytes(bytes(400))
    os.utime(part, (0, 0))
    prune(store.folder.parent, 799)
    assert [path.name for path in files(store)] == ["one.program"]


def test_a_store_looks_after_its_size(store, monkeypatch):
    """However much is put."""
    monkeypatch.setattr(compile_cache, "LIMIT", 10_000)
    monkeypatch.setattr(compile_cache, "OFTEN", 4)
    for number in range(50):
        store.put(str(number), bytes(1000))
        assert sum(path.stat().st_size for path in files(store)) < 15_000
    assert store.get("49")


# ------------------------------------------------------------------ JAX
TRACES = """
from crossgrad.comparisons.environment import prepare; prepare()
import sys
from jax import monitoring
from crossgrad.comparisons.baseline.record import digest
from crossgrad.comparisons.backends.jax_jit import trace
from crossgrad.comparisons.scenario import Scenario
events = []
monitoring.register_event_listener(lambda event, **_: events.append(event))
for text in sys.argv[1:]:
    for problem in Scenario.parse(text).problems():
        got = trace(problem)
        print(digest(*got.dW, *got.db, got.cost, *got.z, *got.a, *got.delta))
print(*(sum(e.endswith(end) for e in events) for end in ("/cache_hits", "/cache_misses")))
"""
NETWORKS = [
    "3x4x5x4x2-tanh,gelu,mish,sigmoid-binary_cross_entropy-float64-m4-s1-k2",
    "3x4x5x4x2-silu,elu,softplus,identity-softmax_cross_entropy-float32-m3-s2-k2",
    "3x4x5x2-log_sigmoid,gelu_tanh,softsign-mse-bfloat16-m5-s3-k2",
    "3x4x2-relu,leaky_relu-quadratic-float16-m4-s4-k2",
]


def traced(base):
    """Digests of all traces, then programs found and kept: in a process that must say no more."""
    finished = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-W", "error", "-c", TRACES, *NETWORKS],
        cwd=ROOT,
        env=clean_environment() | {CACHE_VARIABLE: str(base)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not finished.stderr
    *digests, counts = finished.stdout.splitlines()
    return digests, counts


def test_bits_are_the_same_with_kept_programs_without_and_with_damaged_ones(tmp_path):
    """Nor is a word said of it, or of a folder that cannot be made."""
    bits, counts = traced("")
    assert len(bits) == 8
    assert counts == "0 0"
    (tmp_path / "compiled").write_text("mine")
    assert traced(tmp_path) == (bits, "0 4")
    (tmp_path / "compiled").unlink()
    assert traced(tmp_path) == (bits, "0 4")
    assert traced(tmp_path) == (bits, "4 0")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    for number, path in enumerate(kept):
        content = path.read_bytes()
        path.write_bytes([b"", content[:-1], content[:99], content[::-1]][number])
    assert traced(tmp_path) == (bits, "0 4")
    assert traced(tmp_path) == (bits, "4 0")
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


class Jax:
    """As much of it as is asked for a cache; what is changed is recorded."""

    def __init__(self, own=None):
        """With a user's own cache, or without."""
        self.config, self.changed = self, {}
        self.jax_compilation_cache_dir = own

    def update(self, name, value):
        """Of a setting."""
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
SUITE = ("--backend", "jax", "-n", "2", "--scenario", NETWORKS[1])


def test_the_option_reaches_the_workers(tmp_path):
    """Nothing is read, and nothing written."""
    code, output = run(*SUITE, "--no-compile-cache", environment={CACHE_VARIABLE: str(tmp_path)})
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
        assert lines_with(output, "identical bits, in so many places: jax float32 21")
