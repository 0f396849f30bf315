"""The honest score beside those that flatter and those that are easy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from palier.viz.per_class import ScoreBar
from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_columns"]

#: Colour and hatching of each kind of score; the hatching tells them apart without colour.
_LOOKS = {
    "honest": ("series", ""),
    "leaky": ("outer", "////"),
    "majority": ("background", ""),
    "baseline": ("element", ".."),
}


def draw_columns(ax: "Axes", bars: Sequence[tuple[str, ScoreBar]]) -> None:
    """Draw a bar for each kind (honest, leaky, majority, baseline) with its interval."""
    for row, (kind, bar) in enumerate(bars):
        name, hatch = _LOOKS[kind]
        colour = COLOURS[name]
        strong = kind == "honest"
        ax.barh(row, 100 * bar.value, height=0.62, facecolor=colour, alpha=0.45 if strong else 0.25, linewidth=0)
        ax.barh(row, 100 * bar.value, height=0.62, facecolor="none", edgecolor=colour, hatch=hatch, linewidth=0.8)
        ax.plot([100 * bar.low, 100 * bar.high], [row, row], color=COLOURS["ink"], linewidth=1.4)
        ax.plot([100 * bar.low, 100 * bar.high], [row, row], "|", color=COLOURS["ink"], markersize=7, clip_on=False)
        ax.text(102, row, f"{100 * bar.value:.1f} %", va="center", fontsize=9, color=COLOURS["ink"],
                weight="bold" if strong else "normal")  # fmt: skip
    ax.set_yticks(range(len(bars)), [b.name for _, b in bars])
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_xlim(0, 100)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    ax.set_xlabel("records right, %")
