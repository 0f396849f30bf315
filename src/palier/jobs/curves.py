"""The curves behind a diagnosis: spectrum, envelope spectrum, spectrogram."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.core.shapes import Waveform
from palier.data.curve_file import Curve, Matrix, write_curves
from palier.diagnosis.result import PlotData
from palier.dsp import amplitude_spectrum, cosine_window

__all__ = ["amplitude_curve", "spectrogram", "write_diagnosis_curves"]

#: Samples of a segment of the spectrum: at 25.6 kHz its bins are 0.2 Hz apart.
_SEGMENT = 2**17
#: Rows and columns of the spectrogram.
_ROWS, _COLUMNS = 256, 400
#: Segments that are transformed at one time.
_AT_ONCE = 256
#: Lowest level shown, below the highest.
_RANGE_DB = 140.0


def write_diagnosis_curves(folder: Path, plots: PlotData, *, unit: str | None, check: Callable[[], None]) -> None:
    """Compute and write what there is: ``spectrum`` and ``spectrogram``, and of a rolling bearing the envelope's.

    `check` is called between the pieces of the work.
    """
    curves = {"spectrum": amplitude_curve(plots.samples, plots.sampling_rate_hz, unit=unit, check=check)}
    frequency_hz = plots.envelope_frequency_hz.astype(np.float64)
    if len(frequency_hz) > 1:
        step = float(frequency_hz[-1] - frequency_hz[0]) / (len(frequency_hz) - 1)
        for name, values in (
            ("envelope_spectrum", plots.envelope_amplitude),
            ("envelope_background", plots.envelope_background),
        ):
            curves[name] = Curve(float(frequency_hz[0]), step, values, "Hz", "modulation depth")
    picture = spectrogram(plots.samples, plots.sampling_rate_hz, check=check)
    write_curves(folder, curves, {} if picture is None else {"spectrogram": picture})


def amplitude_curve(x: Waveform, rate_hz: float, *, unit: str | None, check: Callable[[], None]) -> Curve:
    """Return the amplitude spectrum of a waveform: Hann, powers of half-overlapping segments averaged.

    A steady sine of amplitude A reads A on a bin, and 1.4 dB less at most between two.

    Examples
    --------
    >>> t_s = np.arange(300_000) / 12_000
    >>> curve = amplitude_curve(np.sin(2 * np.pi * 1000 * t_s), 12_000.0, unit="g", check=lambda: None)
    >>> place = int(curve.values.argmax())
    >>> round(place * curve.step, 1), round(float(curve.values[place]), 2) > 0.84
    (1000.0, True)
    """
    n = min(len(x), _SEGMENT)
    starts = range(0, len(x) - n + 1, max(1, n // 2))
    power: np.ndarray | None = None
    for start in starts:
        check()
        found = amplitude_spectrum(x[start : start + n], sampling_rate_hz=rate_hz, window="hann", length="exact")
        own = found.amplitude.astype(np.float64) ** 2
        power = own if power is None else power + own
    assert power is not None
    return Curve(0.0, rate_hz / n, np.sqrt(power / len(starts)).astype(np.float32), "Hz", unit)


def spectrogram(x: Waveform, rate_hz: float, *, check: Callable[[], None]) -> Matrix | None:
    """Return the level of a waveform over time and frequency, dB re 1 unit of amplitude; None where it is too short.

    Hann, half-overlapping segments; each column is the mean power of those that begin in its time.
    """
    n = 2 * _ROWS
    if len(x) < 2 * n:
        return None
    hop = n // 2
    starts = np.arange(0, len(x) - n + 1, hop)
    columns = min(_COLUMNS, len(starts))
    column = np.arange(len(starts)) * columns // len(starts)
    window = cosine_window("hann", n).astype(np.float32)
    mean = np.float32(x.mean(dtype=np.float64))
    power = np.zeros((columns, _ROWS))
    cut = np.lib.stride_tricks.sliding_window_view(x, n)[::hop]
    for first in range(0, len(starts), _AT_ONCE):
        check()
        some = slice(first, first + _AT_ONCE)
        amplitude = np.abs(np.fft.rfft((cut[some] - mean) * window, axis=-1))[:, 1:] * (2 / float(window.sum()))
        np.add.at(power, column[some], amplitude.astype(np.float64) ** 2)
    power /= np.bincount(column, minlength=columns)[:, None]
    floor = max(float(power.max()) * 10 ** (-_RANGE_DB / 10), 1e-30)
    level_db = np.round(10 * np.log10(np.maximum(power, floor)), 1)
    begins = np.flatnonzero(np.diff(column, prepend=-1))
    middle = (starts[begins] + np.append(starts[begins[1:] - 1], starts[-1]) + n) / 2
    return Matrix(middle / rate_hz, np.arange(1, _ROWS + 1) * rate_hz / n, level_db.T.astype(np.float32))
