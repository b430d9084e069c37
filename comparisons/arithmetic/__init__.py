"""Numbers: formats, pairs of 78 bits, sums as data, what is expected and its bound, ulps, balls."""
