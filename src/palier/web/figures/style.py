"""The one style of figures."""

import base64
from typing import Any, Final

import numpy as np

from palier.web.i18n import current_language
from palier.web.theme import FIGURE_COLOURS

__all__ = [
    "CONFIG",
    "Figure",
    "Span",
    "axis",
    "axis_title",
    "curve",
    "figure",
    "packed",
    "packed8",
    "packed64",
    "unpacked",
]

#: What plotly.js draws: ``data`` and ``layout``.
Figure = dict[str, Any]
#: Part of an axis, or None for the whole.
Span = tuple[float, float] | None

#: How figures behave. Their tools are ours: plotly's have no names and no keyboard.
CONFIG: Final[Any] = {
    "displayModeBar": False,
    "doubleClick": "autosize",
    "scrollZoom": False,
    "responsive": True,
    "showTips": False,
    "showAxisDragHandles": False,
}

_CLEAR = "rgba(0,0,0,0)"
_FONT = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif'


def packed(values: Any) -> dict[str, str]:
    """Return numbers as plotly.js reads them fastest: 32-bit, base64."""
    array = np.ascontiguousarray(values, dtype="<f4")
    return {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def packed64(values: Any) -> dict[str, str]:
    """Return numbers in 64 bits: places on an axis that is zoomed into deeply."""
    array = np.ascontiguousarray(values, dtype="<f8")
    return {"dtype": "f8", "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def packed8(values: Any) -> dict[str, str]:
    """Return whole numbers from -128 to 127, a byte each."""
    array = np.ascontiguousarray(values, dtype="i1")
    return {"dtype": "i1", "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def unpacked(values: dict[str, str]) -> np.ndarray:
    """Return the numbers that were packed.

    Examples
    --------
    >>> unpacked(packed([1.5, -2.0])).tolist()
    [1.5, -2.0]
    """
    return np.frombuffer(base64.b64decode(values["bdata"]), dtype=f"<{values['dtype']}")


def axis_title(name: str, unit: str | None) -> str:
    """Write what an axis shows, with its unit.

    Examples
    --------
    >>> axis_title("Acceleration", "m/s^2"), axis_title("Level", None)
    ('Acceleration (m/s²)', 'Level')
    """
    shown = {"m/s^2": "m/s²", "um": "µm"}.get(unit or "", unit)
    return f"{name} ({shown})" if shown else name


def axis(title: str, *, span: Span = None, fixed: bool = False, **more: Any) -> dict[str, Any]:
    """Return an axis; a `fixed` one cannot be zoomed."""
    ranged: dict[str, Any] = {} if span is None else {"range": [float(span[0]), float(span[1])], "autorange": False}
    return {
        "title": {"text": title, "standoff": 8},
        "gridcolor": FIGURE_COLOURS["ink"],
        "zeroline": False,
        "showline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": FIGURE_COLOURS["ink"],
        "automargin": True,
        "fixedrange": fixed,
        **ranged,
        **more,
    }


def curve(x: Any, y: Any, *, name: str, colour: str = "series", width: float = 1.2, **more: Any) -> dict[str, Any]:
    """Return a line."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": packed64(x),
        "y": packed(y),
        "name": name,
        "line": {"color": FIGURE_COLOURS.get(colour, colour), "width": width},
        "hoverlabel": {"namelength": -1},
        **more,
    }


def figure(traces: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], **layout: Any) -> Figure:
    """Put traces into the one layout."""
    separators = ",\u202f" if current_language() == "fr" else ".,"
    return {
        "data": traces,
        "layout": {
            "margin": {"l": 8, "r": 14, "t": 12, "b": 8},
            "paper_bgcolor": _CLEAR,
            "plot_bgcolor": _CLEAR,
            "font": {"family": _FONT, "size": 12, "color": FIGURE_COLOURS["ink"]},
            "separators": separators,
            "xaxis": x,
            "yaxis": y,
            "showlegend": False,
            "legend": {
                "orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "bgcolor": _CLEAR,
                "itemclick": False, "itemdoubleclick": False,
            },
            "hovermode": "x",
            "hoverlabel": {"bgcolor": "#1b1f24", "bordercolor": "#8a939c", "font": {"color": "#ffffff", "size": 12}},
            "dragmode": "zoom",
            "selectdirection": "h",
            **layout,
        },
    }  # fmt: skip
