"""A figure with its title, tools that have names and work by keyboard, and the part that is shown, in words."""

from dataclasses import dataclass
from typing import Any

from dash import ALL, Input, Output, dcc, html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.figures import CONFIG, Figure
from palier.web.i18n import t
from palier.web.routing import PalierDash

__all__ = ["ZOOM_HEARD", "Axis", "plot", "plot_id", "register_zoom", "zoom_store"]

#: Store without which Dash would not listen to figures.
ZOOM_HEARD = "zoom-heard"

_TOOLS = (("in", "+"), ("out", "−"), ("left", "←"), ("right", "→"), ("whole", "⤢"))
_WORDS = {"in": "zoom_in", "out": "zoom_out", "left": "left", "right": "right", "whole": "whole"}


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis that figures share: zooming one zooms all."""

    name: str
    low: float
    high: float
    least: float
    """Narrowest span that shows something."""
    unit: str


def plot_id(name: str) -> dict[str, str]:
    """Return the id of a figure's graph."""
    return {"plot": name}


def zoom_store(name: str, span: list[float] | None) -> Component:
    """Return the store of the span of an axis; None is the whole."""
    return dcc.Store(id=f"zoom-{name}", data=span)


def plot(
    name: str,
    *,
    title: str,
    figure: Figure | None = None,
    x: Axis | None = None,
    y: Axis | None = None,
    note: str | Component | None = None,
    more_tools: Component | None = None,
    height: int = 300,
) -> Component:
    """Show a figure.

    Parameters
    ----------
    name : str
        Its id is ``plot_id(name)``.
    title : str
    figure : dict, optional
        What to show at first; otherwise a callback fills it.
    x, y : Axis, optional
        Shared axes; without one, the figure zooms by itself.
    note : str or Component, optional
        What is to be seen.
    more_tools : Component, optional
    height : int
        Pixels to keep free.
    """
    shared: dict[str, Any] = {"data-plot": name}
    for letter, axis in (("x", x), ("y", y)):
        if axis is not None:
            shared |= {
                f"data-{letter}": axis.name,
                f"data-{letter}-extent": f"{axis.low:.9g},{axis.high:.9g}",
                f"data-{letter}-least": f"{axis.least:.6g}",
            }
    graph = dcc.Graph(
        id=plot_id(name), config=CONFIG, responsive=True, className="plot-graph", style={"height": f"{height}px"},
        **({"figure": figure} if figure is not None else {"figure": {"data": [], "layout": _blank()}}),
    )  # fmt: skip
    tools = [_tools(title, x)] if x is not None else []
    return html.Div(
        [
            html.Div(
                [html.H3(title), *([more_tools] if more_tools is not None else []), *tools], className="plot-head"
            ),
            html.Div(graph, className="plot-stage", role="group", tabIndex=0, **named(aria_label=title)),
            *([html.P(note, className="note")] if isinstance(note, str) else [note] if note is not None else []),
        ],
        className="plot",
        **shared,
    )


def _blank() -> dict[str, Any]:
    hidden = {"visible": False}
    return {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "xaxis": hidden, "yaxis": hidden}


def _tools(title: str, axis: Axis) -> Component:
    buttons = [
        html.Button(
            symbol,
            type="button",
            className="tool",
            title=t(f"figures.{_WORDS[what]}"),
            **named(data_zoom=what, aria_label=t(f"figures.{_WORDS[what]}")),
        )
        for what, symbol in _TOOLS
    ]
    words = t("figures.shown", low="{low}", high="{high}", unit=axis.unit)
    shown = html.Span(className="plot-shown", role="status", **named(data_words=words))
    return html.Div(
        [shown, *buttons], className="plot-tools", role="group", **named(aria_label=t("figures.zoom_of", figure=title))
    )


def register_zoom(app: PalierDash) -> None:
    """Let figures that are zoomed with the mouse zoom those that share their axes."""
    app.visual(
        "relayout",
        Output(ZOOM_HEARD, "data"),
        Input({"plot": ALL}, "relayoutData"),
        prevent_initial_call=True,
    )
