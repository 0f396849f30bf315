"""Writing a dataset in the form of other programs, and fetching what was written."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.entities import JobStatus
from palier.app.roles import Actor
from palier.app.specs import ExportSpec
from palier.app.views import JobView
from palier.web.components.job_progress import OPEN, job_progress, status_badge
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import has, size, t
from palier.web.request import current_actor, now
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_FORMAT, _EXPORT, _LIST, _TICK, _OF = (f"dataset-export-{p}" for p in ("format", "go", "list", "tick", "of"))


def content(services: "Services", actor: Actor, dataset_id: str) -> Component:
    """Return the section."""
    formats = services.datasets.choices(actor)["formats"]
    listed, idle = _list(services, actor, dataset_id)
    return html.Div(
        [
            html.P(t("datasets.export_text"), className="note"),
            html.Div(
                [
                    dmc.Select(
                        id=_FORMAT, label=t("datasets.format"), value=formats[0], allowDeselect=False,
                        data=[{"value": f, "label": _format_words(f)} for f in formats],
                    ),
                    dmc.Button(t("datasets.export"), id=_EXPORT, variant="default"),
                ],
                className="field-line",
            ),
            html.Div(listed, id=_LIST),
            dcc.Interval(id=_TICK, interval=1500, disabled=idle),
            dcc.Store(id=_OF, data=dataset_id),
        ],
        className="stack",
    )  # fmt: skip


def _format_words(name: str) -> str:
    return t(f"datasets.format_{name}") if has(f"datasets.format_{name}") else name


def _list(services: "Services", actor: Actor, dataset_id: str) -> tuple[list[Component], bool]:
    """Return the latest exports, and whether none goes on."""
    jobs = [
        v
        for v in services.jobs.page(actor, limit=200)
        if v.job.kind == "export_dataset" and v.job.args_json["dataset_id"] == dataset_id
    ]
    if not jobs:
        return [], True
    columns = [
        Column(t("datasets.format")),
        Column(t("jobs.state")),
        Column(t("jobs.submitted"), hide_on_phone=True),
        Column(t("datasets.file"), align="right"),
    ]
    shown = table(columns, [_row(v) for v in jobs], caption=t("datasets.exports"))
    return [shown], not any(v.job.status in OPEN for v in jobs)


def _row(view: JobView) -> list[Any]:
    job = view.job
    going = job.status in OPEN
    state = job_progress(job, now(), queue_position=view.queue_position) if going else status_badge(job)
    file: Any = dcc.Link(t("datasets.export_job"), href=f"/jobs/{job.id}")
    if job.status is JobStatus.DONE and job.result_json is not None:
        words = t("datasets.download", size=size(job.result_json["size_bytes"]))
        file = html.A(words, href=f"/api/v1/datasets/exports/{job.id}", download=job.result_json["file_name"])
    return [_format_words(job.args_json["format"]), state, age(job.created_at, now()), file]


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""

    @app.callback(
        Output(_LIST, "children"),
        Output(_TICK, "disabled"),
        Input(_EXPORT, "n_clicks"),
        State(_FORMAT, "value"),
        State(_OF, "data"),
        prevent_initial_call=True,
    )
    def export(_clicks: int, form: str, dataset_id: str) -> tuple[list[Component], bool]:
        require_press()
        services.datasets.export(current_actor(), ExportSpec(dataset_id, form))
        return _list(services, current_actor(), dataset_id)

    @app.callback(
        Output(_LIST, "children", allow_duplicate=True),
        Output(_TICK, "disabled", allow_duplicate=True),
        Input(_TICK, "n_intervals"),
        State(_OF, "data"),
        prevent_initial_call=True,
    )
    def refresh(_ticks: int, dataset_id: str) -> tuple[list[Component], bool]:
        return _list(services, current_actor(), dataset_id)
