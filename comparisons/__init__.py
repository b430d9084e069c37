"""The judge: scenarios, backends, the bound of each equation, verdicts and reports.

The data goes one way: architecture → problem → backend → trace → equation → verdict → report.
"""

if __name__ != "crossgrad.comparisons":
    raise ImportError(f"{__path__[0]} is crossgrad's: import crossgrad.comparisons")
