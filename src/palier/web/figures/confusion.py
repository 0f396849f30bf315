"""Which class is taken for which: rows are the true classes, columns what the model says."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from palier.web.figures.style import Figure, axis, figure
from palier.web.i18n import count, t

__all__ = ["confusion_figure"]

_SCALE = [[0.0, "rgba(63, 127, 174, 0)"], [1.0, "rgba(63, 127, 174, 0.75)"]]


def confusion_figure(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Figure:
    """Draw a confusion matrix; tints are shares of each true class, numbers are records.

    Parameters
    ----------
    counts : sequence
        ``counts[true][said]``.
    names : sequence of str
        Of the classes, in that order.
    """
    matrix = np.asarray(counts, dtype=float)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    numbers = [
        {"x": k, "y": j, "text": count(int(n)) if n else "·", "showarrow": False, "font": {"size": 12}}
        for j, row in enumerate(counts)
        for k, n in enumerate(row)
    ]
    trace = {
        "type": "heatmap", "z": shares.round(4).tolist(), "zmin": 0, "zmax": 1, "colorscale": _SCALE,
        "showscale": False, "xgap": 2, "ygap": 2, "hoverinfo": "skip",
    }  # fmt: skip
    ticks: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "showgrid": False,
    }
    return figure(
        [trace],
        axis(t("figures.said"), fixed=True, **ticks, tickangle=-35),
        axis(t("figures.true_class"), fixed=True, **ticks, autorange="reversed"),
        annotations=numbers,
        dragmode=False,
    )
