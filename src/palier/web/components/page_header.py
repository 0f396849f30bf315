"""The head of a page: its title, what it is for, and what can be done."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

__all__ = ["DOCUMENT_TITLE", "page_header"]

#: Store whose text becomes the title of the document.
DOCUMENT_TITLE = "document-title"


def page_header(
    title: str,
    *,
    lead: str | Component | None = None,
    actions: Sequence[Component] = (),
    above: Component | None = None,
    document_title: str | None = None,
) -> Component:
    """Show a title, a line below it, and actions at the right.

    Parameters
    ----------
    title : str
        The only heading of the first level.
    lead : str or Component, optional
        One line on what the page is for, or facts.
    actions : sequence of Component
    above : Component, optional
        The way back.
    document_title : str, optional
        Of the window, where it is another than `title`.
    """
    return html.Header(
        [
            dcc.Store(id=DOCUMENT_TITLE, data=document_title or title),
            *([html.Div(above, className="page-above")] if above is not None else []),
            html.Div(
                [
                    html.H1(title, id="page-title", tabIndex=-1),
                    html.Div(list(actions), className="page-actions"),
                ],
                className="page-head",
            ),
            *([html.P(lead, className="page-lead")] if isinstance(lead, str) else [lead] if lead is not None else []),
        ],
        className="page-header",
    )
