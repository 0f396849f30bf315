"""ROC and precision-recall curves, one class against the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ClassCurve", "draw_precision_recall", "draw_roc"]

#: The classes with the smallest areas are named, each with its own dashes besides its colour.
_NAMED = (("outer", "-"), ("inner", (0, (5, 2))), ("element", (0, (1.5, 1.5))))


@dataclass(frozen=True, slots=True)
class ClassCurve:
    """The curve of one class; fractions."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    area: float


def draw_roc(ax: "Axes", curves: Sequence[ClassCurve]) -> None:
    """Draw true-positive over false-positive rate; the three classes with the smallest area are named."""
    ax.plot([0, 100], [0, 100], color=COLOURS["background"], linestyle="--", linewidth=0.7)
    _draw(ax, curves, place="lower right")
    ax.set_xlabel("false alarms among the others, %")
    ax.set_ylabel("found, %")


def draw_precision_recall(ax: "Axes", curves: Sequence[ClassCurve]) -> None:
    """Draw precision over recall; the three classes with the smallest area are named."""
    _draw(ax, curves, place="lower left")
    ax.set_xlabel("found (recall), %")
    ax.set_ylabel("right among the named (precision), %")


def _draw(ax: "Axes", curves: Sequence[ClassCurve], *, place: Literal["lower left", "lower right"]) -> None:
    worst = sorted(curves, key=lambda c: c.area)[: len(_NAMED)]
    for curve in curves:
        if curve not in worst:
            ax.plot(100 * np.asarray(curve.x), 100 * np.asarray(curve.y), color=COLOURS["background"], linewidth=0.7)
    for curve, (colour, dashes) in zip(worst, _NAMED, strict=False):
        ax.plot(100 * np.asarray(curve.x), 100 * np.asarray(curve.y), color=COLOURS[colour], linestyle=dashes,
                linewidth=1.4, label=f"{curve.name}, {curve.area:.3f}")  # fmt: skip
    if len(curves) > len(worst):
        ax.plot([], [], color=COLOURS["background"], linewidth=0.7, label="the other classes")
    ax.set_xlim(-1.5, 101.5)
    ax.set_ylim(-1.5, 101.5)
    ax.legend(loc=place, fontsize=8, frameon=False, title="smallest areas", title_fontsize=8, alignment="left")
