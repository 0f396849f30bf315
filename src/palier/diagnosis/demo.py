"""The main job on a simulated bearing."""

from pathlib import Path

import numpy as np

from palier.core.catalogue import find_bearing
from palier.diagnosis.report import write_report
from palier.diagnosis.result import Diagnosis
from palier.diagnosis.rolling import diagnose_rolling
from palier.simulate.rolling import RollingScenario, simulate_rolling

__all__ = ["diagnose_simulated"]


def diagnose_simulated(fault: str, *, seed: int, report: Path) -> Diagnosis:
    """Simulate a 6205 with this fault at 1500 rpm, diagnose it, and write its report."""
    bearing = find_bearing("6205")
    scenario = RollingScenario(bearing, fault=fault, speed_hz=25.0, gear_mesh=(28, 0.5), mains_hz=50.0)
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    diagnosis, plots = diagnose_rolling(recording, bearing=bearing)
    write_report(report, diagnosis, plots)
    return diagnosis
