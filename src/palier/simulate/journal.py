"""One record of a journal bearing, from a seed, its number and the dataset's spec alone."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from palier.core.bearing import JournalBearing
from palier.core.dataset import SEVERITY_RANGES
from palier.core.operating import OperatingPoint
from palier.core.recording import Provenance, Recording
from palier.core.shapes import Waveform
from palier.errors import ParameterError
from palier.simulate.acquisition import FULL_SCALE, LAYERS, acquire
from palier.simulate.lines import Ramp
from palier.simulate.operating import operating_point
from palier.simulate.signatures import MIXTURE_SHARE, PARTS, SINGLE, Component, Scene
from palier.simulate.spec import DatasetSpec

__all__ = ["JournalRecord", "simulate_journal"]

#: Length over diameter, and clearance over radius, of a machine; ranges of industrial plain bearings (ISO 7902-1).
LENGTH_RATIO: Final = (0.5, 1.0)
CLEARANCE_RATIO: Final = (0.001, 0.003)
DIAMETER_M: Final = (0.05, 0.20)
VISCOSITY_AT_60_C_PA_S: Final = (0.012, 0.030)
"""ISO VG 32 to VG 68 turbine oils at 60 °C."""

#: Transients.
RAMP: Final = 0.05
"""Largest change of speed along a record, as a share of it, up or down."""
LOAD_STEP: Final = 0.20
"""Change of load, as a share of the rated one, up or down."""
DRIFT_K: Final = (5.0, 10.0)
"""Change of the oil's temperature along a record."""
_STEP_S: Final = 0.02
_MOMENTS: Final = 256

#: Physical values are in this unit by convention: amplitudes are engineering values of acceleration.
UNIT: Final = "g"

_STREAMS: Final = ("operating", "severity", "transient", "healthy", "first", "second", *LAYERS)
#: Machines have streams of their own, away from those of records.
_MACHINE_KEY: Final = 1_000_003


@dataclass(frozen=True, slots=True, eq=False)
class JournalRecord:
    """A delivered record with everything behind it."""

    recording: Recording
    clean: Waveform
    """What the fault alone adds, before the acquisition chain; zeros for a healthy machine."""
    floor: Waveform
    """What the machine shows in good order."""
    point: OperatingPoint
    label: str
    severity: float
    """Mean factor s; 0 for a healthy machine."""
    truth: dict[str, Any]
    """Every draw, as JSON values."""


def simulate_journal(spec: DatasetSpec, index: int) -> JournalRecord:
    """Simulate a record.

    Parameters
    ----------
    spec : DatasetSpec
        Of the kind ``journal``.
    index : int
        From 0 to the number of records, not included. The record depends on the spec and this number alone.

    Returns
    -------
    JournalRecord

    Raises
    ------
    ParameterError
        If the spec is of another kind, there is no such record, or the record is not what was asked for.

    Examples
    --------
    >>> spec = DatasetSpec(records_per_class=4, duration_s=0.5)
    >>> record = simulate_journal(spec, 28)
    >>> record.label, record.recording.samples.shape, 0.42 <= record.truth["parts"]["oil_whirl"]["ratio"] <= 0.48
    ('oil_whirl', (1, 10240), True)
    """
    if spec.kind != "journal" or not 0 <= index < len(spec):
        raise ParameterError(
            f"record {index} of a {spec.kind} dataset; allowed are 0 to {len(spec) - 1} of a journal dataset"
        )
    streams = _streams(spec.seed, index)
    label, level = spec.label(index), spec.level(index)
    bearing = _machine(spec, spec.machine(index))
    scene, transient = _scene(spec, bearing, streams["operating"], streams["transient"])
    factor, severity = _severity(spec, label, level, streams["severity"])

    floor = SINGLE["healthy"](scene, rng=streams["healthy"])
    parts = {
        name: SINGLE[name](scene, rng=streams[stream])
        for name, stream in zip(PARTS[label], ("first", "second"), strict=False)
    }
    clean = _clean(parts, factor, spec.n_samples)
    samples, layers = acquire(
        clean + floor.waveform,
        sampling_rate_hz=spec.sampling_rate_hz,
        streams=streams,
        switches=spec.layers,
        snr_db=spec.snr_db,
    )
    _check(samples, spec, index)
    samples = samples[None, :]
    recording = Recording(
        samples,
        Provenance(
            f"simulated: journal bearing, {label}, seed {spec.seed}, record {index}",
            hashlib.sha256(samples.data).hexdigest(),
            reader="simulate_journal",
            speed_origin="declared",
        ),
        sampling_rate_hz=spec.sampling_rate_hz,
        unit=UNIT,
        speed_hz=scene.speed.mean_hz,
    )
    truth = {
        "operating_point": scene.point.as_json(),
        "severity": {"mean": severity, "from": factor[0], "to": factor[1]},
        "transient": transient,
        "healthy": dict(floor.truth),
        "parts": {name: dict(part.truth) for name, part in parts.items()},
        "part_share": 1.0 if len(parts) < 2 else MIXTURE_SHARE,
        "layers": layers,
        "window_s": 1.0,
        "signature_in_window": _signature_in_window(parts, scene),
    }
    return JournalRecord(recording, clean, floor.waveform, scene.point, label, severity, truth)


def _streams(seed: int, index: int) -> dict[str, np.random.Generator]:
    children = np.random.SeedSequence(seed, spawn_key=(index,)).spawn(len(_STREAMS))
    return {name: np.random.default_rng(child) for name, child in zip(_STREAMS, children, strict=True)}


def _machine(spec: DatasetSpec, machine: int) -> JournalBearing:
    rng = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(_MACHINE_KEY, machine)))
    diameter_m = float(rng.uniform(*DIAMETER_M))
    return JournalBearing(
        diameter_m=diameter_m,
        length_m=diameter_m * float(rng.uniform(*LENGTH_RATIO)),
        radial_clearance_m=diameter_m / 2 * float(rng.uniform(*CLEARANCE_RATIO)),
        viscosity_pa_s=float(rng.uniform(*VISCOSITY_AT_60_C_PA_S)),
    )


def _scene(
    spec: DatasetSpec, bearing: JournalBearing, rng: np.random.Generator, transient_rng: np.random.Generator
) -> tuple[Scene, dict[str, Any]]:
    speed_hz = spec.speed_hz * float(rng.uniform(1 - spec.speed_spread, 1 + spec.speed_spread))
    load = float(rng.uniform(*spec.load_range))
    temperature_c = float(rng.uniform(*spec.oil_temperature_range_c))
    moments_s = np.linspace(0, spec.n_samples / spec.sampling_rate_hz, _MOMENTS)
    speed, loads, temperatures = (np.full(_MOMENTS, v) for v in (speed_hz, load, temperature_c))
    ramp = Ramp(speed_hz, speed_hz)
    transient: dict[str, Any] = {"kind": "none"}
    happens = transient_rng.random() < spec.transient_share
    kind = int(transient_rng.integers(3))
    size = float(transient_rng.uniform(0.3, 1.0)) * (1 if transient_rng.random() < 0.5 else -1)
    if happens and kind == 0:
        ramp = Ramp(speed_hz * (1 - RAMP * size / 2), speed_hz * (1 + RAMP * size / 2))
        speed = np.linspace(ramp.start_hz, ramp.end_hz, _MOMENTS)
        transient = {"kind": "speed_ramp", "from_hz": ramp.start_hz, "to_hz": ramp.end_hz}
    elif happens and kind == 1:
        at_s = float(transient_rng.uniform(0.2, 0.8)) * float(moments_s[-1])
        after = float(np.clip(load + LOAD_STEP * size, 0.5 * spec.load_range[0], 1.2 * spec.load_range[1]))
        # the step lies between two moments, so that it is a step and not a slope over one part in 256 of the record
        moments_s = np.sort(np.concatenate((moments_s[:-2], [at_s, at_s + _STEP_S])))
        loads = np.where(moments_s <= at_s, load, after)
        transient = {"kind": "load_step", "at_s": at_s, "from": load, "to": after}
    elif happens:
        change_k = size * DRIFT_K[1] if abs(size) * DRIFT_K[1] >= DRIFT_K[0] else np.sign(size) * DRIFT_K[0]
        temperatures = np.linspace(temperature_c - change_k / 2, temperature_c + change_k / 2, _MOMENTS)
        transient = {"kind": "thermal_drift", "from_c": float(temperatures[0]), "to_c": float(temperatures[-1])}
    point = operating_point(
        bearing,
        speed_hz=ramp.mean_hz,
        load_fraction=float(loads.mean()),
        oil_temperature_c=float(temperatures.mean()),
    )
    scene = Scene(
        n=spec.n_samples,
        sampling_rate_hz=spec.sampling_rate_hz,
        speed=ramp,
        point=point,
        moments_s=moments_s,
        speed_hz=speed,
        load_fraction=loads,
        oil_temperature_c=temperatures,
        sommerfeld=_sommerfeld_course(point, speed, loads, temperatures),
    )
    return scene, transient


def _sommerfeld_course(
    point: OperatingPoint, speed_hz: np.ndarray, load: np.ndarray, temperature_c: np.ndarray
) -> np.ndarray:
    from palier.simulate.operating import VISCOSITY_DECAY_PER_K

    relative = speed_hz / point.speed_hz * (point.load_fraction / load)
    return np.asarray(
        point.sommerfeld * relative * np.exp(-VISCOSITY_DECAY_PER_K * (temperature_c - point.oil_temperature_c))
    )


def _severity(spec: DatasetSpec, label: str, level: str, rng: np.random.Generator) -> tuple[tuple[float, float], float]:
    low, high = SEVERITY_RANGES[level]  # type: ignore[index]  # a level by the spec's check
    evolves = rng.random() < spec.evolving_share
    first, last = sorted(float(v) for v in rng.uniform(low, high, 2))
    if label == "healthy":
        return (0.0, 0.0), 0.0
    return ((first, last), (first + last) / 2) if evolves else ((first, first), first)


def _clean(parts: dict[str, Component], factor: tuple[float, float], n: int) -> Waveform:
    if not parts:
        return np.zeros(n, np.float32)
    first, *others = (part.waveform for part in parts.values())
    total = first
    for other in others:
        total += other
    share = 1.0 if not others else MIXTURE_SHARE
    if factor[0] == factor[1]:
        total *= np.float32(share * factor[0])
    else:
        total *= np.linspace(share * factor[0], share * factor[1], n, dtype=np.float32)
    return total


def _signature_in_window(parts: dict[str, Component], scene: Scene) -> list[bool]:
    """Say for each second whether the fault left anything in it; bursts may have missed it."""
    windows = int(scene.duration_s + 1e-9)
    if not parts:
        return [False] * windows
    if set(parts) == {"cavitation"}:
        return [count > 0 for count in parts["cavitation"].truth["bursts_per_window"]]
    return [True] * windows


def _check(samples: Waveform, spec: DatasetSpec, index: int) -> None:
    if samples.shape != (spec.n_samples,) or samples.dtype != np.float32:
        raise ParameterError(
            f"record {index}: {samples.shape} {samples.dtype}; asked for were {spec.n_samples} float32"
        )
    peak = float(np.abs(samples).max())  # NaN and infinity survive the maximum
    converter = spec.layers.get("converter", LAYERS["converter"].default)
    if not np.isfinite(peak) or (converter and peak > FULL_SCALE):
        raise ParameterError(
            f"record {index}: its peak is {peak}; allowed is a finite number"
            + (f" of at most {FULL_SCALE:g}" if converter else "")
        )
