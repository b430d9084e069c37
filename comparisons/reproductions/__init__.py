"""``crossgrad divergences``: what is known to diverge, and whether it still does."""
