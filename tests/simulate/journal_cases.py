"""Records of one class in numbers, and what is measured in them."""

from functools import cache

import numpy as np

from palier.core.faults import JOURNAL_CLASSES
from palier.simulate import DatasetSpec, JournalRecord, simulate_journal

KEYS = [f.key for f in JOURNAL_CLASSES]
RATE_HZ = 20_480.0
PER_CLASS = 16
#: All layers on, evolving severities and transients among them.
SPEC = DatasetSpec(records_per_class=PER_CLASS, seed=11)
#: Steady: nothing changes along a record.
STEADY = DatasetSpec(records_per_class=PER_CLASS, seed=12, evolving_share=0.0, transient_share=0.0)


@cache
def records(fault: str, *, steady: bool = False) -> tuple[JournalRecord, ...]:
    spec = STEADY if steady else SPEC
    first = KEYS.index(fault) * PER_CLASS
    return tuple(simulate_journal(spec, first + i) for i in range(PER_CLASS))


def spectrum(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and amplitudes under a Hann window."""
    n = len(x)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    amplitude = np.abs(np.fft.rfft((x - x.mean()) * window)) * 2 / window.sum()
    return np.fft.rfftfreq(n, 1 / RATE_HZ), amplitude


def peak(x: np.ndarray, low_hz: float, high_hz: float) -> tuple[float, float]:
    """Frequency and amplitude of the highest line of a band."""
    f, a = spectrum(x)
    band = (f >= low_hz) & (f <= high_hz)
    i = int(np.flatnonzero(band)[a[band].argmax()])
    return float(f[i]), float(a[i])


def energy(x: np.ndarray, low_hz: float, high_hz: float) -> float:
    f, a = spectrum(x)
    return float((a[(f >= low_hz) & (f <= high_hz)] ** 2).sum())


def background(x: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Median amplitude of a band: the noise that a line has to beat."""
    f, a = spectrum(x)
    return float(np.median(a[(f >= low_hz) & (f <= high_hz)]))


def delivered(record: JournalRecord) -> np.ndarray:
    return record.recording.samples[0].astype(np.float64)


def smear_hz(record: JournalRecord, order: float) -> float:
    """How far a shaft-locked line moves along a speed ramp, to either side."""
    transient = record.truth["transient"]
    if transient["kind"] != "speed_ramp":
        return 0.0
    return order * abs(transient["to_hz"] - transient["from_hz"]) / 2
