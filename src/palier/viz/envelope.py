"""The squared envelope spectrum with the lines that were looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.core.shapes import Spectrum
from palier.viz.style import COLOURS, decimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

__all__ = ["EnvelopeMark", "draw_envelope"]

#: Size of a label in parts of the axes: one letter's width, and a line's height.
_LETTER = 0.0105
_LINE = 0.075

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class EnvelopeMark:
    """A line to draw: where it was expected, how far it may lie off, and where it was found."""

    label: str
    expected_hz: float
    tolerance_hz: float
    found_hz: float | None
    amplitude: float
    colour: str
    main: bool
    """Harmonics are shaded and labelled, sidebands only marked where found."""
    elsewhere: bool = False
    """Found in another band than the one drawn: a hollow mark."""


def draw_envelope(
    ax: "Axes",
    frequency_hz: Spectrum,
    amplitude: Spectrum,
    background: Spectrum,
    *,
    marks: Sequence[EnvelopeMark],
    legend: Mapping[str, str],
    shaft_hz: float,
    highest_hz: float,
) -> None:
    """Draw the spectrum, its local background, tolerance bands (shaded) and found lines (dots).

    `legend` names the colours of the marks. Amplitudes are fractions and are drawn in per cent.
    """
    shown = frequency_hz <= highest_hz
    f, a = decimated(frequency_hz[shown], amplitude[shown] * 100)
    top = max(float(a[1:].max()), *(m.amplitude * 100 for m in marks if m.found_hz is not None), 1e-9) * 1.3
    for k in range(1, int(highest_hz / shaft_hz) + 1):
        ax.axvline(k * shaft_hz, color=COLOURS["shaft"], linewidth=0.5, linestyle=(0, (1, 3)), zorder=0.5)
    for mark in marks:
        if mark.main and mark.expected_hz < highest_hz:
            low, high = mark.expected_hz - mark.tolerance_hz, mark.expected_hz + mark.tolerance_hz
            ax.axvspan(low, high, color=mark.colour, alpha=0.18, linewidth=0, zorder=0.6)
            ax.axvline(mark.expected_hz, color=mark.colour, linewidth=0.7, linestyle=(0, (4, 2)), alpha=0.7, zorder=0.7)
    ax.plot(f, a, color=COLOURS["series"], linewidth=0.8)
    ax.plot(*decimated(frequency_hz[shown], background[shown] * 100), color=COLOURS["background"], linestyle="--")
    for mark in marks:
        if mark.found_hz is not None and mark.found_hz <= highest_hz:
            style, size = ("o", 4.5) if mark.main else ("^", 3.5)
            fill = COLOURS["paper"] if mark.elsewhere else mark.colour
            ax.plot(mark.found_hz, mark.amplitude * 100, style, color=mark.colour, mfc=fill, markersize=size, zorder=4)
    ax.set_xlim(0, highest_hz)
    ax.set_ylim(0, top)
    _label(ax, marks, highest_hz=highest_hz, top=top)
    ax.set_xlabel("modulation frequency, Hz (dotted: multiples of the shaft speed)")
    ax.set_ylabel("modulation depth, %")
    ax.legend(
        handles=_keys(legend, marks), loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=len(legend) + 4,
        frameon=False, fontsize=8, handlelength=1.2, columnspacing=1.0, handletextpad=0.45, borderaxespad=0.1,
    )  # fmt: skip


def _keys(legend: Mapping[str, str], marks: Sequence[EnvelopeMark]) -> "list[Line2D | Patch]":
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    hollow = Line2D([], [], color=COLOURS["muted"], mfc="none", marker="o", markersize=4.5, linestyle="none")
    hollow.set_label("in another band")
    return [
        *(Patch(facecolor=colour, label=name) for name, colour in legend.items()),
        Line2D([], [], color=COLOURS["muted"], marker="o", markersize=4.5, linestyle="none", label="found"),
        Line2D([], [], color=COLOURS["muted"], marker="^", markersize=3.5, linestyle="none", label="sideband found"),
        *([hollow] if any(m.elsewhere for m in marks) else []),
        Line2D([], [], color=COLOURS["background"], linestyle="--", label="background"),
    ]


def _label(ax: "Axes", marks: Sequence[EnvelopeMark], *, highest_hz: float, top: float) -> None:
    """Write each label over its dot, or at the top where nothing was found, and move it clear of what is there."""
    seen = [m for m in marks if m.found_hz is not None and m.found_hz <= highest_hz]
    taken = [_box((m.found_hz or 0.0) / highest_hz, m.amplitude * 100 / top, half=0.006, below=0.012) for m in seen]
    written: set[tuple[str, float]] = set()
    for mark in sorted(marks, key=lambda m: -(m.amplitude if m.found_hz is not None else -1.0)):
        if not mark.main or mark.expected_hz >= highest_hz or (mark.label, mark.expected_hz) in written:
            continue  # a cage and an element share their cage lines
        written.add((mark.label, mark.expected_hz))
        half = _LETTER * len(mark.label) / 2
        place_hz = mark.expected_hz if mark.found_hz is None else mark.found_hz
        x = min(max(place_hz / highest_hz, half), 1 - half)
        y = min(1 - _LINE, 1.0 if mark.found_hz is None else mark.amplitude * 100 / top + 0.03)
        step = (-_LINE if mark.found_hz is None else _LINE) / 4
        while any(_overlap(_box(x, y, half=half), t) for t in taken) and 0 < y + step <= 1 - _LINE:
            y += step
        taken.append(_box(x, y, half=half))
        ax.text(
            x, y, mark.label, transform=ax.transAxes, ha="center", va="bottom", fontsize=8, color=mark.colour,
            bbox={"facecolor": COLOURS["paper"], "alpha": 0.75, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip


def _box(x: float, y: float, *, half: float, below: float = 0.0) -> _Box:
    return x - half, x + half, y - below, y + (below or _LINE * 0.85)


def _overlap(a: _Box, b: _Box) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
