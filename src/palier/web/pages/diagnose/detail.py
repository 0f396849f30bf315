"""The recording that is open: what was read from it, a first look, and the form."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from palier.app.entities import Recording
from palier.app.roles import Actor, Permission
from palier.web.components.attributes import named
from palier.web.components.facts import facts
from palier.web.components.library_text import library_text
from palier.web.components.loading_state import loading_state
from palier.web.components.plot import plot
from palier.web.components.simulated_badge import simulated_badge
from palier.web.components.when import moment
from palier.web.figures import waveform_figure
from palier.web.i18n import count, duration, number, quantity, t
from palier.web.pages.diagnose.form import form
from palier.web.pages.diagnose.known import known_of
from palier.web.pages.diagnose.prepared import Prepared, others

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["LOOK", "OPENED", "REMOVE", "RUN", "RUN_ALL", "SAVE", "detail", "look"]

RUN, RUN_ALL, SAVE, REMOVE = "diagnose-run", "diagnose-run-all", "diagnose-save", "diagnose-remove"
#: Store of the ids of the recording that is open, and of all that can be diagnosed with it.
OPENED = "diagnose-opened"
LOOK = "look"
_POINTS = 1200


def detail(services: "Services", actor: Actor, prepared: Prepared) -> list[Component]:
    """Show the recording that is open; nothing where none is."""
    recording = prepared.open
    if recording is None:
        return []
    title = html.H2(recording.file_name, id="detail-title")
    parts: list[Component] = [html.Div([title, *simulated_badge(recording)], className="line")]
    if recording.state == "waiting":
        parts.append(loading_state(t("diagnose.reading")))
    else:
        ready = others(prepared)
        parts += [
            dcc.Store(id=OPENED, data={"open": recording.id, "all": [r.id for r in ready]}),
            *_read(services, actor, recording, prepared),
            *_declare(services, actor, recording, prepared, n_ready=len(ready)),
        ]
    return [html.Section(parts, className="section stack prepared", **named(aria_labelledby="detail-title"))]


def _read(services: "Services", actor: Actor, recording: Recording, prepared: Prepared) -> list[Component]:
    if recording.state == "unreadable":
        text = html.P(library_text(recording.problem or ""))
        return [html.Div([html.Strong(t("diagnose.unreadable")), text], className="message tone-bad", role="alert")]
    known = known_of(recording, prepared.points)
    level = recording.levels_json or {}
    shown: list[tuple[str, Any]] = [
        (t("diagnose.channels"), count(len(recording.channels_json))),
        (t("diagnose.duration"), _length(recording)),
        *known.facts(),
        (t("diagnose.rms"), quantity(level.get("rms"), recording.unit)),
        (t("diagnose.crest"), number(level.get("crest_factor"))),
    ]
    if recording.taken_at is not None:
        shown.append((t("diagnose.taken"), moment(recording.taken_at)))
    return [
        facts(shown),
        *_notes(recording),
        plot(LOOK, title=t("diagnose.look"), figure=look(services, actor, recording, None), height=220),
    ]


def _length(recording: Recording) -> str:
    if recording.n_samples is None:
        return "–"
    if recording.sampling_rate_hz is None:
        return t("diagnose.n_samples", n=recording.n_samples)
    return duration(recording.n_samples / recording.sampling_rate_hz)


def look(services: "Services", actor: Actor, recording: Recording, channel: str | None) -> dict[str, Any]:
    """Return the whole waveform of a channel."""
    view = services.recordings.waveform(actor, recording.id, channel=channel, points=_POINTS)
    end = float(view.n_samples) / (view.sampling_rate_hz or 1.0)
    return waveform_figure(view, span=(0.0, end))


def _notes(recording: Recording) -> list[Component]:
    """Show what the audit found and what the reader noted, but for what the form asks for anyway."""
    findings = [f for f in recording.audit_json if not f["key"].endswith("_undeclared")]
    found = [_finding(f) for f in findings if f["severity"] != "info"]
    notes = [html.Li(library_text(n)) for n in recording.notes_json if "undeclared: " not in n]
    infos = [html.Li(library_text(f["text"])) for f in findings if f["severity"] == "info"]
    listed = html.Ul([*notes, *infos], className="points note")
    return [*found, *([listed] if notes or infos else [])]


def _finding(finding: dict[str, Any]) -> Component:
    tone = {"warning": "warn", "fatal": "bad"}[finding["severity"]]
    parts: list[Any] = [html.Strong(t(f"audit.{finding['severity']}")), " ", library_text(finding["text"]), " "]
    return html.Div([*parts, library_text(finding["remedy"])], className=f"message tone-{tone}")


def _declare(
    services: "Services", actor: Actor, recording: Recording, prepared: Prepared, *, n_ready: int
) -> list[Component]:
    if not actor.may(Permission.DIAGNOSE):
        return [html.P(t("diagnose.not_allowed"), className="note")]
    known = known_of(recording, prepared.points)
    earlier = [
        r
        for r in (services.recordings.page(actor, point_id=recording.point_id, limit=100) if recording.point_id else ())
        if r.id != recording.id and r.state == "ready"
    ]
    fields = form(
        recording, known, places=services.machines.places(actor), models=services.models.all(actor), earlier=earlier
    )
    buttons: list[Component] = []
    if recording.state == "ready":
        buttons.append(dmc.Button(t("diagnose.run"), id=RUN))
        hidden = {"style": {"display": "none"}} if n_ready < 2 else {}
        buttons.append(dmc.Button(t("diagnose.run_all", n=n_ready), id=RUN_ALL, variant="default", **hidden))
    buttons.append(
        dmc.Button(
            t("diagnose.save" if recording.state == "ready" else "diagnose.read_again"), id=SAVE, variant="default"
        )
    )
    if actor.may(Permission.MANAGE_MACHINES):
        buttons.append(dmc.Button(t("diagnose.remove"), id=REMOVE, variant="subtle", color="crimson"))
    return [fields, html.Div(buttons, className="line")]
