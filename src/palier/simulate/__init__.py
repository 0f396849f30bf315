"""Physics: recordings made from a seed, with their ground truth."""

from palier.simulate.noise import (
    NOISE_COLOURS,
    NoiseColour,
    coloured_noise,
    resonance_response,
)
from palier.simulate.population import (
    random_scenario,
)
from palier.simulate.rolling import (
    ROLLING_SCENARIO_FAULTS,
    RollingScenario,
    RollingTruth,
    simulate_rolling,
)

__all__ = [
    "NOISE_COLOURS",
    "ROLLING_SCENARIO_FAULTS",
    "NoiseColour",
    "RollingScenario",
    "RollingTruth",
    "coloured_noise",
    "random_scenario",
    "resonance_response",
    "simulate_rolling",
]
