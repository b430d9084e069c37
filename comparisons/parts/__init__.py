"""What networks are made of: one file an activation, with everything that anybody asks of it."""
