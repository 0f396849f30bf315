"""The audit log: filters, pages, and all of it as a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.entities import AuditEntry
from palier.app.roles import Actor
from palier.web.components.empty_state import empty_state
from palier.web.components.pager import pager
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import moment
from palier.web.i18n import has, size, t
from palier.web.pages.admin.audit_csv import audit_csv
from palier.web.request import current_actor, now
from palier.web.routing import Address, PalierDash, link
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_KIND, _PERSON, _DAYS = "admin-audit-kind", "admin-audit-person", "admin-audit-days"
_SHOWN, _SAVE, _FILE = "admin-audit-shown", "admin-audit-save", "admin-audit-file"
_PAGE = 100
_MOST_ROWS = 50_000
#: First parts of the names of actions.
_KINDS = (
    "session", "password", "factor", "profile", "key", "user", "invitation", "policy", "machine", "point", "recording",
    "diagnosis", "dataset", "model", "job", "installation",
)  # fmt: skip
_PERIODS = ("1", "7", "30", "365")


@dataclass(frozen=True, slots=True)
class _Filter:
    """What is shown."""

    kind: str | None = None
    person: str | None = None
    days: str | None = None

    def criteria(self, at: datetime) -> dict[str, Any]:
        """Return what the service is asked for."""
        return {
            "action": f"{self.kind}." if self.kind else None,
            "actor_id": self.person,
            "since": at - timedelta(days=int(self.days)) if self.days else None,
        }


def _filter_of(query: Mapping[str, str]) -> _Filter:
    days = query.get("days")
    return _Filter(query.get("kind"), query.get("person"), days if days in _PERIODS else None)


def content(services: "Services", actor: Actor, address: Address) -> Component:
    """Return the part."""
    wanted, before = _filter_of(address.query), address.query.get("before")
    entries = services.audit_log.page(actor, **wanted.criteria(now()), before_id=before, limit=_PAGE)
    query = {"part": "audit", **asdict(wanted)}
    older = link("/admin", **query, before=entries[-1].id) if len(entries) == _PAGE else None
    return html.Div(
        [
            _filters(services, actor, wanted),
            _table(entries) if entries else empty_state(t("admin.audit_none"), t("admin.audit_none_text")),
            pager(first=link("/admin", **query) if before else None, next=older),
            dcc.Store(id=_SHOWN, data=asdict(wanted)),
            dcc.Download(id=_FILE),
        ],
        className="stack",
    )


def _filters(services: "Services", actor: Actor, wanted: _Filter) -> Component:
    people = [{"value": p.id, "label": p.name} for p in services.accounts.people.all(actor)]
    kinds = [{"value": k, "label": t(f"audit_log.kind_{k}")} for k in _KINDS]
    periods = [{"value": d, "label": t(f"admin.audit_days_{d}")} for d in _PERIODS]
    return html.Div(
        [
            _choice(_KIND, t("admin.audit_kind"), kinds, wanted.kind),
            _choice(_PERSON, t("admin.audit_person"), people, wanted.person),
            _choice(_DAYS, t("admin.audit_days"), periods, wanted.days),
            dmc.Button(t("admin.audit_save"), id=_SAVE, variant="default"),
        ],
        className="filters",
    )


def _choice(id: str, label: str, data: list[dict[str, str]], value: str | None) -> Component:  # noqa: A002
    made: Component = dmc.Select(
        id=id, label=label, data=data, value=value, placeholder=t("admin.audit_all"), clearable=True, searchable=True,
        clearButtonProps={"aria-label": t("admin.audit_clear", filter=label)},
    )  # fmt: skip
    return made


def _table(entries: list[AuditEntry]) -> Component:
    columns = [
        Column(t("admin.audit_when")),
        Column(t("admin.audit_who")),
        Column(t("admin.audit_what")),
        Column(t("admin.audit_details"), hide_on_phone=True),
        Column(t("admin.audit_address"), hide_on_phone=True),
    ]
    return table(columns, [_row(e) for e in entries], caption=t("admin.audit_caption"))


def _row(entry: AuditEntry) -> list[Any]:
    words = t(f"audit_log.{entry.action}") if has(f"audit_log.{entry.action}") else entry.action
    details = ", ".join(f"{_detail(k)}: {_plain(k, v)}" for k, v in entry.details_json.items())
    return [
        moment(entry.at),
        entry.actor_name,
        html.Div([words, html.Code(entry.action, className="cell-sub wide")]),
        html.Span(details or "–", className="details-cell"),
        html.Code(entry.address or "–"),
    ]


def _detail(name: str) -> str:
    return t(f"audit_log.detail_{name}") if has(f"audit_log.detail_{name}") else name


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return t("admin.yes" if value else "admin.no")
    if name == "bytes":
        return size(value)
    if name == "scopes":
        return ", ".join(t(f"keys.scope_{v}") for v in value)
    return t(f"roles.{value}") if has(f"roles.{value}") else str(value)


def register(app: PalierDash, services: "Services") -> None:
    """Make the part react: filters change the address, and the address shows the log."""

    @app.callback(
        Output(LOCATION, "search", allow_duplicate=True),
        Input(_KIND, "value"),
        Input(_PERSON, "value"),
        Input(_DAYS, "value"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def narrow(kind: str | None, person: str | None, days: str | None, shown: dict[str, Any]) -> str:
        wanted = {"kind": kind or None, "person": person or None, "days": days or None}
        if wanted == shown:
            raise PreventUpdate
        return link("", part="audit", **wanted)

    @app.callback(Output(_FILE, "data"), Input(_SAVE, "n_clicks"), State(_SHOWN, "data"), prevent_initial_call=True)
    def save(_clicks: int, shown: dict[str, Any]) -> dict[str, Any]:
        require_press()
        rows = _all(services, current_actor(), _Filter(**shown))
        return {"content": audit_csv(rows), "filename": "audit-log.csv", "type": "text/csv", "base64": False}


def _all(services: "Services", actor: Actor, wanted: _Filter) -> list[AuditEntry]:
    """Return every entry that the filters leave, newest first, up to a limit that a spreadsheet can hold."""
    criteria, rows = wanted.criteria(now()), list[AuditEntry]()
    while len(rows) < _MOST_ROWS:
        before = rows[-1].id if rows else None
        page = services.audit_log.page(actor, **criteria, before_id=before, limit=1000)
        rows += page
        if len(page) < 1000:
            break
    return rows
