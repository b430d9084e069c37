"""What a run found, recorded to the last bit, and what has changed since."""
