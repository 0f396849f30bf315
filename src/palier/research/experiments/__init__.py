"""Experiments: each one readable function that runs trials and returns rows."""
