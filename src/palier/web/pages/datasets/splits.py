"""Who is trained on and who is tested on: one table for each stored split."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.badge import badge
from palier.web.components.fault_name import fault_name
from palier.web.components.table import Column, table
from palier.web.i18n import count, t

__all__ = ["level_words", "splits"]

_SIDES = ("train", "validation", "test")


def level_words(level: str) -> str:
    """Return a level of splitting in words."""
    return t(f"datasets.split_{level}")


def splits(summary: Mapping[str, Any]) -> Component:
    """Show every split."""
    there = summary.get("splits") or []
    if not there:
        return html.P(t("datasets.splits_none"), className="note")
    return html.Div([_split(s) for s in there], className="columns")


def _split(split: Mapping[str, Any]) -> Component:
    mark = [badge("!", t("datasets.split_leaky"), "bad")] if split["leaky"] else []
    columns = [Column(t("datasets.class")), *[Column(t(f"datasets.side_{s}"), align="right") for s in _SIDES]]
    sides = split["sides"]
    rows: list[list[Any]] = [[fault_name(label), *[count(n[s]) for s in _SIDES]] for label, n in sides.items()]
    rows.append([t("datasets.total"), *[html.Strong(count(sum(n[s] for n in sides.values()))) for s in _SIDES]])
    folds = f" · {t('datasets.folds', n=len(split['folds']))}" if len(split["folds"]) > 1 else ""
    text = t("datasets.split_text", level=level_words(split["level"]), seed=split["seed"]) + folds
    return html.Div(
        [
            html.Div([html.H3(html.Code(split["name"])), *mark], className="line"),
            html.P(text, className="note"),
            table(columns, rows, caption=t("datasets.split_caption", name=split["name"])),
        ],
        className="stack",
    )
