"""How many records of each class and severity: a table whose cells are tinted by their number."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.fault_name import fault_name
from palier.web.components.table import Column, table
from palier.web.i18n import count, t

__all__ = ["composition", "heat"]


def composition(summary: Mapping[str, Any]) -> Component:
    """Show classes by severities."""
    classes, severities = summary["classes"], summary["severities"]
    most = max((n for row in classes.values() for n in row.values()), default=1)
    columns = [
        Column(t("datasets.class")),
        *[
            Column(t(f"datasets.level_{s}") if s != "-" else t("datasets.level_none"), align="right")
            for s in severities
        ],
        *([Column(t("datasets.total"), align="right")] if len(severities) > 1 else []),
    ]
    rows = []
    for label, row in classes.items():
        total = [html.Strong(count(sum(row.values())))] if len(severities) > 1 else []
        rows.append([fault_name(label), *[heat(row.get(s, 0), most) for s in severities], *total])
    return html.Div(table(columns, rows, caption=t("datasets.composition")), className="heat-table")


def heat(n: int, most: int) -> Component:
    """Show a number on a tint that grows with its share of the largest."""
    share = 0 if most == 0 else round(100 * n / most)
    return html.Span(count(n), className="heat", style={"--heat": f"{0.55 * share:.0f}%"})
