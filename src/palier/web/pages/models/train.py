"""Training a model: which, on what, and how strictly it is judged."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.entities import Dataset
from palier.app.roles import Permission
from palier.app.specs import TrainingSpec
from palier.web.components.empty_state import empty_state
from palier.web.components.page_header import page_header
from palier.web.i18n import count, t
from palier.web.pages.models.words import entry_text, entry_words
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_NAME, _DATASET, _LEVEL, _MODEL, _SEED, _GO, _TOLD = (
    f"train-{p}" for p in ("name", "dataset", "level", "model", "seed", "go", "told")
)
#: Levels that a split may keep apart, from the strictest.
_LEVELS = ("rig", "bearing", "condition", "record")
#: So many names a level needs for sides of their own.
_LEAST_NAMES = 3


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(Page("/models/train", "training.title", lambda a: _page(services, a), permission=Permission.TRAIN))

    @app.callback(
        Output(_LEVEL, "data"),
        Output(_LEVEL, "value"),
        Output(_TOLD, "children"),
        Input(_DATASET, "value"),
        prevent_initial_call=True,
    )
    def narrow(dataset_id: str) -> tuple[list[dict[str, Any]], str, str]:
        dataset = services.datasets.get(current_actor(), dataset_id)
        return _levels(dataset), _strictest(dataset), _told(dataset)

    @app.callback(
        output=Output(LOCATION, "href", allow_duplicate=True),
        inputs={"clicks": Input(_GO, "n_clicks")},
        state={"typed": {f: State(f"train-{f}", "value") for f in ("name", "dataset", "model", "level", "seed")}},
        prevent_initial_call=True,
    )
    def train(clicks: int, typed: dict[str, Any]) -> str:
        if not clicks:
            raise PreventUpdate
        seed = int(typed["seed"] or 0)
        spec = TrainingSpec(typed["name"] or "", typed["dataset"], typed["model"], typed["level"], seed)
        return f"/jobs/{services.models.train(current_actor(), spec).id}"


def _page(services: "Services", address: Address) -> Component:
    actor = current_actor()
    datasets = services.datasets.all(actor)
    head = page_header(t("training.title"), lead=t("training.lead"), above=dcc.Link(t("models.back"), href="/models"))
    if not datasets:
        make = dcc.Link(t("datasets.title"), href="/datasets", className="button-link")
        return html.Div([head, empty_state(t("datasets.empty"), t("datasets.empty_text"), actions=[make])])
    chosen = next((d for d in datasets if d.id == address.query.get("dataset")), datasets[0])
    return html.Div([head, _form(services.models.catalogue(actor), datasets, chosen)])


def _form(catalogue: Sequence[Mapping[str, Any]], datasets: Sequence[Dataset], chosen: Dataset) -> Component:
    choices = [
        dmc.Radio(value=row["name"], label=entry_words(row["name"]), description=entry_text(row["name"], row["text"]))
        for row in catalogue
    ]
    return html.Div(
        [
            dmc.TextInput(
                id=_NAME,
                label=t("training.name"),
                description=t("training.name_hint"),
                value="",
                autoComplete="off",
                className="name-input",
            ),
            html.Div(
                [
                    dmc.Select(
                        id=_DATASET,
                        label=t("training.dataset"),
                        value=chosen.id,
                        allowDeselect=False,
                        searchable=True,
                        data=[{"value": d.id, "label": d.name} for d in datasets],
                    ),
                    dmc.Select(
                        id=_LEVEL,
                        label=t("training.level"),
                        value=_strictest(chosen),
                        data=_levels(chosen),
                        allowDeselect=False,
                    ),
                    dmc.NumberInput(id=_SEED, label=t("simulation.seed"), value=0, min=0, allowDecimal=False),
                ],
                className="fields",
            ),
            html.P(_told(chosen), id=_TOLD, className="note", role="status"),
            html.P(t("training.level_text"), className="note"),
            dmc.RadioGroup(
                html.Div(choices, className="checks radios"),
                id=_MODEL,
                label=t("training.model"),
                value=str(catalogue[0]["name"]),
            ),
            html.Div(dmc.Button(t("training.go"), id=_GO)),
        ],
        className="stack form",
    )


def _named(dataset: Dataset) -> dict[str, int]:
    return {v["level"]: v["n_names"] for v in dataset.summary_json.get("levels", [])}


def _levels(dataset: Dataset) -> list[dict[str, Any]]:
    names = _named(dataset)
    return [
        {
            "value": level,
            "label": t("training.level_n", level=t(f"datasets.split_{level}"), n=count(names.get(level, 0))),
            "disabled": names.get(level, 0) < 2,
        }
        for level in _LEVELS
    ]


def _strictest(dataset: Dataset) -> str:
    """Return the strictest level that the records name often enough."""
    names = _named(dataset)
    return next((level for level in _LEVELS if names.get(level, 0) >= _LEAST_NAMES), "record")


def _told(dataset: Dataset) -> str:
    words = t(
        "training.told", records=t("models.n_records", n=dataset.n_records), kind=t(f"datasets.kind_{dataset.kind}")
    )
    return f"{words} {t('training.simulated')}" if dataset.simulated else words
