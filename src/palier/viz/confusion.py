"""Who is taken for whom."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_confusion"]

#: Cells are never darker than this, so that their numbers can be read on light and on dark pages.
_DARKEST = 0.5

#: A single mistake among hundreds has to be seen, too.
_FAINTEST = 0.12

#: Letters of a line under a column.
_WRAP = 16


def draw_confusion(ax: "Axes", counts: Int[np.ndarray, "true predicted"], *, names: Sequence[str]) -> None:
    """Draw records by true class (rows) and predicted class (columns).

    The number is the count, the shade the share of the row; what is right is blue, what is wrong red, and an empty
    cell is a zero.
    """
    from matplotlib.patches import Rectangle

    k = len(names)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 9 if k <= 8 else 7.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = COLOURS["series"] if row == column else COLOURS["outer"]
        alpha = _FAINTEST + (_DARKEST - _FAINTEST) * share[row, column]
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, alpha=alpha, linewidth=0))
        ax.text(column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=size, color=COLOURS["ink"])
    ax.set_xlim(-0.5, k - 0.5)
    ax.set_ylim(k - 0.5, -0.5)
    turned = k > 5 or max(map(len, names)) > 14
    labels = [textwrap.fill(n, _WRAP) for n in names]
    ax.set_xticks(
        range(k), labels, rotation=90 if turned else 0, fontsize=8 if turned else None, multialignment="right"
    )
    totals = counts.sum(axis=1)
    ax.set_yticks(range(k), [f"{name} ({n})" for name, n in zip(names, totals, strict=True)])
    ax.grid(visible=False)
    for edge in np.arange(k + 1) - 0.5:
        ax.axhline(edge, color=COLOURS["grid"], linewidth=0.6, zorder=0.5)
        ax.axvline(edge, color=COLOURS["grid"], linewidth=0.6, zorder=0.5)
    ax.tick_params(length=0)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class (records)")
