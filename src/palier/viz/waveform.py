"""The waveform over time."""

from typing import TYPE_CHECKING

import numpy as np

from palier.core.shapes import Waveform
from palier.viz.style import COLOURS, decimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_waveform"]


def draw_waveform(ax: "Axes", samples: Waveform, *, sampling_rate_hz: float, unit: str | None) -> None:
    """Draw all samples, lowest and highest per pixel column."""
    t_s, value = decimated(np.arange(len(samples)) / sampling_rate_hz, samples)
    ax.plot(t_s, value, color=COLOURS["series"], linewidth=0.5)
    ax.set_xlim(0, len(samples) / sampling_rate_hz)
    ax.set_xlabel("time, s")
    ax.set_ylabel(f"amplitude, {unit or 'unit undeclared'}")
