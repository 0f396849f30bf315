"""What a diagnosis reports beside its verdict: the recording, the bearing, plain levels, limits of the answer."""

import numpy as np

from palier.core.bearing import RollingBearing
from palier.core.recording import Recording
from palier.core.shapes import Waveform
from palier.core.units import Unit
from palier.diagnosis.result import LevelSummary, RecordingSummary

__all__ = ["assumptions", "bearing_entry", "level_summary", "not_checked", "recording_summary"]

_BLOCK = 2**18


def recording_summary(recording: Recording) -> RecordingSummary:
    """Say what was judged, and where it came from."""
    origin = recording.provenance
    return RecordingSummary(
        source=origin.source,
        sha256=origin.sha256,
        reader=origin.reader,
        channel=recording.channel_names[0],
        channels=origin.channels_available or recording.channel_names,
        n_samples=recording.n_samples,
        sampling_rate_hz=recording.require_rate(),
        duration_s=recording.duration_s,
        unit=recording.unit,
        start_time=None if recording.start_time is None else recording.start_time.isoformat(),
        notes=origin.notes,
    )


def bearing_entry(bearing: RollingBearing) -> dict[str, float | int | str]:
    """Geometry, lines in orders, and the source of both."""
    return {
        "name": bearing.name,
        "n_elements": bearing.n_elements,
        "element_diameter_m": bearing.element_diameter_m,
        "pitch_diameter_m": bearing.pitch_diameter_m,
        "contact_angle_rad": bearing.contact_angle_rad,
        "rotating_ring": bearing.rotating_ring,
        "bpfo_order": bearing.bpfo_order,
        "bpfi_order": bearing.bpfi_order,
        "bsf2_order": bearing.bsf2_order,
        "ftf_order": bearing.ftf_order,
        "provenance": bearing.provenance,
    }


def level_summary(x: Waveform, *, unit: Unit | None) -> LevelSummary:
    """Plain levels, about the mean: r.m.s., peak, crest factor, kurtosis (3 for Gaussian noise)."""
    mean = x.mean(dtype=np.float64).astype(x.dtype)
    second = fourth = peak = 0.0
    for start in range(0, len(x), _BLOCK):  # block by block: a long recording is never copied whole
        centred = x[start : start + _BLOCK] - mean
        square = centred * centred
        second += float(square.sum(dtype=np.float64))
        fourth += float(np.vdot(square, square))
        peak = max(peak, float(np.abs(centred).max()))
    power = second / len(x)
    rms = power**0.5
    return LevelSummary(
        rms=rms,
        peak=peak,
        crest_factor=peak / rms if rms else 0.0,
        kurtosis=fourth / len(x) / power**2 if power else 0.0,
        unit=unit,
    )


def assumptions(bearing: RollingBearing, *, speed_tolerance: float) -> tuple[str, ...]:
    """What the answer takes for granted."""
    return (
        f"Bearing {bearing.name}: {bearing.provenance}.",
        f"The {bearing.rotating_ring} ring turns, at one speed that is steady over the recording.",
        "Real lines lie within 1.5 % of the kinematic ones (slip).",
        "Lines of the shaft, of 50 and 60 Hz mains, and of the two together where mains show, are set aside.",
        f"Speeds that are stated are within {speed_tolerance:.1%} of the true one.",
    )


def not_checked(recording: Recording, *, unresolved: tuple[str, ...], searched_s: float) -> tuple[str, ...]:
    """What the answer says nothing about."""
    items = [
        "Gears, belts, other bearings and electrical faults.",
        "Faults of other bearings on the same shaft: their lines differ.",
        "A missing line is no proof of health: lubrication, early wear and slow machines may show none.",
    ]
    if unresolved:
        items.append(f"{', '.join(unresolved)}: too close to a multiple of the shaft speed for so short a recording.")
    if searched_s < recording.duration_s:
        items.append(
            f"Lines after the first {searched_s:.0f} s: so long, no machine keeps one speed; cut out other parts."
        )
    others = [c for c in (recording.provenance.channels_available or ()) if c != recording.channel_names[0]]
    if others:
        items.append(f"Other channels of the file: {', '.join(others)}.")
    return tuple(items)
