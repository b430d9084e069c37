"""Numbers: formats, pairs of 78 bits, sums as data, bounds, ulps, balls."""
