"""On a GPU: torch and JAX are right there, and TF32 is flagged. Skipped where there is none."""

import pytest
from suite import lines_with, run

from crossgrad.comparisons.backends.requirements import gpu

pytestmark = pytest.mark.skipif(bool(gpu()), reason=gpu() or "there is one")


def test_frameworks_are_right_on_a_gpu():
    """With TF32 off, in both formats; NumPy stays on the CPU."""
    code, output = run("--device", "cuda", "--architectures", 3)
    assert code == pytest.ExitCode.OK, output


def test_tf32_is_flagged_on_a_gpu():
    """Where products are first taken, at z; in float32, as which they are given out."""
    network = "16x16x16-tanh,tanh-mse-float32-m8-s1"
    code, output = run("--device", "cuda", "--backend", "torch.tf32", "--scenario", network)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "torch.tf32 fails z at layer 1")
