"""Several models side by side: scores with their intervals, and on what each was judged."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import dcc, html
from dash.development.base_component import Component

from palier.app.entities import Model
from palier.errors import NotFoundError
from palier.web.components.badge import simulated_badge
from palier.web.components.page_header import page_header
from palier.web.components.plot import plot
from palier.web.components.table import Column, table
from palier.web.figures import Score, scores_figure
from palier.web.i18n import count, duration, frequency, number, percent, quantity, t
from palier.web.pages.models.words import entry_words, score, share_of
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_MOST = 12


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(Page("/models/compare", "models.compare_title", lambda a: _page(services, a)))


def _page(services: "Services", address: Address) -> Component:
    actor = current_actor()
    ids = [i for i in address.query.get("models", "").split(",") if i][:_MOST]
    if not ids:
        raise NotFoundError(t("models.compare_two"))
    models = [services.models.get(actor, i) for i in dict.fromkeys(ids)]
    judged = [m for m in models if m.evaluation_json]
    return html.Div(
        [
            page_header(
                t("models.compare_title"),
                lead=t("models.compare_lead"),
                above=dcc.Link(t("models.back"), href="/models"),
            ),
            *_warning(judged),
            html.H2(t("models.scores_title"), className="scores-title"),
            plot(
                "scores",
                title=t("figures.scores"),
                figure=scores_figure([_score(m) for m in judged]),
                note=t("models.overlap"),
                height=130 + 46 * len(judged),
            ),
            html.Section([html.H2(t("models.details_title")), _table(models)], className="section stack side-by-side"),
        ]
    )


def _warning(models: Sequence[Model]) -> list[Component]:
    """Say where models were not judged on the same records."""
    judged_on = {(m.card_json["dataset"]["content_hash"], m.card_json["split"]["sha256"]) for m in models}
    if len(judged_on) < 2:
        return []
    return [html.Div(html.P(t("models.not_the_same")), className="message tone-warn compare-warning", role="note")]


def _score(model: Model) -> Score:
    result: Mapping[str, Any] = model.evaluation_json or {}
    accuracy = result["figures"]["accuracy"]
    return Score(model.name, accuracy["value"], accuracy["low"], accuracy["high"], share_of(result, "majority"))


def _table(models: Sequence[Model]) -> Component:
    columns = [Column(t("models.property")), *[Column(m.name) for m in models]]
    rows: list[list[Any]] = [
        [t("models.page"), *[dcc.Link(t("models.open"), href=f"/models/{m.id}") for m in models]],
        [t("training.model"), *[entry_words(m.kind) for m in models]],
        [t("models.right"), *[score(m.evaluation_json) for m in models]],
        [t("models.macro_f1"), *[_figure(m, "macro_f1") for m in models]],
        [t("models.column_leaky"), *[_column(m, "leaky") for m in models]],
        [t("models.column_majority"), *[_column(m, "majority") for m in models]],
        [
            t("models.calibration_error"),
            *[number(((m.evaluation_json or {}).get("calibration") or {}).get("ece")) for m in models],
        ],
        [t("models.judged_on"), *[count((m.evaluation_json or {}).get("n_records")) for m in models]],
        [t("training.dataset"), *[str(m.card_json["dataset"]["name"]) for m in models]],
        [t("training.level"), *[t(f"datasets.split_{m.card_json['split']['level']}") for m in models]],
        [t("models.data"), *[simulated_badge() if m.simulated else t("models.measured") for m in models]],
        [t("datasets.rate"), *[frequency(m.card_json["sampling_rate_hz"]) for m in models]],
        [t("models.window"), *[duration(m.card_json["window_s"]) for m in models]],
        [t("models.unit"), *[_unit(m) for m in models]],
    ]
    return table(columns, rows, caption=t("models.compare_title"))


def _figure(model: Model, name: str) -> str:
    found = ((model.evaluation_json or {}).get("figures") or {}).get(name)
    return number(found["value"]) if found else "–"


def _column(model: Model, name: str) -> str:
    return percent(share_of(model.evaluation_json, name)) if model.evaluation_json else "–"


def _unit(model: Model) -> str:
    unit = model.card_json.get("unit")
    return quantity(1, unit).partition("\u00a0")[2] if unit else t("shell.not_declared")
