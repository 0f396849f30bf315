"""The demodulation bands that were searched."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from palier.viz.style import COLOURS, text_side

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_bands"]


def draw_bands(ax: "Axes", bands: Sequence[tuple[float, float, float, bool]]) -> None:
    """Draw each band (low Hz, high Hz, evidence, chosen) as a bar at the height of its evidence."""
    for low_hz, high_hz, evidence, chosen in bands:
        colour = COLOURS["inner"] if chosen else COLOURS["background"]
        width = 3.5 if chosen else 1.4
        ax.plot([low_hz / 1e3, high_hz / 1e3], [evidence] * 2, color=colour, linewidth=width, solid_capstyle="butt")
        if chosen:
            side, x_hz = text_side(low_hz, high_hz, end=max(b[1] for b in bands))
            ax.annotate(
                f"chosen: {low_hz:.0f}–{high_hz:.0f} Hz", (x_hz / 1e3, evidence), xytext=(0, 5),
                textcoords="offset points", ha=side, va="bottom", fontsize=8, color=colour,
            )  # fmt: skip
    highest = max(b[2] for b in bands)
    ax.set_ylim(min(0.0, *(b[2] for b in bands)) - 0.5, highest * 1.25 + 1)
    ax.set_xlim(0, max(b[1] for b in bands) / 1e3)
    ax.set_xlabel("band, kHz")
    ax.set_ylabel("evidence, log units")
