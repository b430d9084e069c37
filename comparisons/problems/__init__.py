"""What is asked: scenarios by their ids, random networks, regimes, problems; and what is answered."""
