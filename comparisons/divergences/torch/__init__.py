"""PyTorch's divergences: of activations, and of costs."""

from functools import partial

from crossgrad.comparisons.divergences.entry import Divergence

divergence = partial(Divergence, backend="torch", seen=("2.6.0", "2.13.0", "2.14.1"))


def slope(z: str, a: str, right: str, digits: int = 2) -> str:
    """A reproduction: ∂a/∂z of one number."""
    return f"""
import torch
z = torch.tensor({z}, requires_grad=True)
{a}.backward()
print(f"{{z.grad:.{digits}g}}", "{right}")
"""
