"""The list of models, and choosing some to compare."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from palier.app.entities import Model
from palier.app.roles import Actor, Permission
from palier.app.views import JobView
from palier.errors import ParameterError
from palier.web.components.attributes import named
from palier.web.components.badge import simulated_badge
from palier.web.components.empty_state import empty_state
from palier.web.components.job_progress import OPEN, job_progress, job_words
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import t
from palier.web.pages.models import compare, one, train
from palier.web.pages.models.words import entry_words, score
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash, link
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_COMPARE, _MAKING, _TICK, _COUNT = "models-compare", "models-making", "models-tick", "models-count"
_UNDO, _GONE = "models-undo", "models-removed"
_LEARNING = ("train_classical", "evaluate")


def register(app: PalierDash, services: "Services") -> None:
    """Serve the list, training, comparison, and the page of one."""

    def layout(address: Address) -> Component:
        actor = current_actor()
        models = services.models.all(actor)
        making, idle = _making(services, actor)
        return html.Div(
            [
                page_header(t("models.title"), lead=t("models.lead"), actions=_actions(actor)),
                *_removed(address.query.get("removed"), actor),
                html.Div(making, id=_MAKING),
                _list(models, _datasets(services, actor), now()) if models else _empty(actor),
                dcc.Store(id=_COUNT, data=len(models)),
                dcc.Interval(id=_TICK, interval=2000, disabled=idle),
            ]
        )

    app.add_page(Page("/models", "models.title", layout, nav=50))
    for module in (train, compare, one):
        module.register(app, services)
    _register_list(app, services)


def _register_list(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(_MAKING, "children"),
        Output(_TICK, "disabled"),
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_TICK, "n_intervals"),
        State(_COUNT, "data"),
        prevent_initial_call=True,
    )
    def refresh(_ticks: int, there: int) -> tuple[list[Component], bool, Any]:
        making, idle = _making(services, current_actor())
        more = len(services.models.all(current_actor())) > there
        return making, idle, "/models" if more else no_update

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_COMPARE, "n_clicks"),
        State({"page": "models", "compare": ALL}, "checked"),
        State({"page": "models", "compare": ALL}, "id"),
        prevent_initial_call=True,
    )
    def compare_chosen(_clicks: int, checked: list[bool], ids: list[dict[str, str]]) -> str:
        require_press()
        chosen = [i["compare"] for i, on in zip(ids, checked, strict=True) if on]
        if len(chosen) < 2:
            raise ParameterError(t("models.compare_two"))
        return link("/models/compare", models=",".join(chosen))

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_UNDO, "n_clicks"),
        State(_GONE, "data"),
        prevent_initial_call=True,
    )
    def undo(_clicks: int, model_id: str) -> str:
        require_press()
        services.models.restore(current_actor(), model_id)
        return f"/models/{model_id}"


def _actions(actor: Actor) -> list[Component]:
    if not actor.may(Permission.TRAIN):
        return []
    return [dcc.Link(t("models.train"), href="/models/train", className="button-link")]


def _empty(actor: Actor) -> Component:
    return empty_state(t("models.empty"), t("models.empty_text"), actions=_actions(actor))


def _removed(model_id: str | None, actor: Actor) -> list[Component]:
    """Say that a model was removed, with the way back."""
    if model_id is None or not actor.may(Permission.TRAIN):
        return []
    undo = dmc.Button(t("shell.undo"), id=_UNDO, variant="default", size="xs")
    store = dcc.Store(id=_GONE, data=model_id)
    return [html.Div([html.P(t("models.removed")), undo, store], className="message tone-info line", role="status")]


def _making(services: "Services", actor: Actor) -> tuple[list[Component], bool]:
    """Return what is being trained and judged, and whether nothing is."""
    jobs = [v for v in services.jobs.page(actor, status=OPEN, limit=200) if v.job.kind in _LEARNING]
    if not jobs:
        return [], True
    shown = html.Ul([_job(v) for v in jobs], className="job-list")
    return [html.Section([html.H2(t("models.making")), shown], className="stack making")], False


def _job(view: JobView) -> Component:
    words = html.Span(job_words(view.job.kind, view.kind_words), className="note")
    name = html.Div([dcc.Link(view.job.title, href=f"/jobs/{view.job.id}"), words], className="line")
    return html.Li([name, job_progress(view.job, now(), queue_position=view.queue_position)])


def _datasets(services: "Services", actor: Actor) -> dict[str, str]:
    return {d.id: d.name for d in services.datasets.all(actor)}


def _list(models: Sequence[Model], datasets: Mapping[str, str], at: datetime) -> Component:
    columns = [
        Column(t("models.name")),
        Column(t("models.right")),
        Column(t("models.on"), hide_on_phone=True),
        Column(t("datasets.made"), align="right", hide_on_phone=True),
    ]
    shown = table(columns, [_row(m, datasets, at) for m in models], caption=t("models.caption"))
    button = dmc.Button(t("models.compare"), id=_COMPARE, variant="default")
    return html.Div(
        [
            shown,
            *(
                [html.Div([button, html.Span(t("models.compare_hint"), className="note")], className="line")]
                if len(models) > 1
                else []
            ),
        ],
        className="stack",
    )


def _row(model: Model, datasets: Mapping[str, str], at: datetime) -> list[Any]:
    badge: list[Any] = [" ", simulated_badge()] if model.simulated else []
    box = dmc.Checkbox(
        id={"page": "models", "compare": model.id},
        checked=False,
        **named(aria_label=t("models.choose", name=model.name)),
    )
    words = html.Span(f"{entry_words(model.kind)} · {t(f'datasets.kind_{model.bearing_kind}')}", className="cell-sub")
    name = html.Div([dcc.Link(model.name, href=f"/models/{model.id}"), *badge, words])
    on: Any = datasets.get(model.dataset_id or "")
    if on is not None:
        on = dcc.Link(on, href=f"/datasets/{model.dataset_id}")
    else:
        on = str(model.card_json.get("dataset", {}).get("name", "–"))
    return [html.Div([box, name], className="chosen-name"), score(model.evaluation_json), on, age(model.created_at, at)]
