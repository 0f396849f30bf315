"""How a score falls with noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.viz.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScorePoint", "draw_noise_curve"]

#: Colour, marker and dashes of each line; more lines than these start again.
_LOOKS = (
    ("series", "o", "-"),
    ("outer", "s", (0, (5, 2))),
    ("element", "^", (0, (1.5, 1.5))),
    ("cage", "D", (0, (6, 2, 1, 2))),
    ("inner", "v", (0, (8, 3))),
    ("shaft", "P", (0, (1, 3))),
)

#: Places between neighbours on the axis, in dB, for points that have no ratio.
_STEP_DB = 6.0


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """A score with its interval under one noise; fractions."""

    noise: str
    """``clean`` or a name."""
    snr_db: float | None
    value: float
    low: float
    high: float


def draw_noise_curve(ax: "Axes", lines: Mapping[str, Sequence[ScorePoint]]) -> None:
    """Draw each line from clean over falling signal-to-noise ratio; noises without a ratio stand at the right."""
    points = [p for line in lines.values() for p in line]
    ratios = sorted({p.snr_db for p in points if p.snr_db is not None})
    others = list(dict.fromkeys(p.noise for p in points if p.snr_db is None and p.noise != "clean"))
    clean_at = (ratios[-1] if ratios else 0.0) + _STEP_DB
    last = ratios[0] if ratios else clean_at
    place = {name: last - _STEP_DB * (i + 1) for i, name in enumerate(others)}
    shift = 0.35 if len(lines) > 1 else 0.0
    for i, (name, line) in enumerate(lines.items()):
        colour, marker, dashes = _LOOKS[i % len(_LOOKS)]
        off = shift * (i - (len(lines) - 1) / 2)
        ordered = sorted(line, key=lambda p: -_at(p, clean_at, place))
        joined = [p for p in ordered if p.noise not in place]
        for group, style in ((joined, dashes), ([p for p in ordered if p.noise in place], "none")):
            x = [_at(p, clean_at, place) + off for p in group]
            y = [100 * p.value for p in group]
            spread = [[100 * (p.value - p.low) for p in group], [100 * (p.high - p.value) for p in group]]
            ax.errorbar(x, y, spread, color=COLOURS[colour], marker=marker, markersize=4, linestyle=style,
                        linewidth=1.1, elinewidth=0.8, capsize=2, label=name if group is joined else None)  # fmt: skip
    ticks = {clean_at: "clean", **{r: f"{r:g} dB" for r in ratios}, **{v: k for k, v in place.items()}}
    ax.set_xticks(list(ticks), list(ticks.values()), rotation=30 if others else 0, ha="right" if others else "center")
    ax.set_xlim(max(ticks) + 2, min(ticks) - 2)
    ax.set_ylim(0, 102)
    ax.set_xlabel("signal-to-noise ratio")
    ax.set_ylabel("records right, %")
    if len(lines) > 1:
        ax.legend(fontsize=8, frameon=False, loc="lower left")


def _at(point: ScorePoint, clean_at: float, place: Mapping[str, float]) -> float:
    if point.snr_db is not None:
        return point.snr_db
    return place.get(point.noise, clean_at)
