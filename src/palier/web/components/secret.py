"""Something that is shown once, and the button that copies it (``assets/62-pages.js``)."""

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t

__all__ = ["copy_button", "secret"]


def copy_button(text: str, *, label: str | None = None) -> Component:
    """Return a button that puts a text into the clipboard and says so."""
    return html.Button(
        label or t("shell.copy"),
        type="button",
        className="button-link quiet",
        **named(data_copy=text, data_copied=t("shell.copied"), data_not_copied=t("shell.not_copied")),
    )


def secret(text: str, *, label: str) -> Component:
    """Show a text in full, ready to be copied."""
    return html.Div(
        [
            html.Code(
                text,
                className="secret-text",
                tabIndex=0,
                role="textbox",
                **named(aria_readonly="true", aria_label=label),
            ),
            copy_button(text),
        ],
        className="secret",
    )
