"""API keys in a table: what each may do, how old it is, and whether it still works."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.app.views import KeyView
from palier.web.components.ask_first import Ask
from palier.web.components.badge import badge
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import t

__all__ = ["key_table"]


def key_table(keys: Sequence[KeyView], at: datetime, *, revoke: Ask, owners: bool = False) -> Component:
    """Show keys; `owners` names whose they are.

    Parameters
    ----------
    keys : sequence of KeyView
    at : datetime
        Now.
    revoke : Ask
        The question that its button asks.
    owners : bool
    """
    if not keys:
        return html.P(t("keys.none"), className="note")
    columns = [
        Column(t("keys.name")),
        *([Column(t("keys.owner"))] if owners else []),
        Column(t("keys.scopes"), hide_on_phone=True),
        Column(t("keys.used"), hide_on_phone=True),
        Column(t("keys.expires")),
        Column(t("account.actions"), align="right", unseen=True),
    ]
    return table(columns, [_row(k, at, revoke, owners=owners) for k in keys], caption=t("keys.caption"))


def _row(key: KeyView, at: datetime, revoke: Ask, *, owners: bool) -> list[Any]:
    over = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= at)
    name: list[Any] = [key.name, html.Span(html.Code(f"palier_{key.prefix}_…"), className="cell-sub")]
    button = revoke.button(t("keys.revoke"), key.id, label=t("keys.revoke_of", name=key.name), danger=True)
    return [
        html.Div(name),
        *([key.owner_name] if owners else []),
        ", ".join(t(f"keys.scope_{s}") for s in key.scopes),
        t("account.never") if key.last_used_at is None else age(key.last_used_at, at),
        _end(key, at),
        "" if over else button,
    ]


def _end(key: KeyView, at: datetime) -> Component | str:
    if key.revoked_at is not None:
        return badge("✕", t("keys.revoked"), "none")
    if key.expires_at is None:
        return t("account.never")
    if key.expires_at <= at:
        return badge("✕", t("keys.expired"), "none")
    return age(key.expires_at, at)
