"""The judge: scenarios, backends, the bound of each equation, verdicts and reports.

The data goes one way: architecture → problem → backend → trace → equation → verdict → report.
"""

if __name__ != "crossgrad.comparisons":
    raise ImportError("import crossgrad.comparisons: by another name it is a second copy")
