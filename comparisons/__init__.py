"""The judge: scenarios, backends, the bound of each equation, verdicts and reports.

The data goes one way: architecture → problem → backend → trace → equation → verdict → report.
"""

#: Each room imports only those before it. What each holds stands in its ``__init__``.
ROOMS = (
    "machine",
    "arithmetic",
    "parts",
    "problems",
    "equations",
    "divergences",
    "backends",
    "judging",
    "records",
    "reports",
    "suite",
    "commands",
)

if __name__ != "crossgrad.comparisons":
    raise ImportError(f"{__path__[0]} is crossgrad's: import crossgrad.comparisons")
