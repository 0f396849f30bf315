"""The page: one section below the other, each from its own module."""

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.components.page_header import page_header
from palier.web.i18n import t
from palier.web.pages.account import keys, passkeys, password, profile, sessions, totp
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

#: Sections in their order: what each is called, and its module.
_SECTIONS = (
    ("profile", profile),
    ("password", password),
    ("totp", totp),
    ("passkeys", passkeys),
    ("sessions", sessions),
    ("keys", keys),
)


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""

    def layout(_address: Address) -> Component:
        actor = current_actor()
        sections = [
            html.Section(
                [html.H2(t(f"account.{name}"), id=f"account-{name}-title"), module.content(services, actor)],
                className="section account-section",
                **named(aria_labelledby=f"account-{name}-title"),
            )
            for name, module in _SECTIONS
        ]
        proof = [] if actor.recently_authenticated else [_proof()]
        return html.Div(
            [page_header(t("account.title"), lead=t("account.lead")), *proof, *sections], className="account"
        )

    app.add_page(Page("/account", "account.title", layout))
    for _name, module in _SECTIONS:
        module.register(app, services)


def _proof() -> Component:
    """Say what needs a fresh proof of identity, before somebody fills in a form in vain."""
    way = html.A(t("errors.proof_link"), href=link("/confirm", next="/account"), className="button-link quiet")
    return html.Div([html.P(t("account.proof")), way], className="message tone-info account-proof")
