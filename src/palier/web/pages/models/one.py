"""One model: what it is worth, where it errs, and where it may be used."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.entities import Evaluation, Model
from palier.app.roles import Permission
from palier.app.specs import EvaluationSpec
from palier.errors import NotFoundError, ParameterError
from palier.web.components.ask_first import Ask
from palier.web.components.badge import simulated_badge
from palier.web.components.facts import facts
from palier.web.components.fault_name import fault_name
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.tabs import tabs
from palier.web.components.when import moment
from palier.web.i18n import duration, frequency, quantity, rpm, t
from palier.web.pages.models.judged import judged
from palier.web.pages.models.words import entry_text, entry_words
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_OF, _DATASET, _EVALUATE = "model-of", "model-dataset", "model-evaluate"
_REMOVE = Ask("model", "remove")
#: The records that were held back in training.
_HELD_BACK = "held-back"


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(Page("/models/<model_id>", "models.title", lambda a: _page(services, a)))
    _REMOVE.register(app)

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_EVALUATE, "n_clicks"),
        State(_DATASET, "value"),
        State(_OF, "data"),
        prevent_initial_call=True,
    )
    def evaluate(_clicks: int, dataset_id: str | None, model_id: str) -> str:
        require_press()
        if dataset_id is None:
            raise ParameterError(t("models.no_dataset"))
        return f"/jobs/{services.models.evaluate(current_actor(), EvaluationSpec(model_id, dataset_id)).id}"

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_REMOVE.yes, "n_clicks"),
        State(_REMOVE.chosen, "data"),
        prevent_initial_call=True,
    )
    def remove(_clicks: int, model_id: str) -> str:
        require_press()
        services.models.remove(current_actor(), model_id)
        return link("/models", removed=model_id)


def _page(services: "Services", address: Address) -> Component:
    actor = current_actor()
    model = services.models.get(actor, address.ids["model_id"])
    evaluations = services.models.evaluations(actor, model.id)
    names = {d.id: d.name for d in services.datasets.all(actor)}
    may = actor.may(Permission.TRAIN)
    return html.Div(
        [
            _header(model, may=may),
            dcc.Store(id=_OF, data=model.id),
            _section("use", html.Div([html.P(_use_words(model)), facts(_use(model, names))], className="stack")),
            _section("worth", _worth(model, evaluations, names, address.query.get("on", _HELD_BACK))),
            *([_section("evaluate", _evaluate(names))] if may else []),
            _REMOVE.dialog_of(
                t("datasets.remove_title", name=model.name), t("models.remove_text"), yes=t("shell.remove")
            ),
        ]
    )


def _section(name: str, content: Component) -> Component:
    return html.Section([html.H2(t(f"models.{name}_title")), content], className="section stack")


def _header(model: Model, *, may: bool) -> Component:
    lead: list[Any] = [simulated_badge(), " "] if model.simulated else []
    words = f"{entry_words(model.kind)}. {entry_text(model.kind, '')}"
    return page_header(
        model.name,
        lead=html.P([*lead, words], className="page-lead"),
        above=dcc.Link(t("models.back"), href="/models"),
        actions=[_REMOVE.button(t("shell.remove"), model.id, size="sm", danger=True)] if may else [],
    )


# ------------------------------------------------------------------ where it may be used


def _use_words(model: Model) -> str:
    parts = [
        t(f"models.use_{model.bearing_kind}" if model.bearing_kind in ("rolling", "journal") else "models.use_other")
    ]
    if model.simulated:
        parts.append(t("models.use_simulated"))
    if model.card_json.get("input", {}).get("speed") == "refuse":
        parts.append(t("models.use_speed"))
    return " ".join(parts)


def _use(model: Model, names: Mapping[str, str]) -> list[tuple[str, Any]]:
    card = model.card_json
    low, high = card["training"].get("speed_range_hz") or (None, None)
    unit = card.get("unit")
    dataset: Any = card["dataset"]["name"]
    if model.dataset_id is not None and model.dataset_id in names:
        dataset = dcc.Link(names[model.dataset_id], href=f"/datasets/{model.dataset_id}")
    return [
        (t("datasets.kind"), t(f"datasets.kind_{model.bearing_kind}")),
        (t("datasets.rate"), frequency(card["sampling_rate_hz"])),
        (t("models.window"), duration(card["window_s"])),
        (t("models.unit"), quantity(1, unit).partition("\u00a0")[2] if unit else t("models.unit_any")),
        (t("models.speeds"), "–" if low is None else t("models.from_to", low=rpm(low), high=rpm(high))),
        (t("models.data"), t("models.simulated_yes" if model.simulated else "models.simulated_no")),
        (t("training.dataset"), dataset),
        (t("training.level"), t(f"datasets.split_{card['split']['level']}")),
        (t("datasets.classes"), ", ".join(fault_name(k) for k in card["classes"])),
        (t("datasets.made"), moment(model.created_at)),
    ]


# ------------------------------------------------------------------ what it is worth


def _worth(model: Model, evaluations: list[Evaluation], names: Mapping[str, str], shown: str) -> Component:
    there = {e.id: e for e in evaluations}
    chosen = there.get(shown)
    if chosen is None and shown != _HELD_BACK:
        raise NotFoundError(t("models.no_evaluation"))
    result = model.evaluation_json if chosen is None else chosen.result_json
    entries = [(_HELD_BACK, t("models.held_back"), f"/models/{model.id}")]
    entries += [
        (e.id, t("models.evaluated_on", dataset=_dataset(e, names)), link(f"/models/{model.id}", on=e.id))
        for e in evaluations
    ]
    return html.Div(
        [
            *([tabs(entries, current=shown, label=t("models.judgements"))] if evaluations else []),
            *([] if chosen is None else [_about(chosen)]),
            *(judged(result) if result else [html.P(t("models.not_judged"), className="note")]),
        ],
        className="stack wide-gap",
    )


def _dataset(evaluation: Evaluation, names: Mapping[str, str]) -> str:
    return names.get(evaluation.dataset_id) or str(evaluation.result_json["dataset"]["name"])


def _about(evaluation: Evaluation) -> Component:
    report = html.A(t("models.report"), href=f"/api/v1/evaluations/{evaluation.id}/report", download="")
    return html.Div(
        [
            html.Span([t("models.judged_at"), " ", moment(evaluation.created_at)], className="note"),
            *([report] if evaluation.report else []),
        ],
        className="line",
    )


def _evaluate(names: Mapping[str, str]) -> Component:
    if not names:
        return html.P(t("datasets.empty"), className="note")
    return html.Div(
        [
            html.P(t("models.evaluate_text"), className="note"),
            html.Div(
                [
                    dmc.Select(
                        id=_DATASET,
                        label=t("training.dataset"),
                        data=[{"value": k, "label": v} for k, v in names.items()],
                        searchable=True,
                    ),
                    dmc.Button(t("models.evaluate"), id=_EVALUATE, variant="default"),
                ],
                className="field-line",
            ),
        ],
        className="stack",
    )
