"""The divergences of HIPS autograd, whose backend writes relu otherwise."""

from functools import partial

from crossgrad.comparisons.divergences.entry import BP, Divergence
from crossgrad.comparisons.divergences.parts import at_zero

divergence = partial(Divergence, backend="autograd", dtypes=("float64", "float32"), seen=("1.9.1",))

DIVERGENCES = (
    divergence(
        name="autograd-logsumexp",
        subject="softmax_cross_entropy",
        checks=("cost", "BP1"),
        place="logits that are far from 0",
        at=998.7,
        reason="p is exp(a - logsumexp(a)): what is subtracted is rounded to the size of the"
        " logits, not to that of their differences",
        reproduction="""
import autograd.numpy as np
from autograd import grad
from autograd.scipy.special import logsumexp
given = grad(logsumexp)(np.array([1000.0, 998.7], "float64"))
print(f"{given[1]:.14g}", "0.21416501695745")
""",
    ),
    divergence(
        name="autograd-maximum-kink",
        subject="relu",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        reason="of two equal arguments of maximum each has half of the derivative",
        reproduction="""
import autograd.numpy as np
from autograd import grad
print(f"{grad(lambda z: np.maximum(z, 0.0))(0.0):.2g}", "0")
""",
    ),
)
