"""The suite as a plugin of pytest: its hooks, and the shared fixture layer.

One item is one scenario and backend, with all draws inside. Every backend is given the same
read-only arrays: whatever differs afterwards, the weights do not. No framework is imported here.
"""

# ruff: noqa: E402 - threads are set before NumPy is imported
from crossgrad.comparisons.machine.environment import prepare

prepare()

import sys
from collections.abc import Callable, Generator, Mapping
from functools import partial
from itertools import compress
from typing import Any

import pytest

from crossgrad.comparisons.backends import MODES, Backend, facts_of, load_backend
from crossgrad.comparisons.backends.guard import FrameworkWarning
from crossgrad.comparisons.backends.modes import as_text
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.choice import parse_shard
from crossgrad.comparisons.problems.domain import Domain, in_common
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import Change
from crossgrad.comparisons.reports.closing import Closing
from crossgrad.comparisons.reports.failure import (
    Telling,
    failure_text,
    properties,
    reproduction,
)
from crossgrad.comparisons.reports.page.run import Page
from crossgrad.comparisons.suite.options import OPTIONS, declare
from crossgrad.comparisons.suite.run import (
    RECORDING,
    SURVEY,
    begin,
    chosen,
    chosen_backends,
    header,
)
from crossgrad.comparisons.suite.survey import supported

VERIFICATION = pytest.StashKey[Verification]()
CHANGES = pytest.StashKey[list[Change]]()
#: The options whose files have how many entries lie how far off.
COUNTED = ("results", "report")


# ------------------------------------------------------------------ options
def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite; whatever is mistyped is an error."""
    declare(parser.getgroup("crossgrad").addoption, OPTIONS)


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
        options = [f"--{name}" for name in OPTIONS]
        given = [name for name in options if config.getoption(name) not in (None, [], False)]
        report = config.getoption("report")
        page = Page(report, config.invocation_params.args) if report else None
        scenarios = {} if config.getoption("scenario") else config.stash[SURVEY]
        results, recording = config.getoption("results"), config.stash[RECORDING]
        told = partial(telling_of, config)
        closing = Closing(results, recording, given, scenarios, page, told)
        config.pluginmanager.register(closing, "crossgrad-closing")


def telling_of(config: pytest.Config, backend: Backend | str) -> Telling:
    """How failures of a backend are told: in its layout, in the language that is asked for."""
    language = "vi" if config.getoption("vi") else "en"
    if isinstance(backend, str):
        backend = facts_of(backend) if backend in MODES else load_backend(backend)
    return Telling(layout=backend.layout, language=language)


def check_options(config: pytest.Config) -> None:
    """Raise ``pytest.UsageError``, with one line that names the culprit."""
    try:
        begin(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is compared, in which versions, and what was found out of the backends."""
    return header(config)


# ------------------------------------------------------------------ collection
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A scenario and a backend each for the tests that ask for them."""
    if "scenario" in metafunc.fixturenames:
        asked = metafunc.config.stash[SURVEY]
        metafunc.parametrize("scenario", list(asked), ids=str, scope="session")
    if "backend_name" in metafunc.fixturenames:
        names = chosen_backends(metafunc.config)  # as ids too: pytest gives none to a long path
        metafunc.parametrize("backend_name", names, ids=names, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is asked of each backend; of that, what is wanted of this shard."""
    items[:] = [item for item in items if is_asked(config, item)]
    k, n = parse_shard(config.getoption("shard"))
    numbers = {scope: i for i, scope in enumerate(dict.fromkeys(map(scope_of, items)))}
    unwanted = unwanted_fixtures(config)
    wanted = [
        numbers[scope_of(item)] % n == k - 1
        and not unwanted & set(getattr(item, "fixturenames", ()))
        for item in items
    ]
    others = [item for item, kept in zip(items, wanted, strict=True) if not kept]
    config.hook.pytest_deselected(items=others)
    items[:] = compress(items, wanted)


def is_asked(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the backend is asked the scenario; of agreement, whether two are."""
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
    """With ``--scenario``, of tests that draw networks of their own."""
    return {"dtypes"} if config.getoption("scenario") else set()


def scope_of(item: pytest.Item) -> str:
    """The scenario of an item, or the item itself."""
    return str(params_of(item).get("scenario", item.nodeid))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep Hypothesis's plugin from importing Hypothesis where it has nothing to report."""
    idle = "hypothesis" not in sys.modules and not session.testsfailed
    plugin = session.config.pluginmanager.get_plugin("_hypothesis_pytestplugin")
    if plugin and idle and not session.config.getoption("hypothesis_show_statistics"):
        session.config.pluginmanager.unregister(plugin)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Under xdist all items of a scenario go to one worker: each is compiled and traced once."""
    if config.getvalue("dist") != "load":
        return None
    from crossgrad.comparisons.suite.scheduling import ScenarioScheduling  # noqa: PLC0415 - needs xdist

    return ScenarioScheduling(config, log)


# ------------------------------------------------------------------ the shared fixture layer
@pytest.fixture(scope="session")
def backend(backend_name: str) -> Backend:
    return load_backend(backend_name)


@pytest.fixture(scope="session")
def dtypes(pytestconfig: pytest.Config) -> tuple[str, ...]:
    return chosen(pytestconfig).dtypes


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    return pytestconfig.getoption("seed") or 0


@pytest.fixture(scope="session")
def domains(pytestconfig: pytest.Config, backend_name: str) -> tuple[Domain, ...]:
    """What the backend supports of what the options ask for."""
    choice = chosen(pytestconfig)
    return in_common((choice.domain,), supported(backend_name, choice))


@pytest.fixture(scope="session")
def backends(pytestconfig: pytest.Config, scenario: Scenario) -> list[Backend]:
    return [load_backend(name) for name in pytestconfig.stash[SURVEY][scenario]]


@pytest.fixture
def verify(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Judge a scenario with one backend, or the agreement of several; a failure is a text."""
    recording = request.config.stash[RECORDING]
    counting = any(request.config.getoption(name) for name in COUNTED)

    def verify(scenario: Scenario, backends: list[Backend]) -> None:
        verification = Verification(recording=recording.wanted, counting=counting)
        request.node.stash[VERIFICATION] = verification
        names = [backend.name for backend in backends]
        command = reproduction(names, str(scenario))
        outcome = verification.run(scenario, backends)
        changes = recording.changes_of(scenario, names[0], verification)
        request.node.stash[CHANGES] = changes
        failing = recording.failing(changes)
        request.node.user_properties += properties(verification.rows, failing)
        if outcome == "fail":
            telling = telling_of(request.config, backends[0])
            pytest.fail(failure_text(verification.rows, command, changes, telling), pytrace=False)
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
        report.crossgrad = {  # type: ignore[attr-defined]
            "scenario": scope_of(item),
            "rows": [row.as_dict() for row in verification.rows],
            "seconds": verification.seconds,
            "unsteady": verification.unsteady,
            "backend": params_of(item).get("backend_name", ""),
            "notes": verification.notes,
            "records": [record.as_dict() for record in verification.records],
            "changes": [change.as_dict() for change in item.stash.get(CHANGES, [])],
        }
    return report
