"""The truth in ball arithmetic; needs python-flint, which only the atlas and the tests ask for."""
