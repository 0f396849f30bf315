"""The squared envelope spectrum with the lines that were looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.core.shapes import Spectrum
from palier.viz.style import COLOURS, decimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EnvelopeMark", "draw_envelope"]


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
    """Harmonics are labelled, sidebands only marked."""


def draw_envelope(
    ax: "Axes",
    frequency_hz: Spectrum,
    amplitude: Spectrum,
    background: Spectrum,
    *,
    marks: Sequence[EnvelopeMark],
    shaft_hz: float,
    highest_hz: float,
) -> None:
    """Draw the spectrum, its local background, tolerance bands (shaded) and found lines (dots)."""
    shown = frequency_hz <= highest_hz
    f, a = decimated(frequency_hz[shown], amplitude[shown] * 100)
    top = float(max(a.max(), 1e-9)) * 1.3
    for k in range(1, int(highest_hz / shaft_hz) + 1):
        ax.axvline(k * shaft_hz, color=COLOURS["shaft"], linewidth=0.5, linestyle=(0, (1, 3)), zorder=0.5)
    for mark in marks:
        if mark.expected_hz - mark.tolerance_hz < highest_hz and mark.main:
            low, high = mark.expected_hz - mark.tolerance_hz, mark.expected_hz + mark.tolerance_hz
            ax.axvspan(low, high, color=mark.colour, alpha=0.13, linewidth=0, zorder=0.6)
    ax.plot(f, a, color=COLOURS["series"], linewidth=0.8)
    ax.plot(frequency_hz[shown], background[shown] * 100, color=COLOURS["background"], linewidth=1, linestyle="--")
    labelled: list[float] = []
    for mark in marks:
        if mark.found_hz is None or mark.found_hz > highest_hz:
            continue
        ax.plot(
            mark.found_hz, mark.amplitude * 100, "o" if mark.main else "^", color=mark.colour, markersize=4.5 if mark.main else 3.5,
            zorder=4,
        )  # fmt: skip
        if mark.main and all(abs(mark.found_hz - x) > highest_hz * 0.045 for x in labelled):
            labelled.append(mark.found_hz)
            ax.annotate(
                mark.label, (mark.found_hz, mark.amplitude * 100), xytext=(0, 5), textcoords="offset points",
                ha="center", va="bottom", fontsize=8, color=mark.colour,
            )  # fmt: skip
    ax.set_xlim(0, highest_hz)
    ax.set_ylim(0, top)
    ax.set_xlabel("modulation frequency, Hz (dotted: multiples of the shaft speed)")
    ax.set_ylabel("modulation depth, %")
