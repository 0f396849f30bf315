"""Simulating a dataset: the form, what it will cost, and the start."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Permission
from palier.app.specs import SimulationSpec
from palier.app.submission import plain_json
from palier.web.components.facts import facts
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.tabs import tabs
from palier.web.i18n import count, duration, size, t
from palier.web.pages.datasets.simulation_form import FIELD, KINDS, SHARES, field_id, simulation_fields, simulation_of
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_KIND, _ESTIMATE, _PLAN, _PLANNED, _RUN = (f"simulation-{p}" for p in ("kind", "estimate", "plan", "planned", "run"))


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(
        Page(
            "/datasets/simulate",
            "simulation.title",
            lambda a: _page(services, a),
            permission=Permission.MANAGE_DATASETS,
        )
    )

    @app.callback(
        Output(_PLAN, "children"),
        Input(_ESTIMATE, "n_clicks"),
        State({"form": FIELD, "field": ALL}, "value"),
        State({"form": FIELD, "field": ALL}, "id"),
        State(_KIND, "data"),
        running=[(Output(_ESTIMATE, "loading"), True, False)],
        prevent_initial_call=True,
    )
    def estimate(_clicks: int, values: list[Any], ids: list[dict[str, str]], kind: str) -> list[Component]:
        require_press()
        actor, typed = current_actor(), {id["field"]: value for id, value in zip(ids, values, strict=True)}  # noqa: A001
        layers = [layer["name"] for layer in services.datasets.choices(actor)["layers"]]
        spec = simulation_of(kind, typed, layers)
        return _plan(spec, services.datasets.estimate(actor, spec))

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_RUN, "n_clicks"),
        State(_PLANNED, "data"),
        State(field_id("name"), "value"),
        prevent_initial_call=True,
    )
    def run(_clicks: int, planned: dict[str, Any], name: str | None) -> str:
        require_press()
        spec = SimulationSpec(name or "", planned["kind"], planned["spec"])
        return f"/jobs/{services.datasets.simulate(current_actor(), spec).id}"

    app.visual(  # what is shown no longer fits what is typed
        "cleared",
        Output(_PLAN, "children", allow_duplicate=True),
        Input({"form": FIELD, "field": ALL}, "value"),
        prevent_initial_call=True,
    )
    app.visual(
        "shownFor",
        Output(SHARES, "style"),
        Input(field_id("severity"), "value"),
        prevent_initial_call=True,
    )


def _page(services: "Services", address: Address) -> Component:
    choices = services.datasets.choices(current_actor())
    given = address.query.get("kind", KINDS[0])
    kind = given if given in KINDS else KINDS[0]
    entries = [(k, t(f"datasets.kind_{k}"), link("/datasets/simulate", kind=k)) for k in KINDS]
    return html.Div(
        [
            page_header(
                t("simulation.title"), lead=t("simulation.lead"), above=dcc.Link(t("datasets.back"), href="/datasets")
            ),
            tabs(entries, current=kind, label=t("datasets.kind")),
            dcc.Store(id=_KIND, data=kind),
            html.Div(
                [
                    *simulation_fields(kind, choices["kinds"][kind], choices["layers"]),
                    html.Div(dmc.Button(t("simulation.estimate"), id=_ESTIMATE)),
                    html.Div(id=_PLAN, role="status"),
                ],
                className="stack form",
            ),
        ]
    )


def _plan(spec: SimulationSpec, cost: dict[str, float]) -> list[Component]:
    known = [
        (t("datasets.records"), count(int(cost["records"]))),
        (t("datasets.size"), size(int(cost["bytes"]))),
        (t("simulation.time"), duration(round(cost["seconds"], 1))),
    ]
    return [
        html.Div(
            [
                facts(known),
                html.P(t("simulation.time_hint"), className="note"),
                html.Div(dmc.Button(t("simulation.run"), id=_RUN)),
                dcc.Store(id=_PLANNED, data=plain_json(spec)),
            ],
            className="panel stack",
        )
    ]
