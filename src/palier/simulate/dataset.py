"""Sources of simulated datasets: each record from its number alone, in any order and in any process."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Final

import numpy as np

from palier import __version__
from palier.core.catalogue import find_bearing
from palier.core.dataset import SEVERITY_RANGES, LabelledRecord
from palier.errors import ParameterError
from palier.simulate.journal import simulate_journal
from palier.simulate.rolling import RollingScenario, simulate_rolling
from palier.simulate.spec import DatasetSpec

__all__ = ["GENERATOR_VERSION", "Estimate", "JournalSource", "RollingSource", "estimate", "source_of"]

#: Changes whenever the same spec gives other samples.
GENERATOR_VERSION: Final = "1"

#: Bearings of simulated rolling machines, in turn.
ROLLING_BEARINGS: Final = ("6205", "6206", "6203", "6204")

#: Power of the impacts over that of the noise at severity 0 and 1, dB (engineering values).
IMPACT_SNR_DB: Final = (-15.0, 9.0)


@dataclass(frozen=True, slots=True)
class JournalSource:
    """Journal bearings; see `palier.simulate.simulate_journal`.

    Examples
    --------
    >>> source = JournalSource(DatasetSpec(records_per_class=4, duration_s=0.25))
    >>> source.record(8).label
    'imbalance'
    """

    spec: DatasetSpec

    def __post_init__(self) -> None:
        if self.spec.kind != "journal":
            raise ParameterError(f"kind: {self.spec.kind} came; a JournalSource needs journal")

    @property
    def description(self) -> Mapping[str, Any]:
        """Origin of the dataset."""
        return _description(self.spec, "Journal bearings by signatures of engineering amplitude")

    def __len__(self) -> int:
        return len(self.spec)

    def record(self, index: int) -> LabelledRecord:
        """Simulate one record."""
        made = simulate_journal(self.spec, index)
        return LabelledRecord(
            _name(self.spec, index),
            made.recording,
            label=made.label,
            kind="journal",
            severity=self.spec.level(index),
            severity_value=made.severity,
            bearing=f"machine-{self.spec.machine(index):06d}",
            rig="simulated",
            load=made.point.load_fraction,
            load_unit="of rated",
            temperature_c=made.point.oil_temperature_c,
            truth=made.truth,
        )


@dataclass(frozen=True, slots=True)
class RollingSource:
    """Rolling bearings; see `palier.simulate.simulate_rolling`. The acquisition chain of journal bearings is not used.

    Examples
    --------
    >>> source = RollingSource(DatasetSpec(kind="rolling", records_per_class=4, duration_s=0.25, speed_hz=30.0))
    >>> source.record(4).label
    'outer_race'
    """

    spec: DatasetSpec

    def __post_init__(self) -> None:
        if self.spec.kind != "rolling":
            raise ParameterError(f"kind: {self.spec.kind} came; a RollingSource needs rolling")

    @property
    def description(self) -> Mapping[str, Any]:
        """Origin of the dataset."""
        return _description(self.spec, "Rolling bearings by trains of impacts")

    def __len__(self) -> int:
        return len(self.spec)

    def record(self, index: int) -> LabelledRecord:
        """Simulate one record."""
        spec, label, level = self.spec, self.spec.label(index), self.spec.level(index)
        rng = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(index,)))
        machine = spec.machine(index)
        own = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(len(spec) + machine, 1)))
        name = ROLLING_BEARINGS[machine % len(ROLLING_BEARINGS)]
        severity = 0.0 if label == "healthy" else float(rng.uniform(*SEVERITY_RANGES[level]))
        low_db, high_db = IMPACT_SNR_DB
        scenario = RollingScenario(
            bearing=find_bearing(name),
            fault=label,
            speed_hz=spec.speed_hz * float(rng.uniform(1 - spec.speed_spread, 1 + spec.speed_spread)),
            duration_s=spec.duration_s,
            sampling_rate_hz=spec.sampling_rate_hz,
            impact_snr_db=low_db + (high_db - low_db) * severity,
            slip_mean=float(rng.uniform(0, 0.01)),
            slip_std=float(rng.uniform(0.002, 0.01)),
            resonances=_modes(spec, own),
            shaft_amplitudes=tuple(float(a) for a in own.uniform(0.1, 1.0, 3)),
            shaft_modulation=float(own.uniform(0, 0.3)),
            mains_hz=float(own.choice([50.0, 60.0])),
        )
        recording, truth = simulate_rolling(scenario, rng=rng)
        return LabelledRecord(
            _name(spec, index),
            recording,
            label=label,
            kind="rolling",
            severity=level,
            severity_value=severity,
            bearing=f"machine-{machine:06d}",
            rig="simulated",
            truth={
                "bearing_name": name,
                "impact_snr_db": scenario.impact_snr_db,
                "defect_hz": truth.defect_hz,
                "impact_times_s": truth.impact_times_s.tolist(),
                "impact_amplitudes": truth.impact_amplitudes.tolist(),
                "impact_rms": truth.impact_rms,
                "noise_rms": truth.noise_rms,
                "window_s": 1.0,
            },
        )


def _modes(spec: DatasetSpec, rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    low, high = log(0.08 * spec.sampling_rate_hz), log(0.45 * spec.sampling_rate_hz)
    return tuple(
        (float(np.exp(rng.uniform(low, high))), float(rng.uniform(0.01, 0.06)), float(rng.uniform(0.3, 1.0)))
        for _ in range(3)
    )


def _name(spec: DatasetSpec, index: int) -> str:
    return f"{spec.label(index)}-{index % spec.records_per_class:06d}"


def _description(spec: DatasetSpec, text: str) -> Mapping[str, Any]:
    return {
        "generator": f"palier.simulate {GENERATOR_VERSION}",
        "palier_version": __version__,
        "synthetic": True,
        "text": f"{text}. SYNTHETIC: never validated on measured data.",
        "seed": spec.seed,
        "spec": spec.as_json(),
        "licence": "CC0-1.0",
    }


def source_of(spec: DatasetSpec) -> JournalSource | RollingSource:
    """Return the source of a spec, by its kind.

    Examples
    --------
    >>> type(source_of(DatasetSpec(kind="rolling"))).__name__
    'RollingSource'
    """
    return JournalSource(spec) if spec.kind == "journal" else RollingSource(spec)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a dataset will cost."""

    records: int
    size_bytes: int
    seconds: float
    """On one core of this machine, without writing."""


def estimate(spec: DatasetSpec, *, trials: int = 11, clock: Callable[[], float] = time.perf_counter) -> Estimate:
    """Measure a few records, spread over the classes, and scale up.

    Parameters
    ----------
    spec : DatasetSpec
    trials : int
        How many records are made.
    clock : callable
        Gives seconds.

    Examples
    --------
    >>> estimate(DatasetSpec(records_per_class=2, duration_s=0.25), trials=2).size_bytes
    450560
    """
    source, n = source_of(spec), len(spec)
    places = np.unique(np.linspace(0, n - 1, min(trials, n)).astype(int))
    source.record(int(places[0]))  # the first one pays for tables and imports
    start = clock()
    for i in places:
        source.record(int(i))
    each_s = (clock() - start) / len(places)
    return Estimate(n, n * spec.n_samples * 4, n * each_s)
