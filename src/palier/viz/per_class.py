"""One score for each class, severity, condition or bearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScoreBar", "bars_height_in", "draw_per_class"]


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """One bar with its interval; fractions."""

    name: str
    value: float
    low: float
    high: float
    n: int
    """Records."""


def bars_height_in(n: int) -> float:
    """Return a height that gives every bar its room.

    Examples
    --------
    >>> bars_height_in(4) < bars_height_in(11)
    True
    """
    return 0.55 + 0.27 * n


def draw_per_class(ax: "Axes", bars: Sequence[ScoreBar], *, label: str) -> None:
    """Draw a bar for each row, the first on top, with its interval and its number of records."""
    for row, bar in enumerate(bars):
        ax.barh(row, 100 * bar.value, height=0.62, color=COLOURS["series"], alpha=0.35, linewidth=0)
        ax.plot([100 * bar.low, 100 * bar.high], [row, row], color=COLOURS["series"], linewidth=1.3)
        ax.plot([100 * bar.low, 100 * bar.high], [row, row], "|", color=COLOURS["series"], markersize=6, clip_on=False)
        ax.plot(100 * bar.value, row, "o", color=COLOURS["series"], markersize=4, clip_on=False)
        ax.text(102, row, f"{100 * bar.value:.1f}  (n = {bar.n})", va="center", fontsize=8, color=COLOURS["ink"])
    ax.set_yticks(range(len(bars)), [b.name for b in bars])
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_xlim(0, 100)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    ax.set_xlabel(label)
