"""How well a model does as noise is laid over the records."""

from collections.abc import Mapping, Sequence
from typing import Any

from palier.web.figures.style import Figure, axis, figure
from palier.web.i18n import number, t
from palier.web.theme import FIGURE_COLOURS

__all__ = ["noise_figure"]


def noise_figure(rows: Sequence[Mapping[str, Any]], *, majority: float | None = None) -> Figure:
    """Draw the share that is right over the noise, with intervals.

    Parameters
    ----------
    rows : sequence of mapping
        ``noise`` of a result: noise, snr_db, accuracy (value, low, high).
    majority : float, optional
        What always giving the most frequent class would get right.
    """
    where = [_place(r) for r in rows]
    values = [100 * r["accuracy"]["value"] for r in rows]
    bars = {
        "type": "data", "symmetric": False, "thickness": 1.2, "width": 5, "color": FIGURE_COLOURS["series"],
        "array": [100 * (r["accuracy"]["high"] - r["accuracy"]["value"]) for r in rows],
        "arrayminus": [100 * (r["accuracy"]["value"] - r["accuracy"]["low"]) for r in rows],
    }  # fmt: skip
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines+markers", "x": where, "y": values, "error_y": bars,
            "name": t("figures.right_share"), "line": {"color": FIGURE_COLOURS["series"], "width": 1.6},
            "marker": {"size": 8}, "hovertemplate": "%{y:.1f} %<extra></extra>",
        }
    ]  # fmt: skip
    if majority is not None:
        traces.append(
            {
                "type": "scatter", "mode": "lines", "x": where, "y": [100 * majority] * len(rows),
                "hoverinfo": "skip",
                "name": t("figures.majority"),
                "line": {"color": FIGURE_COLOURS["second"], "width": 1.4, "dash": "dash"},
            }
        )  # fmt: skip
    return figure(
        traces,
        axis(t("figures.noise"), fixed=True, type="category"),
        axis(t("figures.right_percent"), span=(0, 104), fixed=True),
        showlegend=True,
        dragmode=False,
    )


def _place(row: Mapping[str, Any]) -> str:
    if row["snr_db"] is None:
        return t("figures.noise_none")
    kind = str(row["noise"]).partition(":")[0]
    words = t(f"figures.noise_{kind}") if kind == "white" else kind
    return f"{words} {number(row['snr_db'])}\u00a0dB"
