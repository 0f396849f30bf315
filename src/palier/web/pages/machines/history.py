"""Recordings in time: trends of level, of velocity with the ISO zones, and of the defect lines; and the list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from palier.app.entities import Point, Recording
from palier.app.views import HistoryEntry
from palier.core.faults import ROLLING_FAULTS
from palier.web.components.empty_state import empty_state
from palier.web.components.plot import plot
from palier.web.components.table import Column, table
from palier.web.components.verdict_badge import verdict_badge
from palier.web.components.when import moment
from palier.web.components.zone_badge import zone_badge
from palier.web.figures import Series, trend_figure
from palier.web.i18n import current_language, quantity, t
from palier.web.routing import link

__all__ = ["recordings_table", "trends", "when"]

_SHOWN = 50


def when(recording: Recording) -> datetime:
    """Return when a recording was taken, or uploaded where nobody said."""
    return recording.taken_at or recording.uploaded_at


def trends(entries: Sequence[HistoryEntry], results: Mapping[str, Mapping[str, Any]]) -> Component:
    """Draw what there is of the three trends."""
    shown = [p for p in (_level(entries), _velocity(entries, results), _lines(entries, results)) if p is not None]
    if not shown:
        return html.Div(html.P(t("machines.no_trend"), className="note"))
    return html.Div(shown, className="plots")


def _level(entries: Sequence[HistoryEntry]) -> Component | None:
    """Draw the level, one unit at a time: the one that most recordings have."""
    levels = [(when(e.recording), (e.recording.levels_json or {}).get("rms"), e.recording.unit) for e in entries]
    units = [unit for _, value, unit in levels if value is not None]
    unit = max(set(units), key=units.count) if units else None
    own = [(at, value) for at, value, u in levels if value is not None and u == unit]
    if len(own) < 2:
        return None
    series = Series(t("machines.rms"), [at for at, _ in own], [v for _, v in own])
    title = (
        t("machines.rms_trend")
        if unit is None
        else t("machines.rms_trend_in", unit={"m/s^2": "m/s²", "um": "µm"}.get(unit, unit))
    )
    return plot("trend-level", title=title, figure=trend_figure([series], y_title=t("machines.rms")), height=240)


def _diagnosed(
    entries: Sequence[HistoryEntry], results: Mapping[str, Mapping[str, Any]]
) -> list[tuple[datetime, Mapping[str, Any]]]:
    found = []
    for entry in entries:
        document = results.get(entry.diagnosis.id) if entry.diagnosis is not None else None
        if document is not None and "diagnosis" in document["results"][0]:
            found.append((when(entry.recording), document["results"][0]["diagnosis"]))
    return found


def _velocity(entries: Sequence[HistoryEntry], results: Mapping[str, Mapping[str, Any]]) -> Component | None:
    rated = [(at, d["severity"]) for at, d in _diagnosed(entries, results) if d["severity"]["zone"] is not None]
    if len(rated) < 2:
        return None
    limits = rated[-1][1]["limits_mm_s"]
    same = [(at, s["velocity_rms_mm_s"]) for at, s in rated if s["limits_mm_s"] == limits]
    series = Series(t("machines.velocity"), [at for at, _ in same], [v for _, v in same])
    figure = trend_figure([series], y_title="mm/s", limits=(limits[0], limits[1], limits[2]))
    note = t("machines.velocity_note", edition=rated[-1][1]["edition"])
    return plot("trend-velocity", title=t("machines.velocity_trend"), figure=figure, note=note, height=240)


def _lines(entries: Sequence[HistoryEntry], results: Mapping[str, Mapping[str, Any]]) -> Component | None:
    series = []
    diagnosed = _diagnosed(entries, results)
    for fault in ROLLING_FAULTS:
        own = [
            (at, max(e["prominence_db"] for e in lines))
            for at, d in diagnosed
            if (lines := [e for e in d["evidence"] if e["fault"] == fault.key])
        ]
        if len(own) >= 2:
            name = fault.name_fr if current_language() == "fr" else fault.name_en
            series.append(Series(name, [at for at, _ in own], [max(v, 0.0) for _, v in own], fault.key))
    if not series:
        return None
    figure = trend_figure(series, y_title=t("machines.above"))
    return plot(
        "trend-lines", title=t("machines.lines_trend"), figure=figure, note=t("machines.lines_note"), height=260
    )


def recordings_table(entries: Sequence[HistoryEntry], points: Mapping[str, Point]) -> Component:
    """Show the recordings, newest first."""
    if not entries:
        return empty_state(t("machines.no_recordings"), t("machines.no_recordings_text"))
    columns = [
        Column(t("machines.taken")),
        Column(t("machines.file")),
        Column(t("machines.point"), hide_on_phone=True),
        Column(t("machines.verdict")),
        Column(t("machines.zone")),
        Column(t("machines.rms"), align="right", hide_on_phone=True),
    ]
    rows = [_row(e, points) for e in reversed(entries[-_SHOWN:])]
    more = [html.P(t("machines.not_all", n=_SHOWN), className="note")] if len(entries) > _SHOWN else []
    return html.Div([table(columns, rows, caption=t("machines.recordings_caption")), *more])


def _row(entry: HistoryEntry, points: Mapping[str, Point]) -> list[Any]:
    recording, diagnosis = entry.recording, entry.diagnosis
    here = link("/diagnose", recordings=recording.id, open=recording.id)
    point = points.get(recording.point_id or "")
    level = (recording.levels_json or {}).get("rms")
    if diagnosis is None:
        answer: Component = dcc.Link(t("machines.diagnose"), href=here)
    else:
        answer = dcc.Link(verdict_badge(diagnosis.verdict), href=f"/diagnoses/{diagnosis.id}", className="plain")
    return [
        moment(when(recording)),
        dcc.Link(recording.file_name, href=here),
        point.name if point else "–",
        answer,
        zone_badge(diagnosis.zone if diagnosis else None),
        quantity(level, recording.unit),
    ]
