"""Making a dataset of uploaded recordings: say what each is, a few at a time, then import those."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.entities import Recording
from palier.app.roles import Actor, Permission
from palier.app.specs import ImportSpec
from palier.core.dataset import SEVERITY_LEVELS
from palier.core.faults import JOURNAL_CLASSES, ROLLING_CLASSES
from palier.errors import ParameterError
from palier.web.components.badge import simulated_badge
from palier.web.components.empty_state import empty_state
from palier.web.components.enter_form import enter_form
from palier.web.components.fault_name import fault_name
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import moment
from palier.web.i18n import t
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_NAME, _ALL_ROWS, _FAULT, _SEVERITY, _BEARING, _RIG = (
    f"import-{p}" for p in ("name", "all", "fault", "severity", "bearing", "rig")
)
_LABEL, _CLEAR, _IMPORT, _LABELS, _COUNT = (f"import-{p}" for p in ("label", "clear", "go", "labels", "count"))
#: As many as one page of the service holds; the newest.
_MOST = 200
#: Chosen where nobody knows the class.
_UNKNOWN = "-"

Labels = dict[str, dict[str, str]]


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(
        Page("/datasets/import", "importing.title", lambda a: _page(services, a), permission=Permission.MANAGE_DATASETS)
    )
    rows = {"form": "import", "row": ALL}

    @app.callback(
        output={
            "labels": Output(_LABELS, "data"),
            "rows": Output(rows, "checked"),
            "all": Output(_ALL_ROWS, "checked"),
        },
        inputs={"clicks": Input(_LABEL, "n_clicks")},
        state={
            "typed": [State(f, "value") for f in (_FAULT, _SEVERITY, _BEARING, _RIG)],
            "checked": State(rows, "checked"),
            "ids": State(rows, "id"),
            "labels": State(_LABELS, "data"),
        },
        prevent_initial_call=True,
    )
    def label(
        clicks: int, typed: list[str | None], checked: list[bool], ids: list[Any], labels: Labels
    ) -> dict[str, Any]:
        if not clicks:
            raise PreventUpdate
        chosen = _chosen(checked, ids)
        given = _label_of(typed)
        return {"labels": labels | dict.fromkeys(chosen, given), "rows": [False] * len(ids), "all": False}

    @app.callback(
        output={
            "labels": Output(_LABELS, "data", allow_duplicate=True),
            "rows": Output(rows, "checked", allow_duplicate=True),
        },
        inputs={"clicks": Input(_CLEAR, "n_clicks")},
        state={"checked": State(rows, "checked"), "ids": State(rows, "id"), "labels": State(_LABELS, "data")},
        prevent_initial_call=True,
    )
    def clear(clicks: int, checked: list[bool], ids: list[Any], labels: Labels) -> dict[str, Any]:
        if not clicks:
            raise PreventUpdate
        gone = set(_chosen(checked, ids))
        return {"labels": {k: v for k, v in labels.items() if k not in gone}, "rows": [False] * len(ids)}

    @app.callback(
        Output({"form": "import", "said": ALL}, "children"),
        Output(_COUNT, "children"),
        Input(_LABELS, "data"),
        State({"form": "import", "said": ALL}, "id"),
        prevent_initial_call=True,
    )
    def say(labels: Labels, ids: list[dict[str, str]]) -> tuple[list[str], str]:
        return [_said(labels.get(i["said"])) for i in ids], t("importing.count", n=len(labels))

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_IMPORT, "n_clicks"),
        State(_NAME, "value"),
        State(_LABELS, "data"),
        prevent_initial_call=True,
    )
    def start(_clicks: int, name: str | None, labels: Labels) -> str:
        require_press()
        known = {k: v for k, v in labels.items() if v}
        return f"/jobs/{services.datasets.import_(current_actor(), ImportSpec(name or '', tuple(labels), known)).id}"

    app.visual(
        "everyRow",
        Output(rows, "checked", allow_duplicate=True),
        Input(_ALL_ROWS, "checked"),
        State(rows, "checked"),
        prevent_initial_call=True,
    )


def _chosen(checked: Sequence[bool], ids: Sequence[Mapping[str, str]]) -> list[str]:
    chosen = [i["row"] for i, on in zip(ids, checked, strict=True) if on]
    if not chosen:
        raise ParameterError(t("importing.none_chosen"))
    return chosen


def _label_of(typed: Sequence[str | None]) -> dict[str, str]:
    """Return what was said of recordings; nothing where nobody knows the class."""
    fault, *rest = typed
    if not fault:
        raise ParameterError(t("importing.no_class"))
    given = {
        "fault": "" if fault == _UNKNOWN else fault,
        **dict(zip(("severity", "bearing", "rig"), rest, strict=True)),
    }
    return {k: v.strip() for k, v in given.items() if v and v.strip()}


def _said(label: Mapping[str, str] | None) -> str:
    if label is None:
        return "–"
    severity = [t(f"datasets.level_{label['severity']}")] if "severity" in label else []
    names = [label[k] for k in ("bearing", "rig") if k in label]
    return " · ".join([fault_name(label.get("fault", _UNKNOWN)), *severity, *names])


def _page(services: "Services", _address: Address) -> Component:
    actor = current_actor()
    ready = [r for r in services.recordings.page(actor, limit=_MOST) if r.state == "ready"]
    head = page_header(
        t("importing.title"), lead=t("importing.lead"), above=dcc.Link(t("datasets.back"), href="/datasets")
    )
    if not ready:
        upload = dcc.Link(t("importing.upload"), href="/diagnose", className="button-link")
        return html.Div([head, empty_state(t("importing.empty"), t("importing.empty_text"), actions=[upload])])
    return html.Div(
        [
            head,
            html.Section(
                [html.H2(t("importing.step_label")), _labels_form(), _table(services, actor, ready)], className="stack"
            ),
            html.Section([html.H2(t("importing.step_import")), _import_form()], className="section stack"),
            dcc.Store(id=_LABELS, data={}),
        ]
    )


def _labels_form() -> Component:
    classes = [
        {"group": t(f"datasets.kind_{kind}"), "items": [{"value": f.key, "label": fault_name(f.key)} for f in known]}
        for kind, known in (
            ("rolling", ROLLING_CLASSES),
            ("journal", [f for f in JOURNAL_CLASSES if f.key not in {r.key for r in ROLLING_CLASSES}]),
        )
    ]
    data = [*classes, {"group": t("importing.other"), "items": [{"value": _UNKNOWN, "label": t("importing.unknown")}]}]
    severities = [{"value": s, "label": t(f"datasets.level_{s}")} for s in SEVERITY_LEVELS]
    return html.Div(
        [
            html.P(t("importing.label_text"), className="note"),
            html.Div(
                [
                    dmc.Select(
                        id=_FAULT,
                        label=t("datasets.class"),
                        data=data,
                        searchable=True,
                        clearable=True,
                        clearButtonProps={"aria-label": t("importing.clear_class")},
                    ),
                    dmc.Select(
                        id=_SEVERITY,
                        label=t("datasets.severity"),
                        description=t("importing.optional"),
                        data=severities,
                        clearable=True,
                        clearButtonProps={"aria-label": t("importing.clear_severity")},
                    ),
                    dmc.TextInput(
                        id=_BEARING,
                        label=t("datasets.split_bearing"),
                        description=t("importing.bearing_hint"),
                        value="",
                    ),
                    dmc.TextInput(
                        id=_RIG, label=t("datasets.split_rig"), description=t("importing.rig_hint"), value=""
                    ),
                ],
                className="fields fields-end",
            ),
            html.Div(
                [
                    dmc.Button(t("importing.label"), id=_LABEL, variant="default"),
                    dmc.Button(t("importing.clear"), id=_CLEAR, variant="default"),
                ],
                className="line",
            ),
        ],
        className="panel stack",
    )


def _table(services: "Services", actor: Actor, ready: Sequence[Recording]) -> Component:
    where = {p.id: f"{v.machine.name} · {p.name}" for v in services.machines.all(actor) for p in v.points}
    columns = [
        Column(t("importing.recording")),
        Column(t("importing.taken"), hide_on_phone=True),
        Column(t("importing.said")),
    ]
    every = dmc.Checkbox(id=_ALL_ROWS, label=t("importing.every"), checked=False)
    shown = table(columns, [_row(r, where) for r in ready], caption=t("importing.recordings"))
    more = [html.P(t("importing.most", n=_MOST), className="note")] if len(ready) == _MOST else []
    return html.Div([every, shown, *more], className="stack")


def _row(recording: Recording, where: Mapping[str, str]) -> list[Any]:
    badge: list[Any] = [" ", simulated_badge()] if recording.simulated else []
    box = dmc.Checkbox(id={"form": "import", "row": recording.id}, label=recording.file_name, checked=False)
    place = where.get(recording.point_id or "", t("importing.no_point"))
    return [
        html.Div([html.Div([box, *badge], className="line"), html.Span(place, className="cell-sub indented")]),
        moment(recording.taken_at or recording.uploaded_at),
        html.Span("–", id={"form": "import", "said": recording.id}),
    ]


def _import_form() -> Component:
    return html.Div(
        [
            html.P(t("importing.count", n=0), id=_COUNT, role="status"),
            enter_form(
                [
                    dmc.TextInput(id=_NAME, label=t("simulation.name"), value="", autoComplete="off"),
                    dmc.Button(t("importing.import"), id=_IMPORT),
                ],
                press=_IMPORT,
                className="field-line",
            ),
        ],
        className="stack",
    )
