"""Trials: a model trained, exported, calibrated and judged in one go."""
