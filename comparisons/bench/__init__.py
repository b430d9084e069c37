"""How fast all of it is, as ratios from one run on one machine: a benchmark, never a test."""
