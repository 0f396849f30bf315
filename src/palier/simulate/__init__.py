"""Physics: recordings made from a seed, with their ground truth."""

from palier.simulate.acquisition import LAYERS, acquire, one_over_f
from palier.simulate.dataset import JournalSource, RollingSource, estimate, source_of
from palier.simulate.journal import JournalRecord, simulate_journal
from palier.simulate.noise import (
    NOISE_COLOURS,
    NoiseColour,
    coloured_noise,
    resonance_response,
)
from palier.simulate.operating import eccentricity_from_sommerfeld, operating_point, sommerfeld_from_eccentricity
from palier.simulate.population import (
    random_scenario,
)
from palier.simulate.rolling import (
    ROLLING_SCENARIO_FAULTS,
    RollingScenario,
    RollingTruth,
    simulate_rolling,
)
from palier.simulate.spec import DatasetSpec, spec_from

__all__ = [
    "LAYERS",
    "NOISE_COLOURS",
    "ROLLING_SCENARIO_FAULTS",
    "DatasetSpec",
    "JournalRecord",
    "JournalSource",
    "NoiseColour",
    "RollingScenario",
    "RollingSource",
    "RollingTruth",
    "acquire",
    "coloured_noise",
    "eccentricity_from_sommerfeld",
    "estimate",
    "one_over_f",
    "operating_point",
    "random_scenario",
    "resonance_response",
    "simulate_journal",
    "simulate_rolling",
    "sommerfeld_from_eccentricity",
    "source_of",
    "spec_from",
]
