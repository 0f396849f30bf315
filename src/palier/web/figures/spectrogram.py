"""Level over time and frequency."""

import numpy as np

from palier.app.views import MatrixView
from palier.web.figures.style import Figure, Span, axis, axis_title, figure, packed, packed8
from palier.web.i18n import t

__all__ = ["spectrogram_figure"]

#: Shown below the highest level.
_RANGE_DB = 80.0


def spectrogram_figure(view: MatrixView, *, time_span: Span = None, frequency_span: Span = None) -> Figure:
    """Draw a spectrogram, dB re 1 unit of amplitude; what is 80 dB below the highest is not told apart."""
    top = float(view.level_db.max()) if view.level_db.size else 0.0
    rows, columns = view.level_db.shape
    picture = {
        "type": "heatmap",
        "x": packed(view.time_s),
        "y": packed(view.frequency_hz),
        "z": {**_levels(view.level_db, top), "shape": f"{rows}, {columns}"},
        "zmin": top - _RANGE_DB,
        "zmax": top,
        "colorscale": "Cividis",
        "colorbar": {
            "title": {"text": "dB", "side": "top"},
            "thickness": 10,
            "outlinewidth": 0,
            "len": 1,
            "tickfont": {"size": 11},
        },
        "hovertemplate": "%{x:.4~g} s<br>%{y:.5~g} Hz<br>%{z:.0f} dB<extra></extra>",
    }
    whole_time = (0.0, float(view.time_s[-1] + view.time_s[0])) if len(view.time_s) else None
    whole_frequency = (0.0, float(np.max(view.frequency_hz, initial=1.0)))
    return figure(
        [picture],
        axis(axis_title(t("figures.time"), "s"), span=time_span or whole_time),
        axis(axis_title(t("figures.frequency"), "Hz"), span=frequency_span or whole_frequency),
        hovermode="closest",
    )


def _levels(level_db: np.ndarray, top: float) -> dict[str, str]:
    """Return levels in whole dB, one byte each where they fit: nobody sees more, and it is a quarter of the data."""
    shown = np.round(np.maximum(level_db, top - _RANGE_DB))
    fits = shown.size > 0 and shown.min() >= -128 and shown.max() <= 127
    return packed8(shown) if fits else packed(shown)
