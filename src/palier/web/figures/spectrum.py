"""An amplitude spectrum."""

from typing import Any, Literal

from palier.app.views import CurveView
from palier.web.figures.style import Figure, Span, axis, axis_title, curve, figure
from palier.web.i18n import t

__all__ = ["spectrum_figure"]


def spectrum_figure(view: CurveView, *, span: Span = None, scale: Literal["linear", "log"] = "linear") -> Figure:
    """Draw a spectrum; of each step its highest value, so that no line is lost.

    Parameters
    ----------
    view : CurveView
    span : tuple of float, optional
        Ends of the frequency axis, Hz.
    scale : {"linear", "log"}
        Of the amplitudes.
    """
    ranged: dict[str, Any] = {} if scale == "log" else {"rangemode": "tozero"}
    return figure(
        [curve(view.x, view.high, name=t("figures.spectrum"), hoverinfo="x+y")],
        axis(axis_title(t("figures.frequency"), view.x_unit), span=span),
        axis(axis_title(t("figures.amplitude"), view.y_unit), fixed=True, type=scale, **ranged),
    )
