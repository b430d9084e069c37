"""The divergences of HIPS autograd and of scikit-learn."""

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed_in_others import (
    clipped,
    per_output,
    times_outputs,
)
from crossgrad.comparisons.rounding import FORMATS

#: Of a cost, in a format: the scenario that shows it, and the reproduction.
CLIPPED = {
    ("sigmoid_cross_entropy", "float64"): (
        "3x4x1-relu,identity-sigmoid_cross_entropy-float64-m8-s4",
        """
from sklearn.neural_network._base import binary_log_loss
import numpy as np
print(f"{binary_log_loss(np.ones((1, 1)), np.full((1, 1), 1e-50, 'float64')):.3g}", "115")
""",
    ),
    ("sigmoid_cross_entropy", "float32"): (
        "3x4x1-relu,identity-sigmoid_cross_entropy-float32-m8-s4",
        """
from sklearn.neural_network._base import binary_log_loss
import numpy as np
print(f"{binary_log_loss(np.ones((1, 1)), np.full((1, 1), 1e-30, 'float32')):.3g}", "69.1")
""",
    ),
    ("softmax_cross_entropy", "float64"): (
        "4x3-identity-softmax_cross_entropy-float64-m7-s3",
        """
from sklearn.neural_network._base import log_loss
import numpy as np
print(f"{log_loss(np.array([[1, 0]]), np.array([[1e-50, 1]], 'float64')):.3g}", "115")
""",
    ),
    ("softmax_cross_entropy", "float32"): (
        "4x3-identity-softmax_cross_entropy-float32-m7-s3",
        """
from sklearn.neural_network._base import log_loss
import numpy as np
print(f"{log_loss(np.array([[1, 0]]), np.array([[1e-30, 1]], 'float32')):.3g}", "69.1")
""",
    ),
}


def clip(cost: str, dtype: str) -> Divergence:
    """The loss of a probability that is clipped, to what its format has."""
    scenario, reproduction = CLIPPED[cost, dtype]
    return Divergence(
        name=f"sklearn-{cost.partition('_')[0]}-clip-{dtype}",
        backend="sklearn",
        subject=cost,
        checks=("cost",),
        dtypes=(dtype,),
        place="the likely class has a probability near 0, or near 1",
        part=clipped(cost, FORMATS[dtype]),
        reason="probabilities are clipped to [ε, 1 - ε], ε = 2u, before their logarithm is taken",
        scenario=scenario,
        reproduction=reproduction,
        seen=("1.9.1",),
    )


MET_IN_OTHERS = (
    Divergence(
        name="sklearn-mse-outputs",
        backend="sklearn",
        subject="mse",
        checks=("BP1",),
        dtypes=("float64", "float32"),
        place="any outputs, if there are several",
        at=3.0,
        part=per_output(),
        deviation=times_outputs,
        reason="the gradient is that of a sum over the outputs, where the loss has their mean",
        link="https://github.com/scikit-learn/scikit-learn/issues/8349",
        scenario="2x3-identity-mse-float64-m4-s1",
        reproduction="""
from sklearn.neural_network import MLPRegressor
net = MLPRegressor(hidden_layer_sizes=(), solver="sgd", learning_rate_init=1, momentum=0, alpha=0)
net.partial_fit([[0.0]], y := [[3.0, 3.0, 3.0]]).intercepts_[0][:] = 0
net.partial_fit([[0.0]], y)  # a step along the gradient, from 0
print(f"{net.intercepts_[0][0]:.2g}", "1")
""",
        seen=("1.9.1",),
    ),
    *(clip(*which) for which in CLIPPED),
)
#: One is within what any textbook formula may do; of the other, its backend writes relu otherwise.
REFUSED_IN_OTHERS = (
    Divergence(
        name="autograd-logsumexp",
        backend="autograd",
        subject="softmax_cross_entropy",
        checks=("cost", "BP1"),
        dtypes=("float64", "float32"),
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
        seen=("1.9.1",),
    ),
    Divergence(
        name="autograd-maximum-kink",
        backend="autograd",
        subject="relu",
        checks=("BP1", "BP2"),
        dtypes=("float64", "float32"),
        where=lambda z: z == 0,
        place="z = 0",
        at=0.0,
        reason="of two equal arguments of maximum each has half of the derivative",
        reproduction="""
import autograd.numpy as np
from autograd import grad
print(f"{grad(lambda z: np.maximum(z, 0.0))(0.0):.2g}", "0")
""",
        seen=("1.9.1",),
    ),
)
