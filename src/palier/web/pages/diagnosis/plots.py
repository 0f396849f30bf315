"""The plots: waveform and spectrogram share their time, spectrogram and spectrum their frequency."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.views import DiagnosisView
from palier.errors import NotFoundError
from palier.web.components.attributes import named
from palier.web.components.plot import Axis, plot, plot_id, zoom_store
from palier.web.figures import Figure, envelope_spectrum_figure, spectrogram_figure, spectrum_figure, waveform_figure
from palier.web.figures.style import Span
from palier.web.i18n import t
from palier.web.pages.diagnosis.result import Result, result_of
from palier.web.request import current_actor
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["SHOWN", "plots", "register_plots", "span_of"]

#: Store of the id of the diagnosis that is shown.
SHOWN = "diagnosis-shown"
_LOG = "spectrum-log"
#: Steps that a figure is drawn in.
_POINTS = 3000


def span_of(query: Mapping[str, str], name: str) -> list[float] | None:
    """Return the span of an axis that the address states, or None where it states none that can be.

    Examples
    --------
    >>> span_of({"t": "0.5,1.25"}, "t"), span_of({"t": "2,1"}, "t"), span_of({"t": "a"}, "t")
    ([0.5, 1.25], None, None)
    """
    parts = query.get(name, "").split(",")
    try:
        low, high = (float(p) for p in parts)
    except ValueError:
        return None
    return [low, high] if low < high < float("inf") else None


def plots(result: Result, query: Mapping[str, str]) -> Component:
    """Return the frames of the plots; callbacks fill them, each by itself."""
    recording = result.part("recording")
    rate_hz, duration_s = recording["sampling_rate_hz"], recording["duration_s"]
    time = Axis("t", 0.0, duration_s, 10 / rate_hz, "s")
    frequency = Axis("f", 0.0, rate_hz / 2, 20 / duration_s, "Hz")
    ends = [line.expected_hz for line in result.lines]
    envelope = Axis("e", 0.0, max(ends, default=100.0) * 1.06, 10 / duration_s, "Hz")
    logarithmic = dmc.Switch(t("figures.logarithmic"), id=_LOG, size="xs", checked=False)
    lines = [plot("envelope", title=t("figures.envelope"), x=envelope, height=360, note=_legend(result))]
    return html.Section(
        [
            html.H2(t("diagnosis.plots")),
            html.P(t("diagnosis.plots_lead"), className="note"),
            *[zoom_store(axis, span_of(query, axis)) for axis in ("t", "f", "e")],
            *(lines if result.rolling else []),
            plot("spectrum", title=t("figures.spectrum"), x=frequency, more_tools=logarithmic),
            plot("waveform", title=t("figures.waveform"), x=time, height=260),
            plot("spectrogram", title=t("figures.spectrogram"), x=time, y=frequency, height=320),
        ],
        className="section stack",
    )


def _legend(result: Result) -> Component:
    """Say which band it is, and what the colours mean."""
    faults = {line.fault: line.fault_words for line in result.lines}
    keys = [html.Li([html.Span(className=f"key key-{k}", **named(aria_hidden="true")), v]) for k, v in faults.items()]
    background: list[Component | str] = [
        html.Span(className="key key-line", **named(aria_hidden="true")),
        t("figures.background"),
    ]
    return html.Div(
        [html.Ul([*keys, html.Li(background)], className="legend"), html.P(_band(result), className="note")]
    )


def _band(result: Result) -> str:
    chosen = next((b for b in result.rows("bands") if b["chosen"]), None)
    if chosen is None:
        return t("diagnosis.envelope_note")
    return t("diagnosis.envelope_band", low=f"{chosen['low_hz']:.0f}", high=f"{chosen['high_hz']:.0f}")


def register_plots(app: PalierDash, services: "Services") -> None:
    """Draw each plot for the part that is zoomed to; the server has a pyramid, so any part costs the same."""

    @app.callback(Output(plot_id("waveform"), "figure"), Input("zoom-t", "data"), State(SHOWN, "data"))
    def waveform(span: list[float] | None, diagnosis_id: str) -> Figure:
        view = services.diagnoses.get(current_actor(), diagnosis_id)
        return _waveform(services, view, span)

    @app.callback(
        Output(plot_id("spectrum"), "figure"), Input("zoom-f", "data"), State(_LOG, "checked"), State(SHOWN, "data")
    )
    def spectrum(span: list[float] | None, logarithmic: bool, diagnosis_id: str) -> Figure:  # noqa: FBT001 - Dash's call
        low, high = span or (None, None)
        view = services.diagnoses.curve(current_actor(), diagnosis_id, "spectrum", first=low, last=high, points=_POINTS)
        return spectrum_figure(view, span=_ends(span), scale="log" if logarithmic else "linear")

    @app.callback(Output(plot_id("envelope"), "figure"), Input("zoom-e", "data"), State(SHOWN, "data"))
    def envelope(span: list[float] | None, diagnosis_id: str) -> Figure:
        return _envelope(services, diagnosis_id, span)

    @app.callback(
        Output(plot_id("spectrogram"), "figure"), Input(SHOWN, "data"), State("zoom-t", "data"), State("zoom-f", "data")
    )
    def spectrogram(diagnosis_id: str, time: list[float] | None, frequency: list[float] | None) -> Figure:
        view = services.diagnoses.matrix(current_actor(), diagnosis_id, "spectrogram")
        return spectrogram_figure(view, time_span=_ends(time), frequency_span=_ends(frequency))

    _register_visual(app)


def _register_visual(app: PalierDash) -> None:
    app.visual(
        "moved",
        Output(plot_id("spectrogram"), "figure", allow_duplicate=True),
        Input("zoom-t", "data"),
        Input("zoom-f", "data"),
        State(plot_id("spectrogram"), "figure"),
        prevent_initial_call=True,
    )
    app.visual(
        "scaled",
        Output(plot_id("spectrum"), "figure", allow_duplicate=True),
        Input(_LOG, "checked"),
        State(plot_id("spectrum"), "figure"),
        prevent_initial_call=True,
    )


def _ends(span: list[float] | None) -> Span:
    return None if span is None else (span[0], span[1])


def _waveform(services: "Services", view: DiagnosisView, span: list[float] | None) -> Figure:
    recorded = result_of(view.diagnosis).part("recording")
    low, high = span or (None, None)
    actor, channel = current_actor(), recorded["channel"]
    names = view.recording.channels_json
    wave = services.recordings.waveform(
        actor,
        view.recording.id,
        channel=channel if channel in names else None,
        first_s=low,
        last_s=high,
        points=_POINTS,
    )
    return waveform_figure(wave, span=_ends(span) or (0.0, recorded["duration_s"]))


def _envelope(services: "Services", diagnosis_id: str, span: list[float] | None) -> Figure:
    actor = current_actor()
    low, high = span or (None, None)
    result = result_of(services.diagnoses.get(actor, diagnosis_id).diagnosis)
    try:
        curve, background = (
            services.diagnoses.curve(actor, diagnosis_id, name, first=low, last=high, points=_POINTS)
            for name in ("envelope_spectrum", "envelope_background")
        )
    except NotFoundError:
        raise NotFoundError(t("diagnosis.no_envelope")) from None
    end = max((line.expected_hz for line in result.lines), default=float(curve.x[-1])) * 1.06
    return envelope_spectrum_figure(curve, background, result.lines, span=_ends(span) or (0.0, end))
