"""What the audit found: as one badge, and as a table of kinds of findings."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.badge import badge
from palier.web.components.library_text import library_text
from palier.web.i18n import count, t

__all__ = ["findings", "findings_badge"]

_SYMBOLS: dict[str, tuple[str, Any]] = {"fatal": ("✕", "bad"), "warning": ("!", "warn"), "info": ("•", "info")}
#: Sources that are named where many have the same finding.
_NAMED = 3


def findings_badge(summary: Mapping[str, Any]) -> Component:
    """Say the gravest that the audit found, and how often."""
    counts = summary.get("n_findings")
    if counts is None:
        return badge("–", t("datasets.audit_not"), "none")
    worst = next((s for s in ("fatal", "warning") if counts.get(s)), None)
    if worst is None:
        return badge("✓", t("datasets.audit_clean"), "good")
    symbol, tone = _SYMBOLS[worst]
    return badge(symbol, t(f"datasets.audit_n_{worst}", n=counts[worst]), tone)


def findings(summary: Mapping[str, Any]) -> Component:
    """Show findings, the gravest kind first, one entry for each kind."""
    rows = summary.get("findings")
    if rows is None:
        return html.P(t("datasets.audit_not_text"), className="note")
    if not rows:
        return html.P(t("datasets.audit_clean_text"), className="note")
    kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault((row["severity"], row["key"]), []).append(row)
    shown = html.Ul([_kind(severity, same) for (severity, _key), same in kinds.items()], className="findings")
    total = sum((summary.get("n_findings") or {}).values())
    more = [html.P(t("datasets.audit_more", shown=count(len(rows)), all=count(total)), className="note")]
    return html.Div([shown, *(more if total > len(rows) else [])], className="stack")


def _kind(severity: str, same: list[dict[str, Any]]) -> Component:
    symbol, tone = _SYMBOLS.get(severity, ("•", "info"))
    first = same[0]
    names = ", ".join(_source(str(r["source"])) for r in same[:_NAMED])
    where = names if len(same) <= _NAMED else t("datasets.audit_and_more", names=names, n=len(same) - _NAMED)
    return html.Li(
        [
            badge(symbol, t(f"datasets.severity_{severity}"), tone),
            html.Div(
                [
                    library_text(str(first["text"])),
                    html.P([library_text(str(first["remedy"]))], className="note"),
                    html.P([t("datasets.audit_where"), " ", where], className="note"),
                ]
            ),
        ]
    )


def _source(name: str) -> str:
    return t("datasets.audit_set") if name == "set" else name
