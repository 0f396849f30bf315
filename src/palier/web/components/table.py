"""Tables: real ones, which read well aloud and scroll sideways on a phone by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named

__all__ = ["Column", "table"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, and how its cells stand."""

    title: str
    align: Literal["left", "right"] = "left"
    hide_on_phone: bool = False
    unseen: bool = False
    """The title is for screen readers alone."""


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str,
    id: Any = None,  # noqa: A002 - as Dash names it
    row_classes: Sequence[str] | None = None,
) -> Component:
    """Show rows; the first cell of each heads its row.

    Parameters
    ----------
    columns : sequence of Column
    rows : sequence
        Cells: texts or components, as many as columns.
    caption : str
        What the table holds; read aloud, not seen.
    id : str or dict, optional
    row_classes : sequence of str, optional
        One per row.
    """
    head = html.Tr([_head(c) for c in columns])
    body = [
        html.Tr(
            [_cell(c, v, first=k == 0) for k, (c, v) in enumerate(zip(columns, row, strict=True))],
            className=row_classes[n] if row_classes else None,
        )
        for n, row in enumerate(rows)
    ]
    given = {} if id is None else {"id": id}
    return html.Div(
        html.Table([html.Caption(caption, className="unseen"), html.Thead(head), html.Tbody(body)], className="rows"),
        className="table-scroll",
        role="region",
        tabIndex=0,
        **named(aria_label=caption),
        **given,
    )


def _classes(column: Column) -> str:
    return " ".join(
        name for name, wanted in (("right", column.align == "right"), ("wide", column.hide_on_phone)) if wanted
    )


def _head(column: Column) -> Component:
    title = html.Span(column.title, className="unseen") if column.unseen else column.title
    return html.Th(title, scope="col", className=_classes(column))


def _cell(column: Column, value: Any, *, first: bool) -> Component:
    if first:
        return html.Th(value, scope="row", className=_classes(column))
    return html.Td(value, className=_classes(column))
