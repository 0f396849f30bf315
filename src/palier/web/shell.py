"""What is around every page: head, navigation, and the places that messages and pages go to."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.app.views import WorkspaceView
from palier.web.components.attributes import named
from palier.web.components.loading_state import loading_state
from palier.web.components.notice import NOTICES
from palier.web.components.page_header import DOCUMENT_TITLE
from palier.web.components.plot import ZOOM_HEARD, register_zoom
from palier.web.errors import PAGE
from palier.web.i18n import LANGUAGES, current_language, t
from palier.web.routing import Page, PalierDash
from palier.web.theme import MANTINE

__all__ = ["APPEARANCE", "LANGUAGE", "LOCATION", "SPOKEN", "register_shell", "shell"]

LOCATION = "location"
APPEARANCE = "appearance"
LANGUAGE = "language"
#: Store that says that the language was changed, so that the page is read anew.
SPOKEN = "spoken"

_PROVIDER = "provider"
_BURGER = "burger"
_SHELL = "shell"
_TITLED = "titled"


def shell(
    actor: Actor, *, here: WorkspaceView, others: Sequence[WorkspaceView], scheme: str, pages: Sequence[Page]
) -> Component:
    """Return the frame of all pages for one person; `others` are workspaces to go to."""
    made: Component = dmc.MantineProvider(
        [
            html.A(t("shell.skip"), href="#page", className="skip"),
            dcc.Location(id=LOCATION, refresh="callback-nav"),
            dcc.Store(id=SPOKEN),
            dcc.Store(id=_TITLED),
            dcc.Store(id=ZOOM_HEARD),
            dmc.NotificationContainer(id=NOTICES, position="bottom-right", limit=4, containerWidth=420),
            html.Div(id="connection", className="connection", role="status", **_connection_words()),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_head(actor, here, others, scheme=scheme)),
                    dmc.AppShellNavbar(
                        _navigation(actor, pages), attributes={"root": {"aria-label": t("shell.navigation")}}
                    ),
                    dmc.AppShellMain(html.Div(loading_state(), id=PAGE, className="page")),
                ],
                id=_SHELL,
                header={"height": 52},
                navbar={"width": 196, "breakpoint": "sm", "collapsed": {"mobile": True}},
                padding=0,
            ),
        ],
        id=_PROVIDER,
        theme=MANTINE,
        defaultColorScheme="auto",
        forceColorScheme=scheme if scheme in {"light", "dark"} else None,
    )
    return made


def _connection_words() -> dict[str, Any]:
    words = {name: t(f"shell.connection_{name}") for name in ("lost", "back", "failed", "ended")}
    return {f"data-{name}": text for name, text in words.items()}


def _head(actor: Actor, here: WorkspaceView, others: Sequence[WorkspaceView], *, scheme: str) -> Component:
    mark = html.A(
        [html.Span(className="mark", **named(aria_hidden="true")), "palier"],
        href="/",
        className="brand",
    )
    badge = [html.Span(t("shell.simulated"), className="badge-simulated", title=t("shell.simulated_text"))]
    return html.Div(
        [
            dmc.Burger(id=_BURGER, hiddenFrom="sm", size="sm", opened=False, **named(aria_label=t("shell.menu"))),
            mark,
            html.Span(here.name, className="workspace"),
            *(badge if here.simulated else []),
            html.Div(_account(actor, others, scheme), className="head-end"),
        ],
        className="head",
    )


def _account(actor: Actor, others: Sequence[WorkspaceView], scheme: str) -> Component:
    person = [
        html.P(actor.name, className="account-name"),
        html.P(t(f"roles.{actor.role.value}"), className="note"),
    ]
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(_initials(actor.name), className="initials", **named(aria_hidden="true")),
                    html.Span(actor.name, className="account-label"),
                ],
                className="account-button",
                **named(aria_label=t("shell.account_of", name=actor.name)),
            ),
            html.Div(
                [
                    html.Div(person),
                    _choice(t("shell.language"), LANGUAGE, current_language(), [(k, _names()[k]) for k in LANGUAGES]),
                    _choice(t("shell.appearance"), APPEARANCE, scheme, _schemes()),
                    *(_other(w) for w in others),
                    html.A(t("shell.account"), href="/account", className="menu-link"),
                    html.Form(
                        html.Button(t("shell.sign_out"), type="submit", className="menu-link"),
                        action="/sign-out",
                        method="POST",
                    ),
                ],
                className="account-menu",
            ),
        ],
        className="account",
    )


def _other(workspace: WorkspaceView) -> Component:
    """Return what opens another workspace; the session gets a new id, so the server answers it, not a callback."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="workspace_id", value=workspace.id),
            html.Button(t("shell.open_workspace", name=workspace.name), type="submit", className="menu-link"),
        ],
        action="/workspace",
        method="POST",
    )


def _initials(name: str) -> str:
    parts = name.split()
    return "".join(p[0] for p in (parts[:1] + parts[1:][-1:])).upper() or "?"


def _names() -> dict[str, str]:
    return {"en": t("shell.language_en"), "fr": t("shell.language_fr")}


def _schemes() -> list[tuple[str, str]]:
    return [(k, t(f"shell.scheme_{k}")) for k in ("light", "dark", "auto")]


def _choice(title: str, id: str, value: str, options: list[tuple[str, str]]) -> Component:  # noqa: A002
    return html.Div(
        [
            html.Span(title, className="choice-title", id=f"{id}-title"),
            dmc.SegmentedControl(
                id=id,
                value=value,
                data=[{"value": k, "label": label} for k, label in options],
                fullWidth=True,
                size="xs",
                **named(aria_labelledby=f"{id}-title"),
            ),
        ]
    )


def _navigation(actor: Actor, pages: Sequence[Page]) -> Component:
    entries = sorted((p for p in pages if p.nav is not None and actor.may(p.permission)), key=lambda p: p.nav or 0)
    return html.Div(html.Ul([html.Li(_entry(p)) for p in entries]), className="nav")


def _entry(page: Page) -> Component:
    icon = html.Span(className=f"icon icon-{page.title.partition('.')[0]}", **named(aria_hidden="true"))
    return dcc.Link([icon, t(page.title)], href=page.path, className="nav-link")


def register_shell(app: PalierDash) -> None:
    """Make the frame react, in the browser alone."""
    app.visual(
        "toggleNavigation",
        Output(_SHELL, "navbar"),
        Input(_BURGER, "opened"),
        State(_SHELL, "navbar"),
        prevent_initial_call=True,
    )
    app.visual("closeNavigation", Output(_BURGER, "opened"), Input(LOCATION, "pathname"))
    app.visual(
        "colourScheme",
        Output(_PROVIDER, "forceColorScheme"),
        Input(APPEARANCE, "value"),
        prevent_initial_call=True,
    )
    app.visual(  # an output, for Dash calls no callback without one when its input appears
        "documentTitle", Output(_TITLED, "data"), Input(DOCUMENT_TITLE, "data")
    )
    app.visual("navigated", Input(LOCATION, "pathname"))
    app.visual("readAnew", Input(SPOKEN, "data"))
    register_zoom(app)
