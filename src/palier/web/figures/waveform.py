"""A waveform: every sample where there is room, the lowest and highest of each step otherwise."""

import numpy as np

from palier.app.views import WaveformView
from palier.web.figures.style import Figure, Span, axis, axis_title, curve, figure
from palier.web.i18n import t

__all__ = ["waveform_figure"]


def waveform_figure(view: WaveformView, *, span: Span = None) -> Figure:
    """Draw a waveform.

    Parameters
    ----------
    view : WaveformView
        What is to be seen of it.
    span : tuple of float, optional
        Ends of the time axis, in the view's own time.
    """
    if view.exact:
        x, y = view.time_s, view.low
    else:
        x = np.repeat(view.time_s, 2)
        y = np.stack([view.low, view.high], axis=1).reshape(-1)
    time = axis_title(t("figures.time"), "s") if view.sampling_rate_hz is not None else t("figures.sample")
    line = curve(x, y, name=view.channel, width=1.0, hoverinfo="x+y" if view.exact else "skip")
    return figure(
        [line],
        axis(time, span=span),
        axis(axis_title(t("figures.amplitude"), view.unit), fixed=True),
    )
