"""The final gradients of the backends agree within the sum of their end-to-end bounds."""


def test_agreement(scenario, backends, verify):
    """Pairwise ∂C/∂W and ∂C/∂b."""
    verify(scenario, backends)
