"""The low end of the spectrum in multiples of the shaft speed, with what was looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from palier.core.shapes import Waveform
from palier.viz.style import COLOURS, decimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["OrderMark", "draw_orders"]

#: Lowest amplitude drawn, relative to the highest.
_FLOOR_DB = 90.0


@dataclass(frozen=True, slots=True)
class OrderMark:
    """A place that was searched, in orders, and what was found there."""

    label: str
    low: float
    high: float
    found: float | None
    """Order of the line, where one stands out."""
    level: float
    """Its amplitude."""
    colour: str


def draw_orders(
    ax: "Axes",
    samples: Waveform,
    *,
    sampling_rate_hz: float,
    shaft_hz: float,
    unit: str | None,
    marks: Sequence[OrderMark],
    highest_order: float,
) -> None:
    """Draw the amplitude spectrum (Hann) in dB over orders, shade what was searched, and mark what was found."""
    n = len(samples)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    bins = np.fft.rfft((samples - samples.mean(dtype=np.float64)) * window)
    order = np.arange(len(bins)) * sampling_rate_hz / n / shaft_hz
    shown = order <= highest_order
    amplitude = np.abs(bins[shown]) * 2 / window.sum()
    amplitude[:2] = amplitude[2:].min()  # the mean, and what the window spreads of it
    top_db = 20 * np.log10(amplitude.max() + 1e-300)
    level_db = np.maximum(20 * np.log10(amplitude + 1e-300), top_db - _FLOOR_DB)
    for mark in marks:
        width = max(mark.high - mark.low, highest_order / 400)
        ax.axvspan(mark.low, mark.low + width, color=mark.colour, alpha=0.2, linewidth=0, zorder=0.6)
    ax.plot(*decimated(order[shown], level_db), color=COLOURS["series"], linewidth=0.8)
    for mark in marks:
        if mark.found is not None:
            at_db = 20 * np.log10(mark.level + 1e-300)
            ax.plot(mark.found, at_db, "o", color=mark.colour, markersize=4.5, zorder=4)
        x = (mark.low + mark.high) / 2 if mark.found is None else mark.found
        ax.text(
            min(max(x / highest_order, 0.02), 0.98), 1.01, mark.label, transform=ax.transAxes, ha="center", va="bottom",
            fontsize=8, color=mark.colour,
        )  # fmt: skip
    low, high = float(level_db.min()), float(level_db.max())
    ax.set_ylim(low, high + 0.06 * (high - low) + 1)
    ax.set_xlim(0, highest_order)
    ax.set_xlabel("multiples of the shaft speed")
    ax.set_ylabel(f"level, dB re 1 {unit}" if unit else "level, dB (unit undeclared)")
