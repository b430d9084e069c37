"""The equations, written by hand: NumPy and the standard library only.

Arrays follow the equations literally, columns are samples:
``a[l]``, ``z[l]``, ``delta[l]``: ``(n_l, m)``; ``W[l]``: ``(n_l, n_{l-1})``; ``b[l]``:
``(n_l, 1)``. Leading axes, if any, run over a stack of networks of one architecture.
"""

if __name__ != "crossgrad.reference":
    raise ImportError(f"{__path__[0]} is crossgrad's: import crossgrad.reference")
