"""The judge: scenarios, backends, the bound of each equation, verdicts and reports.

The data goes one way: architecture → problem → backend → trace → equation → verdict → report.
"""
