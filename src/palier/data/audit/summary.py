"""The little that a set's audit keeps of each recording."""

from dataclasses import dataclass
from itertools import pairwise
from math import log10
from typing import Final

import numpy as np

from palier.core.recording import Recording
from palier.core.shapes import Spectrum
from palier.data.audit.fingerprint import Fingerprints, fingerprints, samples_sha256
from palier.data.audit.grid import find_grid
from palier.data.audit.lines import line_spectrum, strongest_lines

__all__ = ["RecordingSummary", "summarise"]

_PSD_BINS: Final = 512
_LINE_BAND_HZ: Final = (5.0, 2560.0)
_LINES_PER_OCTAVE: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class RecordingSummary:
    """What classes and recordings are compared by; the first channel where nothing else is said."""

    source: str
    label: str | None
    channel: str
    n_samples: int
    sampling_rate_hz: float | None
    speed_hz: float | None
    unit: str | None
    bearing_name: str | None
    level: float
    """Standard deviation, in the recording's unit."""
    offset_ratio: float
    """Mean over standard deviation; 0 for a constant channel."""
    step: float | None
    """Step of the grid, in the recording's unit."""
    power: Spectrum
    """Power per bin, from zero to half the sampling rate; sums to 1. Empty without a rate."""
    lines_hz: Spectrum
    """The most prominent lines of each octave, rising. Empty without a rate."""
    sha256: tuple[str, ...]
    """Of each channel's samples."""
    peaks: tuple[Fingerprints, ...]
    """Of each channel."""
    channel_names: tuple[str, ...]

    @property
    def level_db(self) -> float | None:
        """Level in dB re 1 unit, or None for a constant channel."""
        return 20 * log10(self.level) if self.level > 0 else None


def summarise(recording: Recording, *, label: str | None) -> RecordingSummary:
    """Reduce a recording to at most some 20 kB per channel.

    Parameters
    ----------
    recording : Recording
    label : str or None
    """
    x, rate_hz = recording.samples[0], recording.sampling_rate_hz
    level = float(x.std(dtype=np.float64))
    grid = find_grid(x)
    power, lines_hz = np.empty(0), np.empty(0)
    if rate_hz is not None and level > 0 and recording.n_samples >= 4 * _PSD_BINS:
        power = _power(x)
        lines_hz = _lines(x, rate_hz)
    return RecordingSummary(
        source=recording.provenance.source,
        label=label,
        channel=recording.channel_names[0],
        n_samples=recording.n_samples,
        sampling_rate_hz=rate_hz,
        speed_hz=recording.speed_hz,
        unit=recording.unit,
        bearing_name=recording.bearing_name,
        level=level,
        offset_ratio=float(x.mean(dtype=np.float64)) / level if level > 0 else 0.0,
        step=None if grid is None else grid.step,
        power=power,
        lines_hz=lines_hz,
        sha256=tuple(samples_sha256(channel) for channel in recording.samples),
        peaks=tuple(fingerprints(channel) for channel in recording.samples),
        channel_names=recording.channel_names,
    )


def _power(x: np.ndarray) -> np.ndarray:
    from palier.dsp.spectrum import welch_psd

    density = welch_psd(
        x - x.mean(dtype=np.float64).astype(x.dtype), sampling_rate_hz=1.0, segment_length=2 * _PSD_BINS
    )
    power = np.asarray(density.density, np.float64)
    return np.asarray(power / max(float(power.sum()), float(np.finfo(np.float64).tiny)))


def _lines(x: np.ndarray, rate_hz: float) -> np.ndarray:
    spectrum = line_spectrum(x, sampling_rate_hz=rate_hz)
    low, high = _LINE_BAND_HZ
    edges = low * 2.0 ** np.arange(int(np.log2(high / low)) + 1)
    octaves = [
        strongest_lines(spectrum, count=_LINES_PER_OCTAVE, from_hz=a, to_hz=min(b, rate_hz / 2))
        for a, b in pairwise(edges)
    ]
    return np.concatenate(octaves)
