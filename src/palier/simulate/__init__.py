"""Physics: recordings made from a seed, with their ground truth."""
