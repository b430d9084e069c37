"""The benchmark: that it measures what it says, in turns, and tells it; never how fast it is."""

import json
import sys
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from itertools import count

import pytest

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.bench import (
    checkers,
    compilation,
    growth,
    memory,
    startup,
    steps,
    throughput,
    timing,
)
from crossgrad.comparisons.commands.bench.default_run import measured_run
from crossgrad.comparisons.commands.bench.figures import (
    Found,
    Series,
    duration,
    figure,
    ratio,
)
from crossgrad.comparisons.commands.bench.parts import PARTS, Part
from crossgrad.comparisons.commands.bench.process_memory import STATUS
from crossgrad.comparisons.commands.bench.report import as_json, as_text
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.reports.numbers import three_digits

SMALL = "3x4x2-tanh,sigmoid-quadratic-float64-m2-s7"
MACHINE = {"cpu": "a processor", "system": "a system", "BLAS": "a BLAS", "numpy": "2.4"}


# ------------------------------------------------------------------ figures
def test_a_ratio_is_that_of_each_turn():
    """A machine that is slower in one turn is slower for both."""
    found = ratio("one ÷ other", [1e-3, 9e-3, 2e-3], [2e-3, 18e-3, 4e-3], most=0.5)
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)
    assert found.of == "2.00 ms ÷ 4.00 ms"


def test_median_and_middle_half():
    """Of five, the second, third and fourth."""
    found = figure("five", [5, 1, 4, 2, 3], "s")
    assert (found.low, found.value, found.high) == (2, 3, 4)


@pytest.mark.parametrize(
    ("mark", "met"), [({"most": 1}, True), ({"most": 0.9}, False), ({"least": 1.1}, False)]
)
def test_marks(mark, met):
    found = figure("one", [1.0], **mark)
    assert found.marked
    assert found.met is met
    assert not figure("one", [1.0]).marked


def test_numbers_have_three_digits():
    """And an exponent where there would be many zeros."""
    assert [three_digits(v) for v in (0.01234, 0.9999, -1.234, 12.34, 1234567.0, 0.0, 1.2e-14)] == [
        "0.0123",
        "1.00",
        "-1.23",
        "12.3",
        "1,234,567",
        "0",
        "1.2e-14",
    ]
    assert [duration(v) for v in (2.0, 2e-3, 2e-6, 2e-9)] == [
        "2.00 s",
        "2.00 ms",
        "2.00 µs",
        "0.00200 µs",
    ]


# ------------------------------------------------------------------ turns
def test_ways_take_turns_and_calls_fill_a_turn(monkeypatch):
    """A clock that only the work moves: calls of 5 and of 2 seconds fill turns of 10."""
    now, order = [0.0], []

    def way(name, seconds):
        def work():
            order.append(name)
            now[0] += seconds

        return work

    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])
    found = timing.interleaved({"five": way("five", 5), "two": way("two", 2)}, 2, turn=10)
    assert found == {"five": [5, 5], "two": [2, 2]}
    assert order[10:] == ["five"] * 2 + ["two"] * 10 + ["five"] * 2


def test_what_takes_long_is_called_once_a_turn(monkeypatch):
    """Nor is it called more than twice to find that out, of which the first may have compiled."""
    clock, calls = count(0, 100), []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
    timing.interleaved({"long": lambda: calls.append(1)}, 3, turn=10)
    assert len(calls) == 5


# ------------------------------------------------------------------ parts
def test_steps_compare_everybody(monkeypatch):
    """All ways of one small network; what has a mark has figures of its own."""
    monkeypatch.setattr(timing, "TURN", 1e-6)
    found = list(steps.compared(steps.SIZES[0], "float32", rounds=2))
    names = [f.name.partition(",")[0] for f in found]
    assert names == [
        "numpy.fast ÷ torch",
        "numpy.fast ÷ sklearn",
        "numpy.fast ÷ jax",
        "numpy.fast ÷ the book",
        "numpy ÷ torch",
        "matrix products ÷ numpy.fast",
    ]
    assert [f.most for f in found[:2]] == [0.1, 0.4]
    assert all(f.value > 0 for f in found)


def test_all_draws_are_verified_and_timed(monkeypatch):
    """Every stage of the work, of both formats."""
    monkeypatch.setattr(throughput, "DRAWS", 8)
    seconds = throughput.verified(0)
    assert set(seconds) == {"draw", "numpy", "torch", "jax", "checks"}
    rate, share, *stages = throughput.in_bulk([seconds, seconds], 16)
    assert rate.value == 16 / seconds.total()
    assert 0 < share.value < 1
    assert len(stages) == 5


def test_the_default_run_tells_its_stages():
    """Of a run that is as small as can be; a run that fails is no measurement."""
    wall, workers, stages = measured_run("--scenario", "2x1-sigmoid-quadratic-float64-m1-s0-k1")
    assert set(stages) == {"draw", "numpy", "torch", "jax", "checks"}
    assert 0 < throughput.our_share(wall, workers, stages) < 1
    with pytest.raises(ValueError, match=r"the default run failed: .*--no-such-option"):
        measured_run("--no-such-option")


def test_first_calls_of_a_program():
    """A kept program has the bits of JAX's own; with other bits there is no figure."""
    first_calls = import_module("crossgrad.comparisons.commands.bench.jax_compilation").first_calls
    program = first_calls(checkers.Scenario.parse(SMALL))
    assert program.same
    assert min(program[:4]) > 0
    cold, again, option, _ = compilation.figures([program, program])
    assert (cold.most, again.most, option.marked) == (0.8, 0.25, False)


def test_other_checkers_on_the_same_network(monkeypatch):
    """How long each takes, and the smallest fault that each catches: ours the smallest."""
    monkeypatch.setattr(checkers, "NETWORK", checkers.Scenario.parse(SMALL))
    figures = {f.name: f for f in checkers.measure(quick=True, advance=lambda: None).figures}
    assert figures["torch gradcheck ÷ crossgrad"].least == 1500
    faults = [f.value for name, f in figures.items() if name.startswith("smallest fault")]
    assert len(faults) == 3
    assert faults[0] < 1e-14
    assert min(faults[1:]) > 1e-9


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a child used")
def test_a_command_is_run_and_timed():
    """Its processor time is that of its own children too; a command that fails is no figure."""
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}])"
    assert startup.taken((sys.executable, "-c", code), {}).processor > 0.25
    assert startup.taken((sys.executable, "-c", ""), {}).processor < 0.25
    with pytest.raises(ValueError, match="exited with 3"):
        startup.taken((sys.executable, "-c", "raise SystemExit(3)"), {})


def test_memory_is_that_of_a_worker_block_by_block(monkeypatch):
    """A worker that keeps a megabyte a block is told so."""
    monkeypatch.setattr(memory, "DRAWS", 1000)
    held = iter(range(100, 1000))
    monkeypatch.setattr(memory, "in_a_worker", lambda *_: float(next(held)))
    found = memory.measure(quick=True, advance=lambda: None).figures[0]
    assert three_digits(found.value) == "1.00"
    assert found.unit == "MB"


@pytest.mark.skipif(not STATUS.exists(), reason="memory is read from Linux's /proc")
def test_a_block_leaves_its_worker_with_memory(monkeypatch):
    """The same work as a study's."""
    monkeypatch.setattr(memory, "DRAWS", 8)
    assert memory.megabytes_after(0) > 50


@pytest.mark.skipif(not STATUS.exists(), reason="memory is read from Linux's /proc")
def test_growth_of_time_and_memory(monkeypatch):
    """Every way, at one place; the gradient of 9 MB of weights needs as much, in any way."""
    monkeypatch.setattr(timing, "TURN", 1e-6)
    small = growth.network(2, 2, 4)
    assert growth.parameters(small) == 12
    assert set(growth.seconds_at(small, rounds=1)) == set(growth.WAYS)
    assert growth.seconds_to_verify(small) > 0
    with growth.returning_memory(), processes(1) as pool:
        held = pool.submit(growth.megabytes_at, growth.network(1500, 1, 1)).result()
    assert set(held) == set(growth.WAYS)
    assert min(held.values()) > 8
    assert max(held.values()) < 500


# ------------------------------------------------------------------ told
RESULTS = {
    "start": Found([figure("one ÷ other", [0.1, 0.2, 0.3], most=0.15)]),
    "memory": Found([figure("unknown here", [float("nan")], "MB")]),
    "growth": Found(
        [figure("all", [3.0], "s", most=60)],
        [
            Series("parameters", name, [(10.0, 1e-3, 1e-3, 2e-3, 1.0), (1e7, 1.0, 0.9, 1.1, 99.0)])
            for name in growth.WAYS
        ],
    ),
}


def test_text_has_marks_and_what_is_missed():
    """Beside each figure, and at the end."""
    text = as_text(RESULTS, MACHINE)
    assert "a processor" in text
    assert "✗ ≤ 0.15" in text
    assert "0.150 – 0.250" in text
    assert "✓ ≤ 60" in text
    assert text.endswith("1 of 2 marks are met\nmissed: one ÷ other")


def test_json_is_json():
    """No infinity, and all of it."""
    told = json.loads(as_json(RESULTS, MACHINE), parse_constant=pytest.fail)
    assert told["missed"] == ["one ÷ other"]
    assert told["parts"]["growth"]["figures"][0]["least"] is None
    assert told["parts"]["growth"]["series"][0]["points"][1][0] == 1e7


def test_every_part_is_there():
    """A part's module is imported when its turn comes: by then half an hour may be spent."""
    for part in PARTS.values():
        assert callable(
            import_module(f"{Part.__module__.rpartition('.')[0]}.{part.module}").measure
        )


def test_command_measures_the_parts_that_are_named(monkeypatch, tmp_path, capsys):
    """And writes what is asked for."""
    monkeypatch.setattr(Part, "measure", lambda self, **_: RESULTS[self.module])
    files = tmp_path / "bench.json", tmp_path / "growth.svg"
    options = ["--quick", "--json", str(files[0]), "--plot", str(files[1])]
    assert main(["bench", "growth", *options]) == 0
    out = capsys.readouterr().out
    assert PARTS["growth"].title in out
    assert PARTS["start"].title not in out
    assert list(json.loads(files[0].read_text("utf-8"))["parts"]) == ["growth"]
    assert "<svg" in files[1].read_text("utf-8")


def test_a_part_that_fails_loses_no_other(monkeypatch, capsys, tmp_path):
    """Half an hour is not lost to what comes last; the exit code says that it is not whole."""

    def measure(part, **_):
        if part.module == "growth":
            raise BrokenProcessPool("a process was killed")
        return RESULTS["start"]

    monkeypatch.setattr(Part, "measure", measure)
    file = tmp_path / "bench.json"
    assert main(["bench", "start", "growth", "--json", str(file)]) == 1
    out = capsys.readouterr().out
    assert "one ÷ other" in out
    assert out.endswith("growth failed: a process was killed\n")
    assert list(json.loads(file.read_text("utf-8"))["parts"]) == ["start"]


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        (["grwth"], "part 'grwth': known are steps, large, throughput, compile"),
        (["steps", "--plot", "a.svg"], "--plot is a picture of growth"),
        (["--plot", "a.png"], "--plot a.png: expected a name that ends in .svg"),
        (["--json", "nowhere/a.json"], "--json nowhere/a.json: cannot be written"),
    ],
)
def test_bad_options_are_one_line(options, culprit, capsys):
    assert main(["bench", *options]) == 2
    err = capsys.readouterr().err
    assert culprit in err
    assert err.count("\n") == 1
