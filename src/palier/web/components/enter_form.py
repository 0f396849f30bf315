"""Fields that belong together: Enter in one of them presses their button (``assets/62-pages.js``)."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named

__all__ = ["enter_form"]


def enter_form(fields: Sequence[Component], *, press: str, className: str) -> Component:
    """Put fields into a form that never leaves the page.

    Parameters
    ----------
    fields : sequence of Component
    press : str
        Id of the button.
    className : str
    """
    return html.Form(list(fields), className=className, **named(data_press=press))
