"""Scores of several models with their intervals, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from palier.web.figures.style import Figure, axis, figure
from palier.web.i18n import t
from palier.web.theme import FIGURE_COLOURS

__all__ = ["Score", "scores_figure"]


@dataclass(frozen=True, slots=True)
class Score:
    """Share of the records that a model gets right, and what always giving the most frequent class would."""

    name: str
    value: float
    low: float
    high: float
    majority: float | None


def scores_figure(scores: Sequence[Score]) -> Figure:
    """Draw scores; intervals that overlap do not tell models apart."""
    names = [s.name for s in scores]
    bars = {
        "type": "data", "symmetric": False, "thickness": 1.6, "width": 6, "color": FIGURE_COLOURS["series"],
        "array": [100 * (s.high - s.value) for s in scores], "arrayminus": [100 * (s.value - s.low) for s in scores],
    }  # fmt: skip
    plain = [s for s in scores if s.majority is not None]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "markers", "x": [100 * (s.majority or 0) for s in plain],
            "y": [s.name for s in plain], "name": t("figures.majority"), "hoverinfo": "skip",
            "marker": {"symbol": "line-ns-open", "size": 16, "line": {"width": 2}, "color": FIGURE_COLOURS["second"]},
        },
        {
            "type": "scatter", "mode": "markers", "x": [100 * s.value for s in scores], "y": names, "error_x": bars,
            "name": t("figures.right_share"), "marker": {"size": 11, "color": FIGURE_COLOURS["series"]},
            "hovertemplate": "%{x:.1f} %<extra></extra>",
        },
    ]  # fmt: skip
    return figure(
        traces,
        axis(t("figures.right_percent"), span=(-2, 102), fixed=True),
        axis("", fixed=True, type="category", autorange="reversed"),
        hovermode="closest",
        showlegend=True,
        dragmode=False,
    )
