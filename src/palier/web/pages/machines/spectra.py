"""Spectra over time, and two recordings over each other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.roles import Actor
from palier.app.views import HistoryEntry
from palier.errors import ConflictError, NotFoundError
from palier.web.components.plot import plot, plot_id
from palier.web.figures import Figure, Slice, comparison_figure, waterfall_figure
from palier.web.i18n import date_time, t
from palier.web.pages.machines.history import when
from palier.web.request import current_actor
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register_spectra", "spectra"]

_SLICES = "machine-slices"
_FIRST, _SECOND, _CURVE, _NAMES = (f"compare-{part}" for part in ("first", "second", "curve", "names"))
_MOST = 16
_CURVES = ("spectrum", "envelope_spectrum")


def spectra(entries: Sequence[HistoryEntry], query: Mapping[str, str]) -> Component:
    """Return the frames; callbacks fill them. Only recordings that were diagnosed have spectra."""
    diagnosed = [e for e in entries if e.diagnosis is not None]
    if len(diagnosed) < 2:
        return html.Section(
            [html.H2(t("machines.spectra")), html.P(t("machines.no_spectra"), className="note")], className="section"
        )
    slices = [
        (e.diagnosis.id, date_time(when(e.recording)).split()[0]) for e in diagnosed[-_MOST:] if e.diagnosis is not None
    ]
    return html.Div(
        [
            html.Section(
                [
                    html.H2(t("machines.spectra")),
                    dcc.Store(id=_SLICES, data=slices),
                    plot(
                        "waterfall", title=t("machines.waterfall"), note=t("machines.waterfall_note"),
                        height=140 + 32 * len(slices),
                    ),
                ],
                className="section stack",
            ),
            _compare(diagnosed, query),
        ]
    )  # fmt: skip


def _compare(diagnosed: Sequence[HistoryEntry], query: Mapping[str, str]) -> Component:
    data = [
        {"value": e.diagnosis.id, "label": f"{date_time(when(e.recording))} · {e.recording.file_name}"}
        for e in reversed(diagnosed)
        if e.diagnosis is not None
    ]
    known = {d["value"] for d in data}
    first, second = query.get("a"), query.get("b")
    curve = query.get("curve")
    return html.Section(
        [
            html.H2(t("machines.compare")),
            html.Div(
                [
                    _select(_FIRST, t("machines.compare_first"), data, first if first in known else data[-1]["value"]),
                    _select(
                        _SECOND, t("machines.compare_second"), data, second if second in known else data[0]["value"]
                    ),
                    dmc.Select(
                        id=_CURVE,
                        label=t("machines.compare_what"),
                        data=[{"value": c, "label": t(f"machines.curve_{c}")} for c in _CURVES],
                        value=curve if curve in _CURVES else _CURVES[0],
                        allowDeselect=False,
                    ),
                ],
                className="fields",
            ),
            dcc.Store(id=_NAMES, data=["a", "b", "curve"]),
            plot("comparison", title=t("machines.comparison"), height=340),
        ],
        className="section stack",
    )


def _select(id: str, label: str, data: list[dict[str, str]], value: str) -> Component:  # noqa: A002
    made: Component = dmc.Select(id=id, label=label, data=data, value=value, allowDeselect=False, searchable=True)
    return made


def register_spectra(app: PalierDash, services: "Services") -> None:
    """Draw the spectra; what is compared is kept in the address."""

    @app.callback(Output(plot_id("waterfall"), "figure"), Input(_SLICES, "data"))
    def waterfall(slices: list[list[str]]) -> Figure:
        if not slices:
            raise PreventUpdate
        return waterfall_figure(_slices(services, current_actor(), slices))

    @app.callback(
        Output(plot_id("comparison"), "figure"),
        Input(_FIRST, "value"),
        Input(_SECOND, "value"),
        Input(_CURVE, "value"),
        State(_FIRST, "data"),
    )
    def compare(first: str, second: str, curve: str, options: list[dict[str, Any]]) -> Figure:
        actor = current_actor()
        pair = [services.diagnoses.curve(actor, i, curve, points=3000) for i in (first, second)]
        names = {o["value"]: o["label"] for o in options}
        title = t("figures.depth" if curve == "envelope_spectrum" else "figures.amplitude")
        return comparison_figure(pair[0], pair[1], names=(names[first], names[second]), y_title=title)

    app.visual(
        "keepQuery",
        Input(_FIRST, "value"),
        Input(_SECOND, "value"),
        Input(_CURVE, "value"),
        State(_NAMES, "data"),
        prevent_initial_call=True,
    )


def _slices(services: "Services", actor: Actor, slices: list[list[str]]) -> list[Slice]:
    """Return the spectra that are still there."""
    found = []
    for diagnosis_id, label in slices:
        try:
            found.append(Slice(label, services.diagnoses.curve(actor, diagnosis_id, "spectrum", points=800)))
        except (NotFoundError, ConflictError):
            continue
    return found
