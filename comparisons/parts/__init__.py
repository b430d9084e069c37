"""What networks are made of: activations, costs and layers, one file each."""
