"""The verdict: which equation fails, at which layer and entry, and why most likely."""
