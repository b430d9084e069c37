"""Terms of the bounds that random campaigns found missing, each with the case that shows it."""

import pytest

from comparisons.environment import prepare

prepare()

from comparisons.backends import load_backend  # noqa: E402 - after the settings
from comparisons.scenario import Scenario  # noqa: E402
from comparisons.verification import Verification  # noqa: E402

FLUSHED = (
    "6x3x9x24x2x2x8x1x6-softsign,relu,tanh,mish,silu,elu,mish,identity"
    "-sigmoid_cross_entropy-float32-m1-s95205"
)
CASES = {
    "XLA fuses δ = v σ′ into the sum of BP3 and does not round it": (
        "jax",
        "29x31x1-log_sigmoid,log_sigmoid-quadratic-float64-m2-s885667",
    ),
    "a product flushed to zero is then multiplied by z: BP2 of softsign": (
        "jax",
        FLUSHED,
    ),
    "the cubic's constant is multiplied in before the flush, 3z² after it: BP2 of gelu_tanh": (
        "jax",
        "1x4x1-gelu_tanh,sigmoid-quadratic-float32-m32-s32",
    ),
    "(1 - y) a - log_sigmoid(a) cancels for negative a: cost": (
        "torch",
        "3x2x1-tanh,identity-sigmoid_cross_entropy-float32-m2-s16",
    ),
}


@pytest.mark.parametrize(("backend", "network"), CASES.values(), ids=CASES)
def test_correct_framework_passes(backend, network):
    """Without the term it has a residual above 1."""
    verification = Verification()
    verification.judge(Scenario.parse(network), load_backend(backend))
    assert {row.status for row in verification.rows} <= {"pass", "divergence"}
