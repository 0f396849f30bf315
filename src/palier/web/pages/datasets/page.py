"""The list of datasets, and what is being made."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.entities import Dataset
from palier.app.roles import Actor, Permission
from palier.app.views import JobView
from palier.web.components.badge import simulated_badge
from palier.web.components.empty_state import empty_state
from palier.web.components.job_progress import OPEN, job_progress, job_words
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import count, size, t
from palier.web.pages.datasets import importing, one, simulate
from palier.web.pages.datasets.findings import findings_badge
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_LIST, _TICK, _UNDO, _GONE = (f"datasets-{p}" for p in ("list", "tick", "undo", "removed"))
_MAKING = ("simulate_dataset", "import_dataset")


def register(app: PalierDash, services: "Services") -> None:
    """Serve the list, the two ways to make a dataset, and the page of one."""

    def layout(address: Address) -> Component:
        actor = current_actor()
        content, idle = _content(services, actor)
        return html.Div(
            [
                page_header(t("datasets.title"), lead=t("datasets.lead"), actions=_actions(actor)),
                *_removed(address.query.get("removed"), actor),
                html.Div(content, id=_LIST, className="stack wide-gap"),
                dcc.Interval(id=_TICK, interval=2000, disabled=idle),
            ]
        )

    app.add_page(Page("/datasets", "datasets.title", layout, nav=40))
    for module in (simulate, importing, one):
        module.register(app, services)

    @app.callback(
        Output(_LIST, "children"), Output(_TICK, "disabled"), Input(_TICK, "n_intervals"), prevent_initial_call=True
    )
    def refresh(_ticks: int) -> tuple[list[Component], bool]:
        return _content(services, current_actor())

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_UNDO, "n_clicks"),
        State(_GONE, "data"),
        prevent_initial_call=True,
    )
    def undo(_clicks: int, dataset_id: str) -> str:
        require_press()
        services.datasets.restore(current_actor(), dataset_id)
        return f"/datasets/{dataset_id}"


def _actions(actor: Actor) -> list[Component]:
    if not actor.may(Permission.MANAGE_DATASETS):
        return []
    return [
        dcc.Link(t("datasets.simulate"), href="/datasets/simulate", className="button-link"),
        dcc.Link(t("datasets.import"), href="/datasets/import", className="button-link quiet"),
    ]


def _removed(dataset_id: str | None, actor: Actor) -> list[Component]:
    """Say that a dataset was removed, with the way back."""
    if dataset_id is None or not actor.may(Permission.MANAGE_DATASETS):
        return []
    undo = dmc.Button(t("shell.undo"), id=_UNDO, variant="default", size="xs")
    return [
        html.Div(
            [html.P(t("datasets.removed")), undo, dcc.Store(id=_GONE, data=dataset_id)],
            className="message tone-info line",
            role="status",
        )
    ]


def _content(services: "Services", actor: Actor) -> tuple[list[Component], bool]:
    """Return what the page shows, and whether nothing is being made."""
    datasets = services.datasets.all(actor)
    jobs = [v for v in services.jobs.page(actor, status=OPEN, limit=200) if v.job.kind in _MAKING]
    making = [_making(jobs)] if jobs else []
    if not datasets and not jobs:
        return [empty_state(t("datasets.empty"), t("datasets.empty_text"), actions=_actions(actor))], True
    return [*making, *([_table(datasets, now())] if datasets else [])], not jobs


def _making(jobs: Sequence[JobView]) -> Component:
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        dcc.Link(v.job.title, href=f"/jobs/{v.job.id}"),
                        html.Span(job_words(v.job.kind, v.kind_words), className="note"),
                    ],
                    className="line",
                ),
                job_progress(v.job, now(), queue_position=v.queue_position),
            ]
        )
        for v in jobs
    ]
    return html.Section([html.H2(t("datasets.making")), html.Ul(rows, className="job-list")], className="stack")


def _table(datasets: Sequence[Dataset], at: datetime) -> Component:
    columns = [
        Column(t("datasets.name")),
        Column(t("datasets.records"), align="right"),
        Column(t("datasets.classes"), align="right", hide_on_phone=True),
        Column(t("datasets.size"), align="right", hide_on_phone=True),
        Column(t("datasets.audit")),
        Column(t("datasets.made"), align="right", hide_on_phone=True),
    ]
    return table(columns, [_row(d, at) for d in datasets], caption=t("datasets.caption"))


def _row(dataset: Dataset, at: datetime) -> list[Any]:
    badge: list[Any] = [" ", simulated_badge()] if dataset.simulated else []
    name: list[Any] = [
        dcc.Link(dataset.name, href=f"/datasets/{dataset.id}"),
        *badge,
        html.Span(kind_words(dataset.kind), className="cell-sub"),
    ]
    return [
        html.Div(name),
        count(dataset.n_records),
        count(len(dataset.summary_json.get("classes", {}))),
        size(dataset.size_bytes),
        findings_badge(dataset.summary_json),
        age(dataset.created_at, at),
    ]


def kind_words(kind: str) -> str:
    """Return the kind of bearing in words."""
    return t(f"datasets.kind_{kind}")
