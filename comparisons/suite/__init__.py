"""The suite under pytest: its options, what a run asks, its fixtures."""
