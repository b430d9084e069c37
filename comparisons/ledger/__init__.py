"""What became of each equation from release to release, from the baselines of several of them."""
