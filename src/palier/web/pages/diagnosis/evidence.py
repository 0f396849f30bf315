"""What was looked for, where, and how far above the local background it stands; and all that is said beside it."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.components.library_text import library_text
from palier.web.components.table import Column, table
from palier.web.i18n import frequency, number, p_value, percent, quantity, t
from palier.web.pages.diagnosis.result import Result, fault_words

__all__ = ["evidence", "remarks"]


def evidence(result: Result) -> Component:
    """Show the faults in their order, each with its lines."""
    rows = result.rows("evidence")
    if not rows:
        return html.Div()
    ranking = {r["fault"]: r for r in result.rows("ranking")}
    faults = list(dict.fromkeys([*ranking, *(e["fault"] for e in rows)]))
    lines = {f: [e for e in rows if e["fault"] == f] for f in faults}
    shown = [_fault(f, lines[f], ranking.get(f), first=n == 0) for n, f in enumerate(faults) if lines[f]]
    detection = result.part("detection")
    why = [html.P(library_text(detection["explanation"]), className="note")] if detection else []
    return html.Section(
        [html.H2(t("diagnosis.evidence")), html.P(t("diagnosis.evidence_lead"), className="note"), *shown, *why],
        className="section stack",
    )


def _fault(key: str, lines: list[dict[str, Any]], ranked: dict[str, Any] | None, *, first: bool) -> Component:
    found = sum(e["found"] for e in lines)
    strength = "" if ranked is None else t("diagnosis.strength", value=percent(ranked["score"], 3))
    summary = html.Summary(
        [
            html.Span(className=f"key key-{key}", **named(aria_hidden="true")),
            html.Span(fault_words(key), className="fault-name"),
            html.Span(t("diagnosis.lines_found", n=found, of=len(lines)), className="note"),
            html.Span(strength, className="note"),
        ]
    )
    return html.Details([summary, _lines(key, lines)], open=first, className="fault")


def _lines(key: str, lines: list[dict[str, Any]]) -> Component:
    columns = [
        Column(t("diagnosis.line")),
        Column(t("diagnosis.seen")),
        Column(t("diagnosis.expected"), align="right"),
        Column(t("diagnosis.found_at"), align="right"),
        Column(t("diagnosis.above"), align="right"),
        Column(t("diagnosis.size"), align="right"),
        Column(t("diagnosis.chance"), align="right", hide_on_phone=True),
        Column(t("diagnosis.band"), align="right", hide_on_phone=True),
    ]
    caption = t("diagnosis.lines_caption", fault=fault_words(key))
    return table(
        columns, [_line(e) for e in lines], caption=caption, row_classes=["" if e["found"] else "absent" for e in lines]
    )


def _line(e: dict[str, Any]) -> list[Any]:
    depth = e.get("quantity", "modulation_depth") == "modulation_depth"
    mark = ("✓", "diagnosis.seen_yes") if e["found"] else ("–", "diagnosis.seen_no")
    return [
        e["label"],
        html.Span([html.Span(mark[0] + " ", **named(aria_hidden="true")), t(mark[1])], className="nowrap"),
        f"{number(e['expected_hz'], 5)} ± {frequency(e['tolerance_hz'], 2)}",
        frequency(e["found_hz"], 5),
        quantity(e["prominence_db"], "dB"),
        percent(e["amplitude"]) if depth else number(e["amplitude"]),
        p_value(e["p_value"]),
        f"{number(e['band_low_hz'], 4)} – {frequency(e['band_high_hz'])}",
    ]


def remarks(result: Result) -> Component:
    """Show what an analyst should know beside the answer."""
    lists = [
        (t("diagnosis.remarks"), [library_text(r["text"]) for r in result.rows("remarks")]),
        (t("diagnosis.audit"), [_audit(a) for a in result.rows("audit")]),
        (t("diagnosis.assumptions"), [library_text(a) for a in result.rows("assumptions")]),
        (t("diagnosis.not_checked"), [library_text(a) for a in result.rows("not_checked")]),
    ]
    shown = [
        html.Section([html.H2(title), html.Ul([html.Li(x) for x in entries], className="points")], className="section")
        for title, entries in lists
        if entries
    ]
    return html.Div(shown, className="columns")


def _audit(finding: dict[str, Any]) -> Component:
    tone = {"info": "info", "warning": "warn", "fatal": "bad"}[finding["severity"]]
    words = html.Strong(t(f"audit.{finding['severity']}"), className=f"audit-{tone}")
    return html.Span([words, " ", library_text(finding["text"]), " ", library_text(finding["remedy"])])
