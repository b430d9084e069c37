"""``crossgrad train``: gradient descent by each backend, every step checked where it is made."""
