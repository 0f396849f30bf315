"""The one figure style: colours that colour-blind people can tell apart, one font set, every figure closed."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from palier.core.shapes import Waveform
from palier.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "FAULT_COLOURS", "decimated", "figure", "save_figure", "svg_text", "text_side"]

#: Colours by what they mean. They are stand-ins of their own, so that an SVG can carry a theme: `svg_text` turns each
#: into a CSS variable of that name, with the printed colour as its fallback.
COLOURS = {
    "ink": "#1b1f24",
    "muted": "#5b6570",
    "grid": "#dfe3e8",
    "paper": "#fefefe",
    "series": "#33658a",
    "background": "#8d99a6",
    "outer": "#d1495b",
    "inner": "#00798c",
    "element": "#b36a00",
    "cage": "#7b4ea3",
    "shaft": "#6c757e",
}

FAULT_COLOURS = {
    "outer_race": COLOURS["outer"],
    "inner_race": COLOURS["inner"],
    "rolling_element": COLOURS["element"],
    "cage": COLOURS["cage"],
}

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "palier",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.6,
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "text.color": COLOURS["ink"],
    "lines.linewidth": 0.9,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "path.simplify_threshold": 0.5,
}
_WIDTH_IN = 7.4

#: Fixed margins in inches: they line the figures of a page up, and take half the time of fitted ones.
_LEFT_IN, _RIGHT_IN, _BOTTOM_IN, _TOP_IN = 0.66, 0.08, 0.44, 0.22
_DPI = 300


@contextmanager
def figure(*, height_in: float = 2.4, margins: Literal["fitted", "fixed"] = "fitted") -> Iterator["Figure"]:
    """Give a figure of the page's width in the one style; nothing of it outlives the block.

    Fixed margins leave room for labels below and at the left, and for a legend of one line above.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        drawn = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained" if margins == "fitted" else None)
        if margins == "fixed":
            drawn.subplots_adjust(
                left=_LEFT_IN / _WIDTH_IN,
                right=1 - _RIGHT_IN / _WIDTH_IN,
                bottom=_BOTTOM_IN / height_in,
                top=1 - _TOP_IN / height_in,
            )
        try:
            yield drawn
        finally:
            drawn.clear()


def save_figure(drawn: "Figure", path: Path) -> None:
    """Save as PNG (300 dpi), SVG or PDF, by the ending.

    Raises
    ------
    ParameterError
        If the ending is another.
    """
    if path.suffix not in {".png", ".svg", ".pdf"}:
        raise ParameterError(f"figure {path.name}: allowed endings are .png, .svg and .pdf")
    stamp = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[path.suffix]
    drawn.savefig(path, dpi=_DPI, metadata=stamp, facecolor=COLOURS["paper"])


def svg_text(drawn: "Figure", *, prefix: str) -> str:
    """Return a figure as SVG for an HTML page: colours as CSS variables, text as text, the same bytes each time.

    `prefix` keeps the ids of several figures on one page apart.
    """
    buffer = io.StringIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid=")', rf"\1{prefix}-", text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\1{prefix}-", text)
    text = re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"', r"<svg \1", text, count=1)
    text = re.sub(r' height="[\d.]+pt"| width="[\d.]+pt"', "", text, count=2)
    for name, value in COLOURS.items():
        text = text.replace(value, f"var(--fig-{name}, {value})")
    return text.replace("'DejaVu Sans'", "system-ui, 'DejaVu Sans'")


def text_side(low: float, high: float, *, end: float) -> tuple[Literal["left", "center", "right"], float]:
    """Return how to align a text over a span of an axis from 0 to `end`, and where, so that it stays inside.

    Examples
    --------
    >>> text_side(4.5, 6.0, end=6.0), text_side(2.0, 4.0, end=6.0), text_side(0.0, 1.0, end=6.0)
    (('right', 6.0), ('center', 3.0), ('left', 0.0))
    """
    middle = (low + high) / 2
    if middle < end * 0.15:
        return "left", low
    return ("right", high) if middle > end * 0.85 else ("center", middle)


def decimated(x: Waveform, y: Waveform, *, columns: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Keep the lowest and the highest value of each pixel column, so that no peak is lost.

    Examples
    --------
    >>> x = np.arange(10_000.0)
    >>> y = np.zeros(10_000); y[1234] = 5
    >>> px, py = decimated(x, y, columns=100)
    >>> len(px), float(py.max())
    (200, 5.0)
    """
    n = len(y)
    if n <= 2 * columns:
        return np.asarray(x), np.asarray(y)
    edges = np.linspace(0, n, columns + 1).astype(np.intp)[:-1]
    low, high = np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)
    place = np.asarray(x)[edges]
    return np.repeat(place, 2), np.stack([low, high], axis=1).reshape(-1)
