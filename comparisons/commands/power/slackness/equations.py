"""The other checks: costs and ∇ₐC by the binade of what they are of, sums by that of their length.

Each is judged in a network that is made for it, with all that can be had: the reference, torch,
JAX, and programs of ``variants``.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, Format
from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.commands.atlas.arguments import limits, types
from crossgrad.comparisons.commands.atlas.errors import ulp
from crossgrad.comparisons.commands.power.slackness.binades import Binade, Classes
from crossgrad.comparisons.commands.power.slackness.functions import (
    Line,
    bound_classes,
    residual_classes,
)
from crossgrad.comparisons.commands.power.slackness.reasons import LOW, Facts, reason
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, stack_problems
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import raw_bits, uniform

MODES = ("numpy", "torch", "jax")
PROGRAMS = ("textbook", "reversed_sums", "higher_precision")
#: Binades that are all asked; beyond, one in so many.
ALL, EVERY = 32, 32
#: Sums of up to 2 to this many terms.
LONGEST = 8
OUTPUTS, BATCH, DRAWS = 4, 2, 3
SUMS = ("z", "BP2", "BP3", "BP4")


@cache
def loaded(name: str) -> Backend:
    return load_backend(name)


def programs(fmt: Format) -> list[str]:
    """The names of those that compute in a format."""
    variants = [f"crossgrad.comparisons.backends.variants:{name}" for name in PROGRAMS]
    return [*MODES, *(variants if fmt.name in FORMATS else [])]


# ------------------------------------------------------------------ networks
def of_cost(cost: str, fmt: Format) -> dict[Binade, list[Problem]]:
    """One layer whose z are numbers of a binade: some positive, some negative."""
    layers = Architecture((1, OUTPUTS), (COSTS[cost].last or "identity",), cost)
    exponents = range(int(limits(fmt).minexp), int(limits(fmt).maxexp))
    return {
        (1, e): [cost_problem(layers, fmt, e, draw) for draw in range(DRAWS)]
        for e in exponents
        if abs(e) <= ALL or e % EVERY == 0
    }


def cost_problem(layers: Architecture, fmt: Format, exponent: int, draw: int) -> Problem:
    """z of one output in every sample; the targets as the cost has them, certain and not."""
    number = types(fmt)[0]
    bits = raw_bits((OUTPUTS, BATCH + 1), 5, exponent + 2000, draw)
    size = 1 + (bits[:, :1] % 8).astype(float) / 8
    signs = np.where(bits[:, :1] >> np.uint64(63), -1.0, 1.0)
    W = np.ldexp(signs * size, exponent).astype(number)
    y = (bits[:, 1:] % 5).astype(float) / 4
    targets = COSTS[layers.cost].targets
    if not targets.are(y):
        y = np.eye(OUTPUTS)[:, bits[0, 1:] % OUTPUTS]
    if not targets.are(y):
        y = targets.usual("float64", bits[:, 1:])
    b, x = np.zeros((OUTPUTS, 1), number), np.ones((1, BATCH), number)
    return Problem(
        layers, fmt.name, (W,), (b,), x, y.astype(number if y.dtype.kind == "f" else "i8")
    )


def of_sums(_name: str, fmt: Format) -> dict[Binade, list[Problem]]:
    """Every sum has n terms: nearly equal ones, whose partial sums round alike, and any."""
    found = {}
    for e in range(LONGEST + 1):
        n, number = 2**e, types(fmt)[0]
        layers = Architecture((n, 2, n), ("identity", "identity"), "quadratic")
        shapes = ((2, n), (n, 2), (2, 1), (n, 1), (n, n), (n, n))
        random = [uniform(raw_bits(s, 6, e, i), "float64") for i, s in enumerate(shapes)]
        kinds = [0.1 + random_part / 64 for random_part in random], random
        found[1, e] = [
            Problem(layers, fmt.name, tuple(p[:2]), tuple(p[2:4]), p[4], -p[5])
            for p in ([(part / n).astype(number) for part in kind] for kind in kinds)
        ]
    return found


#: The networks and checks of sums, and of costs.
KINDS = (of_sums, SUMS), (of_cost, ("cost", "BP1"))


# ------------------------------------------------------------------ measuring
def lines(names: list[str] | None = None) -> Iterator[Line]:
    """Of all costs, then of the sums, in all formats; by some programs, or by all."""
    for fmt in ALL_FORMATS.values():
        asked = programs(fmt) if names is None else names
        for name in (*COSTS, "sums"):
            networks, checks = KINDS[name in COSTS]
            yield from measured(name, checks, networks(name, fmt), fmt, asked)


class Found(NamedTuple):
    """Of a check in a binade: the entry nearest to its bound, and the widest bound, in u."""

    nearest: Facts
    widest: float


def measured(
    name: str,
    checks: tuple[str, ...],
    networks: dict[Binade, list[Problem]],
    fmt: Format,
    asked: list[str],
    *,
    why: bool = True,
) -> Iterator[Line]:
    """A line a check; with reasons only if everybody is asked."""
    found = {
        short(program): {b: found_in(name, program, p, fmt) for b, p in networks.items()}
        for program in asked
    }
    for check in checks:
        by_program = {
            program: {b: of[check] for b, of in binades.items() if check in of}
            for program, binades in found.items()
        }
        asked_of = {program: binades for program, binades in by_program.items() if binades}
        yield line(name, check, fmt, asked_of, why=why)


def line(
    name: str, check: str, fmt: Format, by_program: dict[str, dict[Binade, Found]], *, why: bool
) -> Line:
    bounds: dict[Binade, float] = {}
    best: dict[Binade, Facts] = {}
    for binades in by_program.values():
        for b, found in binades.items():
            bounds[b] = max(bounds.get(b, 0.0), found.widest)
            best[b] = max(best.get(b, found.nearest), found.nearest, key=lambda of: of.residual)
    residuals = {
        program: residual_classes({b: found.nearest.residual for b, found in binades.items()})
        for program, binades in by_program.items()
    }
    ends = {b: float(np.ldexp(1.0, b[1] + 1)) for b in best}
    low = {b: f._replace(size=ends[b]) for b, f in best.items() if f.residual < LOW}
    reasons: Classes = {b: reason(facts) for b, facts in low.items()} if why else {}
    return Line(name, check, fmt.name, bound_classes(bounds), residuals, reasons)


def short(program: str) -> str:
    return program.replace("crossgrad.comparisons.backends.variants:", "variants, ")


def found_in(name: str, program: str, problems: list[Problem], fmt: Format) -> dict[str, Found]:
    """What a program's answers come to, by check; nothing where it has none, or has overflowed."""
    with np.errstate(all="ignore"):
        try:
            traces = loaded(program).traces(problems)
        except NotSupportedError:
            return {}
        checks = local_checks(stack_problems(problems), traces)
        given = [(c.check, found) for c in checks if (found := entries_of(name, c, fmt))]
    return {check: together([f for c, f in given if c == check]) for check, _ in given}


def together(found: list[Found]) -> Found:
    nearest = max((one.nearest for one in found), key=lambda of: of.residual)
    return Found(nearest, max(one.widest for one in found))


def entries_of(name: str, comparison: Comparison, fmt: Format) -> Found | None:
    """Of the entries that are finite and within their bounds, if there are any."""
    size = np.maximum(np.abs(comparison.expected), fmt.omega)
    counts = (comparison.residual <= 1) & np.isfinite(comparison.bound / size)
    if not counts.any():
        return None
    worst = np.argmax(np.where(counts, comparison.residual, -1.0))
    residual, error, bound, value = (
        float(part.ravel()[worst])
        for part in (comparison.residual, comparison.error, comparison.bound, size)
    )
    ulps = error / float(ulp(np.array(value), fmt))
    in_u = np.where(counts, comparison.bound / size / fmt.u, 0.0)
    place = (name, comparison.check)
    over = bound / value, bound / fmt.omega, bound / value / fmt.u, bound / fmt.u
    return Found(Facts(place, residual, ulps, *over), float(in_u.max()))
