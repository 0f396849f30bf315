"""A field for a bearing: searched by name in the catalogue, or typed in as geometry."""

from functools import cache
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from palier.core.catalogue import catalogue
from palier.web.i18n import t

__all__ = ["bearing_search"]


@cache
def _names() -> tuple[str, ...]:
    return tuple(dict.fromkeys(b.name for b in catalogue()))


def bearing_search(id: Any, *, value: str | None = None, description: str | None = None) -> Component:  # noqa: A002
    """Return the field. Its value is a name, or geometry such as ``n=9,d=7.94mm,D=39.04mm,phi=0``."""
    made: Component = dmc.Autocomplete(
        id=id,
        label=t("bearing.label"),
        description=description or t("bearing.description"),
        placeholder=t("bearing.placeholder"),
        data=list(_names()),
        value=value or "",
        limit=12,
        clearable=True,
        clearButtonProps={"aria-label": t("bearing.clear")},
    )
    return made
