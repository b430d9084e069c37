"""``torch.compile``: forward and backward as inductor's C++, one compilation an architecture.

Taps are inputs that ask for gradients, z and a are outputs: so all that is judged comes out of
what was compiled, and nothing is computed twice.
"""

from functools import cache

import torch

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.backends.torch_autograd import array
from crossgrad.comparisons.backends.torch_deprecations import without_deprecations
from crossgrad.comparisons.backends.torch_functional import receive
from crossgrad.comparisons.backends.torch_network import Forward, arrays, network
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture

#: All are kept at one piece of code, of which torch refuses to compile more than 8.
KEPT = 4


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """Forward as compiled; autograd goes back through what was compiled with it."""
    W, b, alpha, taps, x, y = receive(problem)
    own = [given for each in alpha for given in each]
    wanted = [given.requires_grad_() for given in (*W, *b, *taps, *own)]
    with without_deprecations():
        cost, (z, a) = compiled(problem)(W, b, alpha, taps, x, y)
        gradients = arrays(torch.autograd.grad(cost, wanted))
    depth = len(W)
    dalpha = iter(gradients[3 * depth :])
    return Trace(
        dW=gradients[:depth],
        db=gradients[depth : 2 * depth],
        cost=array(cost),
        z=arrays(z),
        a=arrays(a),
        delta=gradients[2 * depth : 3 * depth],
        others={("dalpha", l): next(dalpha) for l, each in enumerate(alpha, 1) for _ in each},
    )


def release() -> None:
    """Whatever was compiled is dropped."""
    compilation.cache_clear()
    torch.compiler.reset()


def compiled(problem: Problem) -> Forward:
    """The forward pass of a problem's form; before there are too many, all are dropped."""
    if compilation.cache_info().currsize >= KEPT:
        release()
    return compilation(problem.architecture, problem.dtype, problem.batch)


@cache
def compilation(architecture: Architecture, dtype: str, _batch: int) -> Forward:
    """To be compiled when it is called, for the shapes and format that it is called with.

    Whatever cannot be compiled as a whole is an error: it would be computed eagerly. In 16 bits
    inductor would go on with numbers that are not yet rounded to what is reported of them, as with
    a in ∇ₐC = a - y, which may have no digit in common then: it is told to round where eager does.
    """
    return torch.compile(
        network(architecture),
        fullgraph=True,
        dynamic=False,
        options={"emulate_precision_casts": dtype in SIXTEEN},
    )
