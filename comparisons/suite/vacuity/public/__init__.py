"""Gradient tests as they are published and taught, put before ``crossgrad.vacuity``.

``python -m crossgrad.comparisons.suite.vacuity.public`` prints what each of them lets through: the
table of docs/vacuity.md.
"""
