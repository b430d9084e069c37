"""Options of the suite and the shared fixture layer; no framework is imported here.

One item is one scenario and backend, with all draws inside. Every backend is given the same
read-only arrays: whatever differs afterwards, the weights do not.
"""

# ruff: noqa: E402 - threads are set before NumPy is imported
from comparisons.environment import PLATFORMS, prepare

prepare()

import sys
from collections.abc import Callable, Generator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from comparisons.backends import DEFAULT, Backend, check_backend, load_backend
from comparisons.backends.asking import FrameworkWarning
from comparisons.backends.modes import as_text, family, present, release
from comparisons.baseline.changes import Change
from comparisons.baseline.file import Baseline, read_baseline
from comparisons.choice import ARCHITECTURES, COMPILED, DRAWS, OF_SMALL, Choice, parse_shard
from comparisons.domain import Domain, in_common
from comparisons.generations import RESTRICTIONS
from comparisons.page.of_run import Page
from comparisons.report.closing import Closing
from comparisons.report.failure import failure_text, properties, reproduction
from comparisons.report.paths import FILES, check_paths, flag
from comparisons.report.recording import Recording, recording
from comparisons.rounding import FORMATS
from comparisons.scenario import Scenario
from comparisons.survey import Survey, recorded, supported, survey
from comparisons.verification import Verification

OPTIONS = (*Choice._fields, "backend", "device", "shard", *FILES)
VERIFICATION = pytest.StashKey[Verification]()
CHANGES = pytest.StashKey[list[Change]]()
SURVEY = pytest.StashKey[Survey]()
RECORDING = pytest.StashKey[Recording]()


# ------------------------------------------------------------------ options
def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite; whatever is mistyped is an error."""
    group = parser.getgroup("crossgrad")
    add = group.addoption
    add(
        "--architectures",
        type=int,
        metavar="N",
        help=f"random architectures, each in every format (default {ARCHITECTURES}, most in one "
        f"format; where each is compiled {COMPILED}, each in one format)",
    )
    add(
        "--draws",
        type=int,
        metavar="K",
        help=f"draws of weights per architecture (default {DRAWS}: one of each regime; of small "
        f"ones {OF_SMALL})",
    )
    add("--seed", type=int, metavar="S", help="seed of the architectures and draws (default 0)")
    add(
        "--dtype",
        action="append",
        metavar="NAME",
        help=f"format, repeatable (default: {' and '.join(FORMATS)})",
    )
    add("--scenario", action="append", metavar="ID", help="exactly these scenarios, repeatable")
    for name, what in RESTRICTIONS.items():
        one = "store" if name == "labels" else "append"
        add(
            f"--{name}",
            action=one,
            metavar="X",
            help=f"only {what}" + ", repeatable" * (one == "append"),
        )
    add(
        "--backend",
        action="append",
        metavar="NAME",
        help="backend, repeatable: a name, module:function or file.py:function "
        f"(default: {', '.join(DEFAULT)}; 'list' prints them, 'all' takes all that are here)",
    )
    add("--device", metavar="NAME", help="where torch and JAX compute: cpu (default) or cuda")
    add(
        "--no-compile-cache",
        action="store_true",
        help="use no program that JAX compiled in an earlier run, and keep none",
    )
    add("--results", type=Path, metavar="FILE", help="write every row as a line of JSON")
    add("--report", type=Path, metavar="FILE.html", help="a page of what the run found")
    add("--baseline-save", type=Path, metavar="FILE", help="record all that is checked, to the bit")
    add("--baseline", type=Path, metavar="FILE", help="compare with what was recorded there")
    add(
        "--baseline-strict",
        action="store_true",
        help="any change of bits fails, where the environment is the same",
    )
    add("--shard", metavar="k/n", help="only the k-th of n parts of the suite")


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """``--backend list`` prints the backends and ends."""
    if "list" not in (config.getoption("backend") or []):
        return None
    check_options(config)
    print(as_text())  # noqa: T201 - that is what was asked for
    return 0


def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad options in one line, before anything runs; a framework's warning is a note."""
    config.addinivalue_line(
        "filterwarnings", f"default::{FrameworkWarning.__module__}.FrameworkWarning"
    )
    check_options(config)
    if not hasattr(config, "workerinput"):
        given = [flag(name) for name in OPTIONS if config.getoption(name) not in (None, [])]
        report = config.getoption("report")
        page = Page(report, config.invocation_params.args) if report else None
        scenarios = {} if config.getoption("scenario") else config.stash[SURVEY]
        results, recording = config.getoption("results"), config.stash[RECORDING]
        closing = Closing(results, recording, given, scenarios, page)
        config.pluginmanager.register(closing, "crossgrad-closing")


def check_options(config: pytest.Config) -> None:
    """Raise ``pytest.UsageError``, with one line that names the culprit."""
    try:
        parse_shard(config.getoption("shard"))
        cached = not config.getoption("no_compile_cache")
        prepare(chosen_device(config), compile_cache=cached)
        names = [name for name in chosen_backends(config) if name != "list"]
        for name in names:
            check_backend(name)
        path = config.getoption("baseline")
        baseline = read_baseline(path) if path else None
        config.stash[SURVEY] = asked(config, names, baseline)
        config.stash[RECORDING] = started(config, baseline)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def asked(config: pytest.Config, names: list[str], baseline: Baseline | None) -> Survey:
    """Who is asked what: what the options choose; if they choose nothing, what a baseline has."""
    choice = chosen(config)
    if baseline and choice == Choice():
        return recorded(baseline.answers(), names)
    return survey(choice, names)


def started(config: pytest.Config, baseline: Baseline | None) -> Recording:
    """What is recorded of this run, and what it is compared with; raises ``ValueError``."""
    scenarios, choice = list(map(str, config.stash[SURVEY])), chosen(config)
    if baseline and choice == Choice():
        choice = Choice(scenarios)
    run = {
        "options": choice.as_dict(),
        "scenarios": scenarios,
        "backends": chosen_backends(config),
        "shard": config.getoption("shard") or "1/1",
    }
    paths = {name: config.getoption(name) for name in FILES if config.getoption(name)}
    strict = config.getoption("baseline_strict")
    runs = not any(map(config.getoption, ("collectonly", "setuponly", "setupplan")))
    runs &= "list" not in chosen_backends(config)
    if config.getoption("dist", "no") == "each" and paths:
        raise ValueError("--dist each: every worker would tell of every scenario")
    check_paths(paths, strict=strict, runs=runs)
    return recording(
        paths.get("baseline_save"), paths.get("baseline"), baseline, run, strict=strict
    )


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is compared, in which versions; read without importing them; what was found out."""
    names = chosen_backends(config)
    families = dict.fromkeys(map(family, names))
    versions = ", ".join(f"{name} {release(name)}" for name in families if release(name))
    scenarios, device = len(config.stash[SURVEY]), chosen_device(config)
    where = f"{device} ({versions})" if versions else device
    first = f"crossgrad: {scenarios} scenarios, {', '.join(names)} on {where}"
    return [first, *restricted(config, names)]


def restricted(config: pytest.Config, names: list[str]) -> list[str]:
    """A line for each backend that supports less than everything, where that makes a difference."""
    if config.getoption("scenario") or "list" in names:
        return []
    choice = chosen(config)
    return [
        f"{name} supports only this, and is asked as many networks of it as others of all: {domain}"
        for name in names
        for domain in supported(name, choice)
        if str(domain)
    ]


def chosen(config: pytest.Config) -> Choice:
    """The scenarios, by the options that choose them."""
    return Choice(*map(config.getoption, Choice._fields))


def chosen_device(config: pytest.Config) -> str:
    """The one named, or the CPU; raises ``ValueError``."""
    name = config.getoption("device") or "cpu"
    if name not in PLATFORMS:
        raise ValueError(f"--device {name}: known are {', '.join(PLATFORMS)}")
    return name


def chosen_backends(config: pytest.Config) -> list[str]:
    """Those named, or all three; ``all`` are those that can be had here."""
    named = config.getoption("backend") or DEFAULT
    groups = [present() if name == "all" else [name] for name in named]
    return list(dict.fromkeys(chain.from_iterable(groups)))


# ------------------------------------------------------------------ collection
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A scenario and a backend each for the tests that ask for them."""
    if "scenario" in metafunc.fixturenames:
        metafunc.parametrize(
            "scenario", list(metafunc.config.stash[SURVEY]), ids=str, scope="session"
        )
    if "backend_name" in metafunc.fixturenames:
        names = chosen_backends(metafunc.config)  # as ids too: pytest gives none to a long path
        metafunc.parametrize("backend_name", names, ids=names, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is asked of each backend; of that, what is wanted of this shard."""
    items[:] = [item for item in items if is_asked(config, item)]
    k, n = parse_shard(config.getoption("shard"))
    numbers = {scope: i for i, scope in enumerate(dict.fromkeys(map(scope_of, items)))}
    unwanted = unwanted_fixtures(config)
    kept = [
        item
        for item in items
        if numbers[scope_of(item)] % n == k - 1 and not unwanted & set(item.fixturenames)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def is_asked(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the backend is asked the scenario; to agree, two have to be."""
    params = params_of(item)
    if "scenario" not in params:
        return True
    names = config.stash[SURVEY][params["scenario"]]
    if "backend_name" in params:
        return params["backend_name"] in names
    return len(names) > 1 and chosen(config).in_pairs(params["scenario"])


def params_of(item: pytest.Item) -> Mapping[str, Any]:
    """What an item is parametrized with, by name."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def unwanted_fixtures(config: pytest.Config) -> set[str]:
    """Named scenarios leave none to be thought of."""
    return {"dtypes"} if config.getoption("scenario") else set()


def scope_of(item: pytest.Item) -> str:
    """The scenario of an item, or the item itself."""
    return str(params_of(item).get("scenario", item.nodeid))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hypothesis's plugin imports all of it to find that it has nothing to tell: it need not."""
    idle = "hypothesis" not in sys.modules and not session.testsfailed
    plugin = session.config.pluginmanager.get_plugin("hypothesispytest")
    if plugin and idle and not session.config.getoption("hypothesis_show_statistics"):
        session.config.pluginmanager.unregister(plugin)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Under xdist all items of a scenario go to one worker: each is compiled and traced once."""
    if config.getvalue("dist") != "load":
        return None
    from comparisons.report.scheduling import ScenarioScheduling  # noqa: PLC0415 - needs xdist

    return ScenarioScheduling(config, log)


# ------------------------------------------------------------------ the shared fixture layer
@pytest.fixture(scope="session")
def backend(backend_name: str) -> Backend:
    """The backend, imported now."""
    return load_backend(backend_name)


@pytest.fixture(scope="session")
def dtypes(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """The chosen formats."""
    return chosen(pytestconfig).dtypes


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The chosen seed."""
    return pytestconfig.getoption("seed") or 0


@pytest.fixture(scope="session")
def domains(pytestconfig: pytest.Config, backend_name: str) -> tuple[Domain, ...]:
    """What the backend supports of what the options ask for."""
    choice = chosen(pytestconfig)
    return in_common((choice.domain,), supported(backend_name, choice))


@pytest.fixture(scope="session")
def backends(pytestconfig: pytest.Config, scenario: Scenario) -> list[Backend]:
    """All that are asked the scenario."""
    return [load_backend(name) for name in pytestconfig.stash[SURVEY][scenario]]


@pytest.fixture
def verify(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Judge a scenario with one backend, or the agreement of several; a failure is a text."""
    recording = request.config.stash[RECORDING]

    def verify(scenario: Scenario, backends: list[Backend]) -> None:
        verification = Verification(recording=recording.wanted)
        request.node.stash[VERIFICATION] = verification
        names = [backend.name for backend in backends]
        command = reproduction(names, str(scenario))
        outcome = verification.run(scenario, backends)
        changes = recording.changes_of(scenario, names[0], verification)
        request.node.stash[CHANGES] = changes
        failing = recording.failing(changes)
        request.node.user_properties += properties(verification.rows, failing)
        if outcome == "fail":
            pytest.fail(failure_text(verification.rows, command, changes), pytrace=False)
        if outcome == "error":
            pytest.fail(f"{verification.told}\n  reproduce     {command}", pytrace=False)
        if failing:
            pytest.fail(recording.failure_text(failing, command), pytrace=False)
        if outcome == "not supported":
            pytest.skip(f"not supported: {verification.told}")  # counted, never as passed

    return verify


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, object]:
    """Rows and seconds travel with the report of the call, from a worker to the controller."""
    report = yield
    if report.when == "call" and VERIFICATION in item.stash:
        verification = item.stash[VERIFICATION]
        report.crossgrad = {
            "scenario": scope_of(item),
            "rows": [row.as_dict() for row in verification.rows],
            "seconds": verification.seconds,
            "unsteady": verification.unsteady,
            "backend": params_of(item).get("backend_name", ""),
            "records": [record.as_dict() for record in verification.records],
            "changes": [change.as_dict() for change in item.stash.get(CHANGES, [])],
        }
    return report
