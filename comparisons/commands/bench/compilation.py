"""What it costs JAX to compile a program of exact shapes, and what it saves to have kept it.

Of each program the first calls are taken in turn. There is one option of XLA that compiles faster;
it gives other bits, so that the suite does without it. It is measured here all the same.
"""

from collections.abc import Callable

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.commands.bench.figures import Figure, Found, figure, ratio
from crossgrad.comparisons.commands.bench.jax_compilation import FirstCalls, first_calls
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.problems.first_networks import first_scenarios

#: Marks: of the seconds that JAX takes by default, cold, and where the program was kept.
COLD, AGAIN = 0.80, 0.25


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    """Over programs of random architectures, in a process of its own."""
    programs = []
    with processes(1) as pool:
        for scenario in first_scenarios(2 if quick else 15, 8, 0, tuple(FORMATS)):
            programs.append(pool.submit(first_calls, scenario).result())
            if not programs[-1].same:
                raise ValueError(f"{scenario}: a program that was kept gives other bits")
            advance()
    return Found(figures(programs))


def figures(programs: list[FirstCalls]) -> list[Figure]:
    """Ratios of each program, and how many have other bits by the option."""
    default = [one.default for one in programs]
    other = sum(not one.same_by_option for one in programs)
    option = f"without fusion emitters ÷ JAX's own; other bits in {other} of {len(programs)}"
    return [
        ratio("first call ÷ JAX's own, same bits", [p.kept for p in programs], default, most=COLD),
        ratio("where it was kept ÷ JAX's own", [p.again for p in programs], default, most=AGAIN),
        ratio(option, [p.option for p in programs], default),
        figure("JAX's own first call", default, "s"),
    ]
