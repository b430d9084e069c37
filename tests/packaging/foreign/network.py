"""Their network, by hand."""

import numpy as np


def gradients(problem):
    if set(problem.activations) != {"sigmoid"} or problem.cost != "quadratic":
        raise NotImplementedError
    a, dW, db = [problem.x], [], []
    with np.errstate(over="ignore"):
        for W, b in zip(problem.W, problem.b, strict=True):
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
    delta = (a[-1] - problem.y) / problem.y.shape[1] * a[-1] * (1 - a[-1])
    for l in reversed(range(len(problem.W))):
        dW.insert(0, delta @ a[l].T)
        db.insert(0, delta.sum(axis=1, keepdims=True))
        delta = problem.W[l].T @ delta * a[l] * (1 - a[l])
    return {"dW": dW, "db": db}


def half(problem):
    """Each gradient is half of what it is to be."""
    right = gradients(problem)
    return {name: [value / 2 for value in values] for name, values in right.items()}
