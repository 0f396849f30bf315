"""Any record of a dataset: what it is said to be, and its waveform."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.entities import Dataset
from palier.app.roles import Actor
from palier.app.views import WaveformView
from palier.web.components.facts import facts
from palier.web.components.fault_name import fault_name
from palier.web.components.plot import Axis, plot, plot_id, zoom_store
from palier.web.figures import waveform_figure
from palier.web.i18n import count, duration, frequency, rpm, t
from palier.web.request import current_actor
from palier.web.routing import Address, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_ROW, _BODY, _SHOWN, _SAID = "dataset-row", "dataset-record", "dataset-record-of", "dataset-row-said"
#: Steps that a waveform is drawn in: more than pixels, so that zooming in shows more.
_POINTS = 10_000


def content(services: "Services", actor: Actor, dataset: Dataset, address: Address) -> Component:
    """Return the section."""
    last = dataset.n_records - 1
    given = address.query.get("row", "")
    row = min(int(given), last) if given.isdecimal() and len(given) < 10 else 0
    return html.Div(
        [
            dmc.NumberInput(
                id=_ROW,
                label=t("datasets.row"),
                description=t("datasets.row_hint", last=count(last)),
                value=row,
                min=0,
                max=last,
                step=1,
                allowDecimal=False,
                clampBehavior="strict",
                debounce=300,
                className="row-input",
            ),
            html.Div(_body(services, actor, dataset.id, row, None), id=_BODY, className="stack"),
            dcc.Store(id=_SHOWN, data=dataset.id),
            dcc.Store(id=_SAID),
            zoom_store("t", None),
        ],
        className="stack",
    )


def _body(services: "Services", actor: Actor, dataset_id: str, row: int, span: list[float] | None) -> list[Component]:
    told, view = services.datasets.record(actor, dataset_id, row, points=_POINTS)
    return [facts(_told(told, view)), _waveform(view, span)]


def _told(told: dict[str, Any], view: WaveformView) -> list[tuple[str, Any]]:
    severity = told.get("severity")
    return [
        (t("datasets.class"), fault_name(told["fault"] or "-")),
        (t("datasets.severity"), t(f"datasets.level_{severity}") if severity else "–"),
        (t("datasets.speed"), rpm(told.get("speed_hz"))),
        (t("datasets.rate"), frequency(view.sampling_rate_hz)),
        (t("datasets.duration"), duration(view.duration_s)),
        (t("datasets.channel"), html.Span(view.channel, lang="en")),
        (t("datasets.source"), _source(str(told.get("source") or "–"))),
    ]


def _source(source: str) -> Component:
    """Show where a record is from; what a generator says of itself only repeats the labels."""
    return html.Span(t("datasets.source_simulated") if source.startswith("simulated:") else source, className="source")


def _waveform(view: WaveformView, span: list[float] | None) -> Component:
    length = view.duration_s or float(view.n_samples)
    shown = None if span is None or span[0] >= length else (span[0], min(span[1], length))
    rate = view.sampling_rate_hz or 1.0
    return plot(
        "record",
        title=t("figures.waveform"),
        figure=waveform_figure(view, span=shown),
        x=Axis("t", 0.0, length, 16 / rate, "s" if view.sampling_rate_hz else ""),
        note=None if view.exact else t("datasets.waveform_steps", n=count(len(view.time_s))),
    )


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""

    @app.callback(
        Output(_BODY, "children"),
        Input(_ROW, "value"),
        State(_SHOWN, "data"),
        State("zoom-t", "data"),
        prevent_initial_call=True,
    )
    def show(row: int | str | None, dataset_id: str, span: list[float] | None) -> list[Component]:
        return _body(services, current_actor(), dataset_id, int(row or 0), span)

    app.visual("rowShown", Output(_SAID, "data"), Input(_ROW, "value"), prevent_initial_call=True)
    app.visual(
        "spanned",
        Output(plot_id("record"), "figure"),
        Input("zoom-t", "data"),
        State(plot_id("record"), "figure"),
        prevent_initial_call=True,
    )
