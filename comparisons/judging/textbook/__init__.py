"""Textbook mistakes in whole programs: each is planted, and the one that explains all is told.

Gradients alone are enough, as beginners report them: no equation has to be judged where it happens.
This only words a failure, it never decides one. Importing it fills the list of mistakes.
"""

from crossgrad.comparisons.judging.textbook import backward, forward, of_parameters, of_problem
from crossgrad.comparisons.judging.textbook.planted import MISTAKES
from crossgrad.comparisons.judging.textbook.rows import told_once
from crossgrad.comparisons.judging.textbook.whole import Whole, whole_cause

__all__ = [
    "MISTAKES",
    "Whole",
    "backward",
    "forward",
    "of_parameters",
    "of_problem",
    "told_once",
    "whole_cause",
]
