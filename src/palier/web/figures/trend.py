"""Values over time, with the zones of ISO 20816-3 where they apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from palier.web.figures.style import Figure, axis, figure
from palier.web.i18n import current_language
from palier.web.theme import FIGURE_COLOURS, ZONE_COLOURS

__all__ = ["Limits", "Series", "trend_figure"]

#: Upper limits of zones A, B and C.
Limits = tuple[float, float, float]

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


@dataclass(frozen=True, slots=True)
class Series:
    """One value over time."""

    name: str
    at: Sequence[datetime]
    values: Sequence[float]
    colour: str = "series"


def trend_figure(series: Sequence[Series], *, y_title: str, limits: Limits | None = None) -> Figure:
    """Draw series with a mark at each recording; several differ by symbol as well as by colour."""
    traces = [_trace(s, n) for n, s in enumerate(series)]
    top = max((v for s in series for v in s.values), default=1.0) * 1.15 or 1.0
    shapes, letters = _zones(limits, top) if limits is not None else ([], [])
    day, moment = ("%d/%m/%y", "%d/%m/%Y %H:%M") if current_language() == "fr" else ("%Y-%m-%d", "%Y-%m-%d %H:%M")
    return figure(
        traces,
        axis("", type="date", tickformat=day, hoverformat=moment, nticks=4, tickangle=0, fixed=True),
        axis(y_title, fixed=True, range=[0, top]),
        showlegend=len(series) > 1,
        shapes=shapes,
        annotations=letters,
        hovermode="x unified" if len(series) > 1 else "x",
    )


def _trace(series: Series, number: int) -> dict[str, Any]:
    colour = FIGURE_COLOURS.get(series.colour, series.colour)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") for at in series.at],
        "y": [float(v) for v in series.values],
        "name": series.name,
        "line": {"color": colour, "width": 1.6},
        "marker": {"color": colour, "size": 7, "symbol": _SYMBOLS[number % len(_SYMBOLS)]},
        "hovertemplate": "%{y:.4~g}<extra>" + series.name + "</extra>",
    }


def _zones(limits: Limits, top: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    edges = [0.0, *(v for v in limits if v < top), top]
    shapes, letters = [], []
    for letter, low, high in zip("ABCD", edges[:-1], edges[1:], strict=False):
        shapes.append(
            {
                "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high, "layer": "below",
                "fillcolor": ZONE_COLOURS[letter], "line": {"width": 0},
            }
        )  # fmt: skip
        letters.append(
            {
                "xref": "paper", "x": 0, "xanchor": "left", "y": (low + high) / 2, "text": letter, "showarrow": False,
                "xshift": 6, "font": {"size": 12},
            }
        )  # fmt: skip
    return shapes, letters
