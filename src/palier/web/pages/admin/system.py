"""The state of the installation: what `/readyz` says, queues, workers, room, and the settings."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from palier.app.entities import WorkerBeat
from palier.app.roles import Actor
from palier.app.views import SystemView
from palier.web.components.badge import Tone, badge
from palier.web.components.facts import facts
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import count, duration, has, size, t
from palier.web.request import current_actor, now
from palier.web.routing import Address, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_STATE, _TICK = "admin-system", "admin-system-tick"
#: A worker that was not heard of for so long is silent, and one for a day is gone.
_SILENT, _GONE = timedelta(seconds=30), timedelta(days=1)


def content(services: "Services", actor: Actor, _address: Address) -> Component:
    """Return the part."""
    return html.Div(
        [
            html.Div(_state(services.system.state(actor), now()), id=_STATE, className="stack wide-gap"),
            dcc.Interval(id=_TICK, interval=5000),
        ]
    )


def register(app: PalierDash, services: "Services") -> None:
    """Keep the part up to date."""

    @app.callback(Output(_STATE, "children"), Input(_TICK, "n_intervals"), prevent_initial_call=True)
    def refresh(_ticks: int) -> list[Component]:
        return _state(services.system.state(current_actor()), now())


def _state(view: SystemView, at: datetime) -> list[Component]:
    workers = [w for w in view.workers if at - w.seen_at < _GONE]
    known = [
        (
            t("admin.system_ready"),
            badge("✓", t("admin.yes"), "good") if view.ready else badge("✕", t("admin.no"), "bad"),
        ),
        (t("admin.system_disk"), size(view.disk_free_bytes)),
        (t("admin.system_workers"), count(sum(at - w.seen_at < _SILENT for w in workers))),
        (t("admin.system_version"), view.version),
    ]
    return [
        facts(known),
        html.Div([_section("checks", _checks(view)), _section("queues", _queues(view))], className="columns"),
        _section("workers", _workers(workers, at)),
        _section("settings", _settings(view)),
    ]


def _section(name: str, shown: Component) -> Component:
    return html.Section([html.H2(t(f"admin.system_{name}_title")), shown])


def _checks(view: SystemView) -> Component:
    rows: list[list[Any]] = []
    for name, said in view.checks.items():
        tone: Tone = "good" if said == "ok" else "warn" if said.startswith(("degraded", "not asked")) else "bad"
        words = t(f"admin.check_{name}") if has(f"admin.check_{name}") else name
        symbol = {"good": "✓", "warn": "!", "bad": "✕"}[tone]
        rows.append([words, badge(symbol, html.Span(said, lang="en"), tone)])
    return table(
        [Column(t("admin.check")), Column(t("admin.check_said"))], rows, caption=t("admin.system_checks_title")
    )


def _queues(view: SystemView) -> Component:
    columns = [
        Column(t("jobs.queue")),
        Column(t("jobs.waiting"), align="right"),
        Column(t("jobs.running"), align="right"),
        Column(t("jobs.oldest"), align="right"),
    ]
    rows = [
        [html.Code(q.name), count(q.waiting), count(q.running), duration(round(q.oldest_s)) if q.waiting else "–"]
        for q in view.queues
    ]
    return table(columns, rows, caption=t("jobs.queues_caption"))


def _workers(workers: list[WorkerBeat], at: datetime) -> Component:
    if not workers:
        return html.P(t("jobs.no_workers_text"), className="note")
    columns = [
        Column(t("jobs.worker")),
        Column(t("jobs.state")),
        Column(t("jobs.queues"), hide_on_phone=True),
        Column(t("jobs.started"), hide_on_phone=True),
        Column(t("jobs.seen"), align="right"),
    ]
    return table(columns, [_worker(w, at) for w in workers], caption=t("jobs.workers_caption"))


def _worker(worker: WorkerBeat, at: datetime) -> list[Any]:
    silent = at - worker.seen_at > _SILENT
    state = badge("!", t("jobs.silent"), "warn") if silent else badge("✓", t("jobs.alive"), "good")
    return [
        f"{worker.host}:{worker.pid}",
        state,
        html.Code(worker.queues),
        age(worker.started_at, at),
        age(worker.seen_at, at),
    ]


def _settings(view: SystemView) -> Component:
    rows = [[html.Code(name), html.Code(_value(value), className="setting")] for name, value in view.settings.items()]
    return table(
        [Column(t("admin.setting")), Column(t("admin.setting_value"))], rows, caption=t("admin.system_settings_title")
    )


def _value(value: Any) -> str:
    if value is None or value == []:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
