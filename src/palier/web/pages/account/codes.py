"""Recovery codes, shown the only time they are seen."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from palier.web.components.secret import copy_button
from palier.web.i18n import t

__all__ = ["codes_shown"]


def codes_shown(codes: Sequence[str]) -> list[Component]:
    """Show new recovery codes; nothing where there are none."""
    if not codes:
        return []
    return [
        html.Div(
            [
                html.Strong(t("account.codes_new")),
                html.P(t("account.codes_new_text")),
                html.Ul([html.Li(html.Code(code)) for code in codes], className="codes"),
                html.Div(copy_button("\n".join(codes), label=t("account.codes_copy"))),
            ],
            className="message tone-warn stack",
            role="alert",
        )
    ]
