"""The scores a model gives to each class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_scores"]


def draw_scores(ax: "Axes", rows: Sequence[tuple[str, float, bool]]) -> None:
    """Draw a bar for each (class, score as a fraction, in the set or not), the first at the top."""
    names = [name for name, _, _ in rows]
    for i, (_, score, inside) in enumerate(rows):
        face = COLOURS["series"] if inside else COLOURS["paper"]
        ax.barh(i, 100 * score, height=0.62, facecolor=face, edgecolor=COLOURS["series"], linewidth=1)
        ax.text(100 * score + 1, i, f"{score:.0%}", va="center", ha="left", fontsize=8, color=COLOURS["ink"])
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 112)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_xlabel("score, %")
