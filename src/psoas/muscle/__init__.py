"""Muscle: the law of one fibre, and how many muscles share one load. Arrays in, arrays out; NumPy only."""
