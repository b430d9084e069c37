"""What came after the newest generation: the entries of releases, and what is open.

Its networks come behind those of the generation, entry by entry, so that what was drawn before is
drawn as before.
"""

from itertools import product

from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.generations import ADDED, GENERATIONS, NEWEST, Added


def unreleased() -> Added:
    """Whatever there is that neither the newest generation nor an entry names."""
    first = GENERATIONS[NEWEST]
    named = {*first.activations, *first.costs}.union(*(sum(entry, ()) for entry in ADDED))
    return Added(
        tuple(name for name in ACTIVATIONS if name not in named),
        tuple(name for name in COSTS if name not in named),
    )


#: The entries, and what is open, if there is any.
ADDITIONS = tuple(entry for entry in (*ADDED, unreleased()) if any(entry))


def named(what: str) -> tuple[str, ...]:
    """All activations, or costs: those of the newest generation first, as it has them."""
    return tuple(
        name for entry in (GENERATIONS[NEWEST], *ADDITIONS) for name in getattr(entry, what)
    )


def pairs() -> tuple[tuple[str, str], ...]:
    """All outputs with all costs that have them: those of the newest generation first."""
    every = product(named("costs"), named("activations"))
    allowed = ((output, cost) for cost, output in every if (COSTS[cost].last or output) == output)
    return tuple(dict.fromkeys((*GENERATIONS[NEWEST].outputs, *allowed)))
