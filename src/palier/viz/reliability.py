"""Whether confidence is deserved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ReliabilityPoint", "draw_reliability"]

#: Lower edge, upper edge, records, mean confidence, accuracy of one bin; fractions.
ReliabilityPoint = tuple[float, float, int, float, float]


def draw_reliability(ax: "Axes", counts_ax: "Axes", bins: Sequence[ReliabilityPoint]) -> None:
    """Draw accuracy over confidence with the line of deserved confidence, and below how many records each bin holds."""
    ax.plot([0, 100], [0, 100], color=COLOURS["background"], linestyle="--", zorder=1)
    for low, high, n, confidence, accuracy in bins:
        left, width = 100 * low, 100 * (high - low)
        ax.bar(left, 100 * accuracy, width, align="edge", color=COLOURS["series"], alpha=0.28, linewidth=0)
        ax.plot([100 * confidence] * 2, [100 * confidence, 100 * accuracy], color=COLOURS["outer"], linewidth=1.4)
        ax.plot(100 * confidence, 100 * accuracy, "o", color=COLOURS["series"], markersize=4.5, zorder=3, clip_on=False)
        counts_ax.bar(left, n, width * 0.92, align="edge", color=COLOURS["background"], linewidth=0)
    ax.text(2, 96, "dashed: deserved confidence; red: the gap", va="top", fontsize=8, color=COLOURS["muted"])
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.set_ylabel("right, %")
    ax.tick_params(labelbottom=False)
    counts_ax.set_xlim(0, 100)
    counts_ax.set_ylabel("records")
    counts_ax.set_xlabel("confidence (highest score), %")
    counts_ax.locator_params(axis="y", nbins=3)
