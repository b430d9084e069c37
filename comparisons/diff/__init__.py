"""The same scenarios under two settings, or of two files: what changes, by how much."""
