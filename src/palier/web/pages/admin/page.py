"""The page: four parts, each with its address and from its own module."""

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from palier.app.roles import Permission
from palier.web.components.page_header import page_header
from palier.web.components.tabs import tabs
from palier.web.i18n import t
from palier.web.pages.admin import audit, keys, people, person, policy, system
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_PARTS = {"people": people, "policy": policy, "keys": keys, "audit": audit, "system": system}


def register(app: PalierDash, services: "Services") -> None:
    """Serve the parts, and the page of one person."""

    def layout(address: Address) -> Component:
        part = address.query.get("part", "people")
        part = part if part in _PARTS else "people"
        entries = [(name, t(f"admin.{name}"), link("/admin", part=name)) for name in _PARTS]
        return html.Div(
            [
                page_header(
                    t("admin.title"), lead=t("admin.lead"), document_title=t("admin.of", part=t(f"admin.{part}"))
                ),
                tabs(entries, current=part, label=t("admin.parts")),
                _PARTS[part].content(services, current_actor(), address),
            ]
        )

    app.add_page(Page("/admin", "admin.title", layout, permission=Permission.ADMINISTER, nav=70))
    for module in (*_PARTS.values(), person):
        module.register(app, services)
