"""What is asked: scenarios by id, random networks, regimes; problems and traces."""
