"""Who is asked what in a run: each backend at least as many scenarios of its kind as any other."""

from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import MODES, load_backend
from crossgrad.comparisons.judging.probe import domains_of_backend
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.domain import EVERYTHING, Domain, in_common
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.coverage import Survey, taken_so

#: What whoever refuses nothing supports.
ALL = (EVERYTHING,)


class FoundOut(NamedTuple):
    """What a backend supports: domains, and formats; what was taken as what, in words."""

    domains: tuple[Domain, ...]
    formats: tuple[str, ...] = tuple(ALL_FORMATS)
    notes: tuple[str, ...] = ()


def survey(choice: Choice, backends: Iterable[str]) -> Survey:
    """What the options choose, of what each supports; raises ``ValueError`` with one line.

    What is drawn for a backend that supports less than everything is asked of all that can do it,
    so that they can be compared.
    """
    named = bool(choice.scenario)
    domains = {n: ALL if named else supported(n, choice) for n in backends}
    own = {
        name: scenarios_of(choice, name, those, formats_of(name, choice))
        for name, those in domains.items()
    }
    restricted = set(chain.from_iterable(own[n] for n, d in domains.items() if d != ALL))
    restricted.difference_update(choice.scenarios() if restricted else ())
    asked: dict[Scenario, tuple[str, ...]] = dict.fromkeys(chain.from_iterable(own.values()), ())
    for scenario in asked:
        asked[scenario] = tuple(
            name
            for name, those in domains.items()
            if scenario in own[name] or (scenario in restricted and admitted(scenario, those))
        )
    return asked


def recorded(asked: Iterable[tuple[str, str]], backends: Iterable[str]) -> Survey:
    """What a baseline has, scenario by scenario; of backends that it does not have, everything."""
    found: dict[str, set[str]] = {}
    for scenario, name in asked:
        found.setdefault(scenario, set()).add(name)
    names = set().union(*found.values())
    return {
        Scenario.parse(scenario): tuple(n for n in backends if n in answered or n not in names)
        for scenario, answered in found.items()
    }


def supported(name: str, choice: Choice) -> tuple[Domain, ...]:
    """By a backend, of what is chosen and beyond: everything, or one domain or several."""
    return found_out(name, choice.dtypes, choice.domain).domains


def formats_of(name: str, choice: Choice) -> tuple[str, ...]:
    """Those in which a backend answers; of named scenarios all, for it says so itself."""
    if choice.scenario:
        return tuple(ALL_FORMATS)
    return found_out(name, choice.dtypes, choice.domain).formats


def notes(name: str, choice: Choice) -> list[str]:
    """A line on what was taken as what, of somebody's own."""
    if name in MODES or choice.scenario:  # whose answers, and what is to be said, are of workers
        return []
    return taken_so(name, found_out(name, choice.dtypes, choice.domain).notes)


@cache
def found_out(name: str, dtypes: tuple[str, ...], wanted: Domain) -> FoundOut:
    """By asking; of the registry's modes only those are imported that have to be asked."""
    if name in MODES and not MODES[name].restricted:
        return FoundOut(ALL)
    backend = load_backend(name)
    try:
        domains = domains_of_backend(backend, dtypes, wanted)
    except ValueError as error:
        raise ValueError(f"backend {name}: {error}") from None
    return FoundOut(domains, backend.formats, tuple(backend.notes))


def scenarios_of(
    choice: Choice,
    name: str,
    domains: tuple[Domain, ...],
    formats: tuple[str, ...] = tuple(ALL_FORMATS),
) -> dict[Scenario, None]:
    """Of one backend: as many of each of its domains as others are asked of all."""
    choice = in_formats(choice, name, formats)
    compiles = name in MODES and MODES[name].compiles
    try:
        own = in_common((choice.domain,), domains)
        asked = (choice.scenarios(domain, compiles=compiles) for domain in own)
        return dict.fromkeys(chain.from_iterable(asked))
    except ValueError as error:
        told = f"backend {name}: {error}" if domains != ALL else str(error)
        raise ValueError(told) from None


def in_formats(choice: Choice, name: str, formats: tuple[str, ...]) -> Choice:
    """Those of the formats that are chosen in which a backend answers; raises ``ValueError``."""
    others = {*ALL_FORMATS}.difference(formats)
    wanted = [dtype for dtype in choice.dtypes if dtype not in others]
    if choice.scenario or len(wanted) == len(choice.dtypes):
        return choice
    if not wanted:
        told = f"{', '.join(formats)} alone, not in {', '.join(choice.dtypes)}"
        raise ValueError(f"backend {name}: it answers in {told}")
    return choice._replace(dtype=wanted)


def admitted(scenario: Scenario, domains: tuple[Domain, ...]) -> bool:
    """Whether it is one of a domain's."""
    net = scenario.architecture, scenario.batch, scenario.labels
    return any(domain.admits(*net) for domain in domains)
