"""The verdict: which equation fails, at which layer and entry, and what is the most likely cause."""
