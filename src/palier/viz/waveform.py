"""The waveform over time."""

from typing import TYPE_CHECKING

import numpy as np

from palier.core.shapes import Waveform
from palier.viz.style import COLOURS, decimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_waveform", "peak_excerpt_s"]


def draw_waveform(
    ax: "Axes",
    samples: Waveform,
    *,
    sampling_rate_hz: float,
    unit: str | None,
    window_s: tuple[float, float] | None = None,
) -> None:
    """Draw all samples, or those of a window, lowest and highest per pixel column."""
    start, stop = 0, len(samples)
    if window_s is not None:
        start, stop = (round(t * sampling_rate_hz) for t in window_s)
    t_s, value = decimated(np.arange(start, stop) / sampling_rate_hz, samples[start:stop])
    ax.plot(t_s, value, color=COLOURS["series"], linewidth=0.5)
    ax.set_xlim(start / sampling_rate_hz, stop / sampling_rate_hz)
    ax.set_xlabel("time, s")
    ax.set_ylabel(f"amplitude, {unit or 'unit undeclared'}")


def peak_excerpt_s(samples: Waveform, *, sampling_rate_hz: float, length_s: float) -> tuple[float, float]:
    """Return the window of a length around the highest peak, within the recording.

    Examples
    --------
    >>> x = np.zeros(1000); x[30] = -5
    >>> peak_excerpt_s(x, sampling_rate_hz=1000, length_s=0.2)
    (0.0, 0.2)
    >>> peak_excerpt_s(x, sampling_rate_hz=1000, length_s=3.0)
    (0.0, 1.0)
    """
    mean = samples.mean(dtype=np.float64)
    high, low = int(samples.argmax()), int(samples.argmin())
    peak = high if samples[high] - mean >= mean - samples[low] else low
    length = min(len(samples), round(length_s * sampling_rate_hz))
    start = min(max(0, peak - length // 2), len(samples) - length)
    return start / sampling_rate_hz, (start + length) / sampling_rate_hz
