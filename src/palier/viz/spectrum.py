"""The spectrum of the waveform, with the band that was demodulated."""

from typing import TYPE_CHECKING

import numpy as np

from palier.core.shapes import Waveform
from palier.viz.style import COLOURS, decimated, text_side

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_spectrum"]

_SEGMENT = 8192


def draw_spectrum(
    ax: "Axes", samples: Waveform, *, sampling_rate_hz: float, unit: str | None, band_hz: tuple[float, float] | None
) -> None:
    """Draw the averaged amplitude spectrum (Hann, half overlapping) in dB, and shade the chosen band."""
    n = min(_SEGMENT, len(samples))
    count = max(1, (len(samples) - n) // (n // 2) + 1)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = np.zeros(n // 2 + 1)
    for k in range(count):
        segment = samples[k * (n // 2) : k * (n // 2) + n].astype(np.float64)
        power += np.abs(np.fft.rfft((segment - segment.mean()) * window)) ** 2
    amplitude = np.sqrt(power / count) * 2 / window.sum()
    level_db = 20 * np.log10(np.maximum(amplitude, amplitude.max() * 1e-7) + 1e-300)
    frequency, level = decimated(np.fft.rfftfreq(n, 1 / sampling_rate_hz) / 1e3, level_db)
    if band_hz is not None:
        ax.axvspan(band_hz[0] / 1e3, band_hz[1] / 1e3, color=COLOURS["inner"], alpha=0.14, linewidth=0)
        side, x_hz = text_side(*band_hz, end=sampling_rate_hz / 2)
        ax.text(
            x_hz / 1e3, 1.0, "demodulated band", ha=side, va="bottom", fontsize=8,
            color=COLOURS["inner"], transform=ax.get_xaxis_transform(),
        )  # fmt: skip
    ax.plot(frequency, level, color=COLOURS["series"])
    ax.set_xlim(0, sampling_rate_hz / 2e3)
    ax.set_xlabel("frequency, kHz")
    ax.set_ylabel(f"level, dB re 1 {unit}" if unit else "level, dB (unit undeclared)")
