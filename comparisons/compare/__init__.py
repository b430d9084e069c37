"""What changes between two baselines or two settings, and from release to release of several."""
