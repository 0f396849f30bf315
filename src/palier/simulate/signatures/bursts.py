"""Short events placed in a waveform."""

from math import pi

import numpy as np
from jaxtyping import Float

from palier.core.shapes import Waveform

__all__ = ["add_bursts", "events_per_window"]


def add_bursts(
    x: Waveform,
    *,
    times_s: Float[np.ndarray, " burst"],
    amplitudes: Float[np.ndarray, " burst"],
    carriers_hz: Float[np.ndarray, " burst"],
    phases_rad: Float[np.ndarray, " burst"],
    decay_per_s: float,
    length_s: float,
    sampling_rate_hz: float,
) -> None:
    """Add decaying sinusoids under a Hann window to `x`, in place; what would pass its end is cut off."""
    length = max(2, round(length_s * sampling_rate_hz))
    first = np.ceil(times_s * sampling_rate_hz).astype(np.int64)
    at = first[:, None] + np.arange(length)
    t_s = at / sampling_rate_hz - times_s[:, None]
    hann = np.sin(np.pi * np.clip(t_s / length_s, 0, 1)) ** 2
    shape = hann * np.exp(-decay_per_s * t_s)
    values = amplitudes[:, None] * shape * np.sin(2 * pi * carriers_hz[:, None] * t_s + phases_rad[:, None])
    inside = at < len(x)
    np.add.at(x, at[inside], values[inside].astype(np.float32))


def events_per_window(times_s: Float[np.ndarray, " event"], *, duration_s: float, window_s: float = 1.0) -> list[int]:
    """Count events by their starts in each whole window.

    Examples
    --------
    >>> events_per_window(np.array([0.1, 0.2, 2.5]), duration_s=3.2)
    [2, 0, 1]
    """
    windows = int(duration_s / window_s + 1e-9)
    place = (times_s / window_s).astype(np.int64)
    return [int(n) for n in np.bincount(place[place < windows], minlength=windows)[:windows]]
