"""The fields of a simulation, from the spec's own defaults: what people see, and back to what the library takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from palier.app.specs import SimulationSpec
from palier.core.dataset import SEVERITY_LEVELS
from palier.web.components.attributes import named
from palier.web.components.fault_name import fault_name
from palier.web.i18n import has, t

__all__ = ["FIELD", "KINDS", "SHARES", "field_id", "simulation_fields", "simulation_of"]

FIELD = "simulation"
SHARES = "simulation-shares"
#: Kinds of bearings that can be simulated.
KINDS = ("rolling", "journal")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number: what people type is the library's number times `factor`."""

    name: str
    factor: float = 1.0
    least: float | None = None
    most: float | None = None
    whole: bool = False
    optional: bool = False


_FIRST = (
    _Number("records_per_class", least=1, whole=True),
    _Number("duration_s", least=0.001),
    _Number("sampling_rate_hz", least=1),
    _Number("speed_hz", 60.0, least=0.01),
    _Number("machines", least=1, whole=True, optional=True),
    _Number("seed", least=0, whole=True),
)
_VARIATION = (_Number("speed_spread", 100.0, 0, 50),)
#: What only journal bearings have.
_JOURNAL = (
    _Number("evolving_share", 100.0, 0, 100),
    _Number("transient_share", 100.0, 0, 100),
    _Number("snr_db", least=-100, most=100, optional=True),
)
#: Two numbers each, the lower first.
_RANGES = (_Number("load_range", 100.0), _Number("oil_temperature_range_c"))


def field_id(name: str) -> dict[str, str]:
    """Return the id of a field."""
    return {"form": FIELD, "field": name}


def simulation_fields(kind: str, defaults: Mapping[str, Any], layers: Sequence[Mapping[str, Any]]) -> list[Component]:
    """Return the fields of a kind of bearing."""
    numbers = [_number(n, defaults[n.name]) for n in _FIRST]
    more = [_number(n, defaults[n.name]) for n in _VARIATION]
    if kind == "journal":
        more += [_number(n, defaults[n.name]) for n in _JOURNAL]
        more += [_pair(n, defaults[n.name]) for n in _RANGES]
    return [
        dmc.TextInput(
            id=field_id("name"),
            label=t("simulation.name"),
            description=t("simulation.name_hint"),
            value="",
            autoComplete="off",
            className="name-input",
        ),
        html.Div(numbers, className="fields fields-end"),
        _faults(defaults["faults"]),
        _severity(),
        html.Details(
            [
                html.Summary(t("simulation.more")),
                html.Div(
                    [html.Div(more, className="fields fields-end"), *([_layers(layers)] if kind == "journal" else [])],
                    className="stack",
                ),
            ],
            className="more",
        ),
    ]


def _number(field: _Number, default: float | None) -> Component:
    made: Component = dmc.NumberInput(
        id=field_id(field.name),
        label=t(f"simulation.{field.name}"),
        description=t(f"simulation.{field.name}_hint"),
        value="" if default is None else _shown(default, field),
        min=field.least,
        max=field.most,
        allowDecimal=not field.whole,
        allowNegative=field.least is None or field.least < 0,
        thousandSeparator="\u202f",
        required=not field.optional,
        withAsterisk=False,
        hideControls=not field.whole,
    )
    return made


def _shown(value: float, field: _Number) -> float | int:
    shown = round(value * field.factor, 9)
    return int(shown) if shown == int(shown) else shown


def _pair(field: _Number, default: Sequence[float]) -> Component:
    ends = [
        dmc.NumberInput(
            id=field_id(f"{field.name}.{k}"),
            value=_shown(value, field),
            hideControls=True,
            **named(aria_label=t(f"simulation.{field.name}_{k}")),
        )
        for k, value in zip(("low", "high"), default, strict=True)
    ]
    made: Component = dmc.InputWrapper(
        html.Div([ends[0], html.Span("–"), ends[1]], className="pair"),
        label=t(f"simulation.{field.name}"),
        description=t(f"simulation.{field.name}_hint"),
    )
    return made


def _faults(keys: Sequence[str]) -> Component:
    boxes = [dmc.Checkbox(label=fault_name(k), value=k) for k in keys]
    made: Component = dmc.CheckboxGroup(
        html.Div(boxes, className="checks"),
        id=field_id("faults"),
        label=t("simulation.faults"),
        description=t("simulation.faults_hint"),
        value=list(keys),
    )
    return made


def _severity() -> Component:
    choices = [
        ("balanced", t("simulation.balanced")),
        *((s, t(f"datasets.level_{s}")) for s in SEVERITY_LEVELS),
        ("shares", t("simulation.shares")),
    ]
    shares = [
        dmc.NumberInput(
            id=field_id(f"share.{s}"), label=t(f"datasets.level_{s}"), value=25, min=0, hideControls=True, suffix=" %"
        )
        for s in SEVERITY_LEVELS
    ]
    return html.Div(
        [
            dmc.Select(
                id=field_id("severity"),
                label=t("simulation.severity"),
                description=t("simulation.severity_hint"),
                value="balanced",
                data=[{"value": k, "label": label} for k, label in choices],
                allowDeselect=False,
                className="name-input",
            ),
            html.Div(shares, className="fields", id=SHARES, style={"display": "none"}),
        ],
        className="stack",
    )


def _layers(layers: Sequence[Mapping[str, Any]]) -> Component:
    boxes = [
        dmc.Checkbox(
            label=_layer(v["name"], "", v["name"]), description=_layer(v["name"], "_hint", v["text"]), value=v["name"]
        )
        for v in layers
    ]
    made: Component = dmc.CheckboxGroup(
        html.Div(boxes, className="checks"),
        id=field_id("layers"),
        label=t("simulation.layers"),
        description=t("simulation.layers_hint"),
        value=[v["name"] for v in layers if v["default"]],
    )
    return made


def _layer(name: str, part: str, fallback: str) -> str:
    key = f"simulation.layer_{name}{part}"
    return t(key) if has(key) else fallback


def simulation_of(kind: str, values: Mapping[str, Any], layers: Sequence[str]) -> SimulationSpec:
    """Return what the library takes of what was typed; it checks the values, and names the field that is wrong."""
    spec: dict[str, Any] = {}
    for field in (*_FIRST, *_VARIATION, *(_JOURNAL if kind == "journal" else ())):
        spec[field.name] = _library(values.get(field.name), field)
    if kind == "journal":
        for field in _RANGES:
            spec[field.name] = [_library(values.get(f"{field.name}.{end}"), field) for end in ("low", "high")]
        chosen = values.get("layers") or []
        spec["layers"] = {name: name in chosen for name in layers}
    spec["faults"] = list(values.get("faults") or [])
    spec["severity"] = values.get("severity")
    if spec["severity"] == "shares":
        spec["severity"] = {s: _library(values.get(f"share.{s}"), _Number(s, 100.0)) or 0.0 for s in SEVERITY_LEVELS}
    return SimulationSpec(str(values.get("name") or ""), kind, {k: v for k, v in spec.items() if v is not None})  # type: ignore[arg-type]  # the service refuses others


def _library(value: Any, field: _Number) -> float | int | None:
    if value in (None, ""):
        return None
    return int(value) if field.whole and float(value).is_integer() else round(float(value) / field.factor, 12)
