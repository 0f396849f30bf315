"""Where one is signed in."""

from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.app.views import SessionView
from palier.web.components.ask_first import Ask
from palier.web.components.badge import badge
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import t
from palier.web.pages.account.browser import browser_words
from palier.web.request import current_actor, now
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_LIST = "account-sessions"
_END = Ask("account", "session-end")
_END_OTHERS = Ask("account", "session-end-others")


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    return html.Div(
        [
            html.P(t("account.sessions_text"), className="note"),
            html.Div(_list(services, actor), id=_LIST, className="stack"),
            _END.dialog_of(t("account.session_end_title"), t("account.session_end_text"), yes=t("account.session_end")),
            _END_OTHERS.dialog_of(
                t("account.session_end_others"),
                t("account.session_end_others_text"),
                yes=t("account.session_end_others"),
            ),
        ],
        className="stack",
    )


def _list(services: "Services", actor: Actor) -> list[Component]:
    there = services.accounts.sessions.mine(actor)
    columns = [
        Column(t("account.session_browser")),
        Column(t("account.session_address"), hide_on_phone=True),
        Column(t("account.session_begun"), hide_on_phone=True),
        Column(t("account.session_seen")),
        Column(t("account.actions"), align="right", unseen=True),
    ]
    parts: list[Component] = [table(columns, [_row(s) for s in there], caption=t("account.sessions_caption"))]
    if any(not s.current for s in there):
        parts.append(html.Div(_END_OTHERS.button(t("account.session_end_others"), "others", size="sm")))
    return parts


def _row(session: SessionView) -> list[Any]:
    at = now()
    words = browser_words(session.user_agent)
    end = (
        badge("✓", t("account.session_this"), "good")
        if session.current
        else _END.button(
            t("account.session_end"), session.id, label=t("account.session_end_of", name=words), danger=True
        )
    )
    return [
        html.Span(words, title=session.user_agent),
        html.Code(session.address),
        age(session.created_at, at),
        age(session.last_seen_at, at),
        end,
    ]


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""
    _END.register(app)
    _END_OTHERS.register(app)

    @app.callback(
        Output(_LIST, "children"),
        Input(_END.yes, "n_clicks"),
        State(_END.chosen, "data"),
        prevent_initial_call=True,
    )
    def end(_clicks: int, session_id: str) -> list[Component]:
        require_press()
        services.accounts.sessions.revoke(current_actor(), session_id)
        return _list(services, current_actor())

    @app.callback(
        Output(_LIST, "children", allow_duplicate=True), Input(_END_OTHERS.yes, "n_clicks"), prevent_initial_call=True
    )
    def end_others(_clicks: int) -> list[Component]:
        require_press()
        services.accounts.sessions.revoke_others(current_actor())
        return _list(services, current_actor())
