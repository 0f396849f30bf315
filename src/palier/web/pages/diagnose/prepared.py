"""The recordings of this visit: what state each is in, what was read, what is missing, and its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import dcc, html
from dash.development.base_component import Component

from palier.app.entities import JobStatus, Point, Recording
from palier.app.roles import Actor
from palier.app.views import DiagnosisView
from palier.errors import NotFoundError
from palier.web.components.attributes import named
from palier.web.components.job_progress import OPEN, job_progress
from palier.web.components.table import Column, table
from palier.web.components.verdict_badge import verdict_badge
from palier.web.components.when import age
from palier.web.i18n import size, t
from palier.web.pages.diagnose.known import known_of, read_words
from palier.web.routing import Address, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["Prepared", "others", "prepare_list", "prepared_of"]

_MOST = 50
_RECENT = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the address names, as it stands now."""

    recordings: tuple[Recording, ...]
    open: Recording | None
    answers: Mapping[str, DiagnosisView]
    points: Mapping[str, Point]
    recent: bool
    """The address names none: these were uploaded last."""

    @property
    def busy(self) -> bool:
        """Return whether something is still being read or diagnosed."""
        waiting = any(r.state == "waiting" for r in self.recordings)
        return waiting or any(v.job is not None and v.job.status in OPEN for v in self.answers.values())

    @property
    def state(self) -> str | None:
        """Return what changes when the recording that is open has to be shown anew."""
        return None if self.open is None else f"{self.open.id} {self.open.version} {self.open.state}"


def prepared_of(services: "Services", actor: Actor, address: Address) -> Prepared:
    """Look up what the address names; what was removed meanwhile is left out."""
    ids = [i for i in address.query.get("recordings", "").split(",") if i][:_MOST]
    found: list[Recording] = []
    for recording_id in dict.fromkeys(ids):
        try:
            found.append(services.recordings.get(actor, recording_id))
        except NotFoundError:
            continue
    rows = tuple(found) if ids else tuple(services.recordings.page(actor, limit=_RECENT))
    wanted = address.query.get("open")
    opened = next((r for r in rows if r.id == wanted), None)
    if opened is None and ids:
        opened = next(iter(rows), None)
    answers = {r.id: views[0] for r in rows if (views := services.diagnoses.page(actor, recording_id=r.id, limit=1))}
    points = {point.id: point for _, point in services.machines.places(actor)}
    return Prepared(rows, opened, answers, points, recent=not ids)


def prepare_list(prepared: Prepared, at: datetime) -> list[Component]:
    """Show the list."""
    if not prepared.recordings:
        return []
    title = t("diagnose.recent") if prepared.recent else t("diagnose.prepared")
    columns = [
        Column(t("diagnose.file")),
        Column(t("diagnose.state")),
        Column(t("diagnose.read"), hide_on_phone=True),
        Column(t("diagnose.answer")),
        Column(t("diagnose.uploaded"), align="right", hide_on_phone=True),
    ]
    rows = [_row(r, prepared, at) for r in prepared.recordings]
    classes = ["selected" if r == prepared.open else "" for r in prepared.recordings]
    return [
        html.Section([html.H2(title), table(columns, rows, caption=title, row_classes=classes)], className="section")
    ]


def _row(recording: Recording, prepared: Prepared, at: datetime) -> list[Any]:
    ids = [recording.id] if prepared.recent else [r.id for r in prepared.recordings]
    here = link("/diagnose", recordings=",".join(ids), open=recording.id).replace("%2C", ",")
    point = prepared.points.get(recording.point_id or "")
    name = [
        dcc.Link(recording.file_name, href=here),
        html.Span(" · ".join(p for p in (size(recording.size_bytes), point and point.name) if p), className="cell-sub"),
    ]
    return [
        html.Div(name),
        _state(recording, prepared.points),
        read_words(recording),
        _answer(prepared.answers.get(recording.id), at),
        age(recording.uploaded_at, at),
    ]


def _state(recording: Recording, points: Mapping[str, Point]) -> Component:
    if recording.state == "ready" and (missing := known_of(recording, points).missing):
        words = t("diagnose.missing", what=", ".join(t(f"diagnose.missing_{m}") for m in missing))
        return _badge("!", words, "warn")
    symbol, tone = {"waiting": ("…", "info"), "ready": ("✓", "good"), "unreadable": ("✕", "bad")}[recording.state]
    return _badge(symbol, t(f"diagnose.state_{recording.state}"), tone)


def _badge(symbol: str, words: str, tone: str) -> Component:
    mark = html.Span(symbol, className="badge-symbol", **named(aria_hidden="true"))
    return html.Span([mark, words], className=f"badge badge-wrap tone-{tone}")


def _answer(view: DiagnosisView | None, at: datetime) -> Component | str:
    if view is None:
        return "–"
    if view.job is not None and view.job.status in OPEN:
        return dcc.Link(job_progress(view.job, at), href=f"/diagnoses/{view.diagnosis.id}", className="plain")
    if view.diagnosis.finished_at is None:
        failed = view.job is not None and view.job.status is JobStatus.FAILED
        return dcc.Link(t("diagnose.failed" if failed else "diagnose.stopped"), href=f"/diagnoses/{view.diagnosis.id}")
    return dcc.Link(verdict_badge(view.diagnosis.verdict), href=f"/diagnoses/{view.diagnosis.id}", className="plain")


def others(prepared: Prepared) -> Sequence[Recording]:
    """Return the recordings that can be diagnosed with the same settings as the one that is open."""
    return [r for r in prepared.recordings if r.state == "ready"]
