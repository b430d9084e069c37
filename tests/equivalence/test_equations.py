"""Each backend keeps the seven equations, entry by entry, on randomized architectures."""


def test_equations(scenario, backend, verify):
    """z, a, cost, BP1, BP2, BP3, BP4, each from the backend's own upstream values."""
    verify(scenario, [backend])
