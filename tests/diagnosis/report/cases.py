"""Real diagnoses of simulated recordings, one of each kind a report can be about."""

from dataclasses import replace
from functools import cache

import numpy as np

from palier.core.catalogue import find_bearing
from palier.core.recording import Recording
from palier.diagnosis.report import render_html
from palier.diagnosis.result import Diagnosis, PlotData
from palier.diagnosis.rolling import DiagnosisSettings, diagnose_rolling
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")

KINDS = (
    "outer_race", "inner_race", "rolling_element", "cage", "healthy", "type_unclear", "not_enough_data", "zone",
)  # fmt: skip


def recorded(fault: str = "outer_race", *, duration_s: float = 3.0, seed: int = 0, **scenario: object) -> Recording:
    s = RollingScenario(BEARING, fault=fault, duration_s=duration_s, impact_snr_db=-3.0, **scenario)  # type: ignore[arg-type]
    return simulate_rolling(s, rng=np.random.default_rng(seed))[0]


@cache
def diagnosed(kind: str) -> tuple[Diagnosis, PlotData]:
    if kind == "not_enough_data":
        return diagnose_rolling(recorded(duration_s=0.2), bearing=BEARING)
    if kind == "type_unclear":
        one = recorded("outer_race", duration_s=5.0)
        both = one.samples + np.float32(1.5) * recorded("inner_race", duration_s=5.0, seed=1).samples
        return diagnose_rolling(replace(one, samples=both), bearing=BEARING)
    if kind == "zone":
        return diagnose_rolling(
            recorded(shaft_amplitudes=(1.0, 0.3, 0.1)),
            bearing=BEARING,
            settings=DiagnosisSettings(machine_group="1", support="rigid"),
            baseline=recorded("healthy", seed=3, shaft_amplitudes=(0.1, 0.1, 0.1)),
        )
    return diagnose_rolling(recorded(kind), bearing=BEARING)


@cache
def rendered(kind: str) -> str:
    return render_html(*diagnosed(kind))


def measured(diagnosis: Diagnosis, *, source: str = "motor.csv", channel: str = "x") -> Diagnosis:
    """Return the diagnosis as if the recording had come from a file of this name."""
    recording = replace(diagnosis.recording, source=source, channel=channel, channels=(channel, "other"))
    return replace(diagnosis, recording=recording)
