"""What is gained by answering only when sure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_risk_coverage"]


def draw_risk_coverage(ax: "Axes", coverage: Sequence[float], risk: Sequence[float]) -> None:
    """Draw the share of wrong answers over the share of records answered, the surest first."""
    x, y = 100 * np.asarray(coverage), 100 * np.asarray(risk)
    ax.axhline(y[-1], color=COLOURS["background"], linestyle="--", linewidth=0.8)
    ax.plot(x, y, color=COLOURS["series"], linewidth=1.3)
    ax.plot(x[-1], y[-1], "o", color=COLOURS["series"], markersize=4)
    ax.text(1, y[-1], f"all answered: {y[-1]:.1f} % wrong", va="bottom", fontsize=8, color=COLOURS["muted"])
    ax.set_xlim(0, 101)
    ax.set_ylim(0, max(1.15 * float(y.max()), 1.0))
    ax.set_xlabel("records answered, the surest first, %")
    ax.set_ylabel("wrong among them, %")
