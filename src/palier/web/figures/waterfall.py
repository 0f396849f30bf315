"""Spectra of one point over time, each a step above the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from palier.app.views import CurveView
from palier.web.figures.style import Figure, axis, axis_title, curve, figure
from palier.web.i18n import t

__all__ = ["Slice", "waterfall_figure"]

#: Steps that the highest line of all reaches over.
_REACH = 2.4


@dataclass(frozen=True, slots=True)
class Slice:
    """One spectrum, and when it was taken."""

    label: str
    curve: CurveView


def waterfall_figure(slices: Sequence[Slice]) -> Figure:
    """Draw spectra, the oldest at the bottom, all on one scale; the last in the second colour.

    Heights are square roots of amplitudes: weak lines are seen beside strong ones.
    """
    tallest = max((float(s.curve.high.max(initial=0.0)) for s in slices), default=0.0) or 1.0
    traces: list[dict[str, Any]] = []
    for n, one in enumerate(slices):
        last = n == len(slices) - 1
        heights = np.sqrt(one.curve.high / tallest) * _REACH + n
        traces.append(
            curve(one.curve.x, heights, name=one.label, colour="second" if last else "series", hoverinfo="skip")
        )
    unit = next((s.curve.x_unit for s in slices), "Hz")
    ends = [float(np.max(s.curve.x, initial=0.0)) for s in slices]
    return figure(
        traces,
        axis(axis_title(t("figures.frequency"), unit), span=(0.0, max(ends, default=1.0))),
        axis(
            "", fixed=True, tickmode="array", tickvals=list(range(len(slices))), ticktext=[s.label for s in slices],
            range=[-0.3, len(slices) - 1 + _REACH + 0.1],
        ),
    )  # fmt: skip
