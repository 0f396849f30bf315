"""The form: what the file does not say, where it was measured, and how to answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import State, html
from dash.development.base_component import Component

from palier.app.entities import Machine, Model, Point, Recording
from palier.app.specs import Declaration, DiagnosisSpec
from palier.core.units import UNITS
from palier.errors import ParameterError
from palier.web.components.bearing_search import bearing_search
from palier.web.i18n import date_time, frequency, rpm, t
from palier.web.pages.diagnose.known import Known

__all__ = ["CHANNEL", "FORM", "Form", "declaration_of", "form", "point_of", "spec_of"]

#: Values of the fields, by their names.
Form = Mapping[str, Any]

_FIELDS = (
    "channel", "rate", "unit", "speed", "bearing", "point", "group", "support", "baseline", "model", "alarm", "low",
    "high",
)  # fmt: skip
CHANNEL = "declare-channel"
#: The fields, for a callback that reads them all.
FORM = {name: State(f"declare-{name}", "value") for name in _FIELDS}


def form(
    recording: Recording,
    known: Known,
    *,
    places: Sequence[tuple[Machine, Point]],
    models: Sequence[Model],
    earlier: Sequence[Recording],
) -> Component:
    """Show the fields; those that are needed and missing say so."""
    declared = recording.declared_json or {}
    return html.Div(
        [
            html.Fieldset(
                [html.Legend(t("diagnose.of_file")), html.Div(_of_file(recording, known, declared), className="fields")]
            ),
            html.Fieldset(
                [html.Legend(t("diagnose.of_place")), html.Div(_of_place(recording, places), className="fields")]
            ),
            html.Details(
                [
                    html.Summary(t("diagnose.more")),
                    html.Div(_more(models, earlier), className="fields"),
                ],
                className="more",
            ),
        ],
        className="stack",
    )


def _of_file(recording: Recording, known: Known, declared: Mapping[str, Any]) -> list[Component]:
    missing = set(known.missing)
    channels = [{"value": c, "label": c} for c in dict.fromkeys(recording.channels_json)]
    speed = declared.get("speed_hz")
    return [
        _number(
            "rate",
            declared.get("sampling_rate_hz"),
            hint=frequency(known.rate.value) if known.rate else None,
            missing=missing,
        ),
        _number(
            "speed",
            None if speed is None else speed * 60,
            hint=rpm(known.speed.value) if known.speed else None,
            missing=missing,
        ),
        bearing_search(
            "declare-bearing",
            value=declared.get("bearing"),
            description=_hint("bearing", known.bearing.value if known.bearing else None, missing) or None,
        ),
        dmc.Select(
            id="declare-unit",
            label=t("diagnose.unit"),
            description=_hint("unit", known.unit.value if known.unit else None, missing) or t("diagnose.unit_hint"),
            data=[{"value": u, "label": {"m/s^2": "m/s²", "um": "µm"}.get(u, u)} for u in UNITS],
            value=declared.get("unit"),
            clearable=True,
            clearButtonProps={"aria-label": t("diagnose.unit_clear")},
        ),
        dmc.Select(
            id=CHANNEL,
            label=t("diagnose.channel"),
            description=t("diagnose.channel_hint"),
            data=channels,
            value=declared.get("channel") or (recording.channels_json[0] if recording.channels_json else None),
            allowDeselect=False,
        ),
    ]


def _hint(name: str, value: str | None, missing: set[str]) -> str:
    if name in missing:
        return t("diagnose.needed")
    return "" if value is None else t("diagnose.known", value=value)


def _number(name: str, value: float | None, *, hint: str | None, missing: set[str]) -> Component:
    made: Component = dmc.NumberInput(
        id=f"declare-{name}",
        label=t(f"diagnose.{name}_field"),
        description=_hint(name, hint, missing) or t(f"diagnose.{name}_hint"),
        value=value if value is not None else "",
        min=0,
        hideControls=True,
        allowNegative=False,
    )
    return made


def _of_place(recording: Recording, places: Sequence[tuple[Machine, Point]]) -> list[Component]:
    data: dict[str, list[dict[str, str]]] = {}
    for machine, point in places:
        data.setdefault(machine.name, []).append({"value": point.id, "label": f"{machine.name} · {point.name}"})
    return [
        dmc.Select(
            id="declare-point",
            label=t("diagnose.point"),
            description=t("diagnose.point_hint"),
            data=[{"group": name, "items": items} for name, items in data.items()],
            value=recording.point_id,
            searchable=True,
            clearable=True,
            nothingFoundMessage=t("diagnose.point_none"),
            clearButtonProps={"aria-label": t("diagnose.point_clear")},
        )
    ]


def _more(models: Sequence[Model], earlier: Sequence[Recording]) -> list[Component]:
    groups = [{"value": g, "label": t(f"diagnose.group_{g}")} for g in ("1", "2")]
    supports = [{"value": s, "label": t(f"diagnose.support_{s}")} for s in ("rigid", "flexible")]
    before = [{"value": r.id, "label": f"{r.file_name} · {date_time(r.taken_at or r.uploaded_at)}"} for r in earlier]
    return [
        _select("group", groups),
        _select("support", supports),
        _select("baseline", before),
        _select("model", [{"value": m.id, "label": m.name} for m in models]),
        _setting("alarm", 1, t("diagnose.alarm_hint"), max=50, suffix=" %"),
        _setting("low", "", t("diagnose.range_hint")),
        _setting("high", "", t("diagnose.range_hint")),
    ]


def _setting(name: str, value: Any, hint: str, **more: Any) -> Component:
    made: Component = dmc.NumberInput(
        id=f"declare-{name}",
        label=t(f"diagnose.{name}"),
        description=hint,
        value=value,
        min=0,
        hideControls=True,
        **more,
    )
    return made


def _select(name: str, data: list[dict[str, str]]) -> Component:
    made: Component = dmc.Select(
        id=f"declare-{name}",
        label=t(f"diagnose.{name}"),
        description=t(f"diagnose.{name}_hint"),
        data=data,
        value=None,
        clearable=True,
        nothingFoundMessage=t("diagnose.none"),
        clearButtonProps={"aria-label": t("diagnose.clear", field=t(f"diagnose.{name}"))},
    )
    return made


def _float(form: Form, name: str) -> float | None:
    value = form.get(name)
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ParameterError(t("diagnose.no_number", field=t(f"diagnose.{name}_field"), value=str(value))) from None


def _hz(form: Form, name: str) -> float | None:
    value = _float(form, name)
    return None if value is None else value / 60


def declaration_of(form: Form, recording: Recording) -> Declaration:
    """Return what the form declares of the recording itself."""
    return Declaration(
        sampling_rate_hz=_float(form, "rate"),
        unit=form.get("unit") or None,
        speed_hz=_hz(form, "speed"),
        bearing=(form.get("bearing") or "").strip() or None,
        channel=(recording.declared_json or {}).get("channel"),
    )


def point_of(form: Form) -> str | None:
    """Return the measurement point chosen."""
    return form.get("point") or None


def spec_of(form: Form, recording: Recording) -> DiagnosisSpec:
    """Return how to answer."""
    low, high = _hz(form, "low"), _hz(form, "high")
    channel = form.get("channel")
    alarm = _float(form, "alarm")
    return DiagnosisSpec(
        channel=channel if channel in recording.channels_json and len(recording.channels_json) > 1 else None,
        speed_range_hz=(low, high) if low is not None and high is not None else None,
        machine_group=form.get("group") or None,
        support=form.get("support") or None,
        false_alarm_rate=0.01 if alarm is None else alarm / 100,
        model_id=form.get("model") or None,
        baseline_recording_id=form.get("baseline") or None,
    )
