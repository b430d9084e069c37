"""What a program answers to a scenario, and what the judge says of it as of somebody's own."""

import numpy as np

from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.own import ask
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces


def asked(scenario, program):
    """All draws as a stack, and the answers to them."""
    problems = scenario.problems()
    traces = [ask("mine", program, problem) for problem in problems]
    return stack_problems(problems), stack_traces(traces)


def judged(scenario, problem, trace):
    return judge(scenario, facts_of("mine.py:gradients"), problem, trace)


def stored(answer, dtype):
    """Each number in the format of the problem, of a program that computes bfloat16 in float32."""
    return {
        name: [None if a is None else a.astype(dtype) for a in told]
        if isinstance(told, list)
        else np.asarray(told).astype(dtype)
        for name, told in answer.items()
    }
