"""The fields of a machine and of a measurement point."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import State, html
from dash.development.base_component import Component

from palier.app.entities import Machine, Point
from palier.app.specs import MachineSpec, PointSpec
from palier.core.units import UNITS
from palier.errors import ParameterError
from palier.web.components.attributes import named
from palier.web.components.bearing_search import bearing_search
from palier.web.i18n import t

__all__ = ["MACHINE", "POINT", "Form", "machine_fields", "machine_spec", "point_fields", "point_spec"]

#: Values of fields, by their names.
Form = Mapping[str, Any]

MACHINE = {name: State(f"machine-{name}", "value") for name in ("name", "location", "description", "group", "support")}
POINT = {
    name: State(f"point-{name}", "value")
    for name in ("name", "kind", "bearing", "speed", "unit", "rate", "mounting", "direction")
}


def machine_fields(machine: Machine | None) -> Component:
    """Show the fields of a machine, filled where there is one."""
    groups = [{"value": g, "label": t(f"machines.group_{g}")} for g in ("1", "2")]
    supports = [{"value": s, "label": t(f"machines.support_{s}")} for s in ("rigid", "flexible")]
    group = None if machine is None else machine.machine_group
    support = None if machine is None else machine.support
    return html.Div(
        [
            _text("machine-name", t("machines.name"), machine.name if machine else "", first=True),
            _text("machine-location", t("machines.location"), machine.location if machine else ""),
            _text("machine-description", t("machines.description"), machine.description if machine else ""),
            _select("machine-group", t("machines.group"), groups, group, t("machines.group_hint")),
            _select("machine-support", t("machines.support"), supports, support, t("machines.support_hint")),
        ],
        className="stack",
    )


def point_fields(point: Point | None) -> Component:
    """Show the fields of a measurement point, filled where there is one."""
    kinds = [{"value": k, "label": t(f"machines.kind_{k}")} for k in ("rolling", "journal")]
    units = [{"value": u, "label": {"m/s^2": "m/s²", "um": "µm"}.get(u, u)} for u in UNITS]
    kind = "rolling" if point is None else point.kind
    speed_hz = None if point is None else point.nominal_speed_hz
    rate_hz = None if point is None else point.sampling_rate_hz
    fields = [
        dmc.Select(id="point-kind", label=t("machines.kind"), data=kinds, value=kind, allowDeselect=False),
        bearing_search("point-bearing", value=point.bearing if point else None),
        _number("point-speed", t("machines.speed"), None if speed_hz is None else round(speed_hz * 60, 6)),
        _select("point-unit", t("machines.unit"), units, None if point is None else point.unit, None),
        _number("point-rate", t("machines.rate"), rate_hz),
        _text("point-mounting", t("machines.mounting"), point.mounting if point else ""),
        _text("point-direction", t("machines.direction"), point.direction if point else ""),
    ]
    name = point.name if point else ""
    return html.Div(
        [
            _text("point-name", t("machines.point_name"), name, hint=t("machines.point_name_hint"), first=True),
            html.Div(fields, className="fields"),
        ],
        className="stack",
    )


def _text(id: str, label: str, value: str, *, hint: str | None = None, first: bool = False) -> Component:  # noqa: A002
    """Return a field of text; the first of a form is needed, and has the focus."""
    more = {"required": True, **named(data_autofocus=True)} if first else {}
    made: Component = dmc.TextInput(id=id, label=label, value=value, description=hint, **more)
    return made


def _select(id: str, label: str, data: list[dict[str, str]], value: str | None, hint: str | None) -> Component:  # noqa: A002
    clear = {"aria-label": t("machines.clear", field=label)}
    made: Component = dmc.Select(
        id=id, label=label, description=hint, data=data, value=value, clearable=True, clearButtonProps=clear
    )
    return made


def _number(id: str, label: str, value: float | None) -> Component:  # noqa: A002
    shown = "" if value is None else value
    made: Component = dmc.NumberInput(id=id, label=label, value=shown, min=0, hideControls=True, allowNegative=False)
    return made


def machine_spec(form: Form) -> MachineSpec:
    """Return the machine that the fields describe."""
    return MachineSpec(
        name=form["name"] or "",
        description=form["description"] or "",
        location=form["location"] or "",
        machine_group=form["group"] or None,
        support=form["support"] or None,
    )


def point_spec(form: Form) -> PointSpec:
    """Return the point that the fields describe."""
    speed = _float(form, "speed")
    return PointSpec(
        name=form["name"] or "",
        kind=form["kind"] or "rolling",
        bearing=(form["bearing"] or "").strip() or None,
        nominal_speed_hz=None if speed is None else speed / 60,
        unit=form["unit"] or None,
        sampling_rate_hz=_float(form, "rate"),
        mounting=form["mounting"] or "",
        direction=form["direction"] or "",
    )


def _float(form: Form, name: str) -> float | None:
    value = form[name]
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ParameterError(t("machines.no_number", field=t(f"machines.{name}"), value=str(value))) from None
