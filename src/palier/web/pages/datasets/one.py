"""One dataset: what it holds, what the audit found, any record of it, its splits and exports."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.entities import Dataset
from palier.app.roles import Permission
from palier.web.components.ask_first import Ask
from palier.web.components.badge import simulated_badge
from palier.web.components.facts import facts
from palier.web.components.library_text import library_text
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import moment
from palier.web.i18n import count, duration, frequency, number, quantity, rpm, size, t
from palier.web.pages.datasets import exports, record
from palier.web.pages.datasets.composition import composition
from palier.web.pages.datasets.findings import findings
from palier.web.pages.datasets.splits import level_words, splits
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link
from palier.web.shell import LOCATION

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_AUDIT, _OF = "dataset-audit", "dataset-of"
_REMOVE = Ask("dataset", "remove")


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(Page("/datasets/<dataset_id>", "datasets.title", lambda a: _page(services, a)))
    record.register(app, services)
    exports.register(app, services)
    _REMOVE.register(app)

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_AUDIT, "n_clicks"),
        State(_OF, "data"),
        prevent_initial_call=True,
    )
    def audit(_clicks: int, dataset_id: str) -> str:
        require_press()
        return f"/jobs/{services.datasets.audit(current_actor(), dataset_id).id}"

    @app.callback(
        Output(LOCATION, "href", allow_duplicate=True),
        Input(_REMOVE.yes, "n_clicks"),
        State(_REMOVE.chosen, "data"),
        prevent_initial_call=True,
    )
    def remove(_clicks: int, dataset_id: str) -> str:
        require_press()
        services.datasets.remove(current_actor(), dataset_id)
        return link("/datasets", removed=dataset_id)


def _page(services: "Services", address: Address) -> Component:
    actor = current_actor()
    dataset = services.datasets.get(actor, address.ids["dataset_id"])
    may, summary = actor.may(Permission.MANAGE_DATASETS), dataset.summary_json
    return html.Div(
        [
            _header(dataset, may=may),
            facts(_facts(dataset)),
            dcc.Store(id=_OF, data=dataset.id),
            _section("composition", composition(summary)),
            _section("record", record.content(services, actor, dataset, address)),
            _section("findings", findings(summary), more=_again() if may else None),
            _section("splits", splits(summary)),
            _section("ranges", html.Div([_quantities(summary), _levels(summary)], className="columns")),
            *([_section("export", exports.content(services, actor, dataset.id))] if may else []),
            _REMOVE.dialog_of(
                t("datasets.remove_title", name=dataset.name), t("datasets.remove_text"), yes=t("shell.remove")
            ),
        ]
    )


def _section(name: str, content: Component, *, more: Component | None = None) -> Component:
    head = html.Div(
        [html.H2(t(f"datasets.{name}_title")), *([more] if more is not None else [])], className="section-head"
    )
    return html.Section([head, content], className="section")


def _again() -> Component:
    made: Component = dmc.Button(t("datasets.audit_again"), id=_AUDIT, variant="default", size="xs")
    return made


def _header(dataset: Dataset, *, may: bool) -> Component:
    actions: list[Component] = []
    if may:
        train = link("/models/train", dataset=dataset.id)
        actions = [
            dcc.Link(t("datasets.train"), href=train, className="button-link quiet"),
            _REMOVE.button(t("shell.remove"), dataset.id, size="sm", danger=True),
        ]
    text = str(dataset.card_json.get("description", {}).get("text", ""))
    lead: list[Any] = [simulated_badge(), " "] if dataset.simulated else []
    told = html.P([*lead, library_text(text)] if text else lead, className="page-lead")
    return page_header(dataset.name, lead=told, above=dcc.Link(t("datasets.back"), href="/datasets"), actions=actions)


def _facts(dataset: Dataset) -> list[tuple[str, Any]]:
    card = dataset.card_json
    return [
        (t("datasets.kind"), t(f"datasets.kind_{dataset.kind}")),
        (t("datasets.records"), count(dataset.n_records)),
        (t("datasets.whole"), duration(card.get("duration_s"))),
        (t("datasets.size"), size(dataset.size_bytes)),
        (t("datasets.units"), ", ".join(_unit(u, n) for u, n in dataset.summary_json.get("units", {}).items())),
        (t("datasets.licence"), card.get("licence") or "–"),
        (t("datasets.made"), moment(dataset.created_at)),
        (t("datasets.hash"), html.Code(dataset.content_hash[:12], title=dataset.content_hash)),
    ]


def _unit(unit: str, n: int) -> str:
    words = t("shell.not_declared") if unit == "undeclared" else quantity(1, unit).partition("\u00a0")[2]
    return f"{words} ({count(n)})"


def _quantities(summary: dict[str, Any]) -> Component:
    columns = [
        Column(t("datasets.quantity")),
        Column(t("datasets.smallest"), align="right"),
        Column(t("datasets.median"), align="right"),
        Column(t("datasets.largest"), align="right"),
    ]
    rows = [
        [
            t(f"datasets.quantity_{q['quantity']}"),
            *[_written(q["quantity"], q[k]) for k in ("smallest", "median", "largest")],
        ]
        for q in summary.get("quantities", [])
    ]
    return table(columns, rows, caption=t("datasets.quantities"))


def _written(name: str, value: float) -> str:
    if name == "sampling_rate_hz":
        return frequency(value)
    if name == "speed_hz":
        return rpm(value)
    if name == "duration_s":
        return duration(value)
    return quantity(value, "°C") if name == "temperature_c" else number(value)


def _levels(summary: dict[str, Any]) -> Component:
    columns = [
        Column(t("datasets.level")),
        Column(t("datasets.level_names"), align="right"),
        Column(t("datasets.level_records"), align="right"),
    ]
    rows = [[level_words(v["level"]), count(v["n_names"]), count(v["n_records"])] for v in summary.get("levels", [])]
    return table(columns, rows, caption=t("datasets.levels"))
