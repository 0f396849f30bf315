"""The measurement points of a machine."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from palier.app.entities import Point
from palier.web.components.empty_state import empty_state
from palier.web.components.table import Column, table
from palier.web.i18n import frequency, rpm, t
from palier.web.routing import link

__all__ = ["points"]


def points(rows: Sequence[Point], *, may: bool) -> Component:
    """Show the points, with what can be done to each."""
    add = [dmc.Button(t("machines.add_point"), id=_button("add", ""), variant="default", size="xs")] if may else []
    shown = _table(rows, may=may) if rows else empty_state(t("machines.no_points"), t("machines.no_points_text"))
    return html.Section(
        [html.Div([html.H2(t("machines.points")), *add], className="section-head"), shown], className="section"
    )


def _button(do: str, point_id: str) -> dict[str, str]:
    return {"page": "machine", "do": f"{do}-point", "point": point_id}


def _table(rows: Sequence[Point], *, may: bool) -> Component:
    columns = [
        Column(t("machines.point")),
        Column(t("machines.bearing")),
        Column(t("machines.speed_word"), align="right"),
        Column(t("machines.unit_rate"), hide_on_phone=True),
        Column(t("machines.mounting"), hide_on_phone=True),
        Column(t("machines.actions"), align="right", unseen=True),
    ]
    return table(columns, [_row(p, may=may) for p in rows], caption=t("machines.points_caption"))


def _row(point: Point, *, may: bool) -> list[Any]:
    undeclared = t("shell.not_declared")
    bearing = t("machines.kind_journal") if point.kind == "journal" else point.bearing or undeclared
    unit = {"m/s^2": "m/s²", "um": "µm"}.get(point.unit or "", point.unit)
    measured = " · ".join(p for p in (unit, frequency(point.sampling_rate_hz) if point.sampling_rate_hz else None) if p)
    actions: list[Component] = []
    if may:
        actions.append(dcc.Link(t("machines.upload"), href=link("/diagnose", point=point.id)))
        for do, words in (("edit", t("machines.edit")), ("remove", t("shell.remove"))):
            label = {"aria-label": f"{words}: {point.name}"}
            actions.append(dmc.Button(words, id=_button(do, point.id), variant="default", size="compact-xs", **label))
    return [
        point.name,
        bearing,
        rpm(point.nominal_speed_hz) if point.nominal_speed_hz else undeclared,
        measured or undeclared,
        " · ".join(p for p in (point.mounting, point.direction) if p) or "–",
        html.Div(actions, className="row-actions"),
    ]
