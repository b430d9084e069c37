"""``crossgrad explain``: every number of one network, beside its equation."""
