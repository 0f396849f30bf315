"""What a model is worth on some records: in words, in numbers, and where it errs."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.fault_name import fault_name
from palier.web.components.library_text import library_text
from palier.web.components.plot import plot
from palier.web.components.table import Column, table
from palier.web.figures import confusion_figure, noise_figure
from palier.web.i18n import count, number, percent, t
from palier.web.pages.models.words import interval, score, share_of

__all__ = ["honest_words", "judged"]

Result = Mapping[str, Any]


def judged(result: Result) -> list[Component]:
    """Return everything that is shown of a result."""
    parts: list[Component | None] = [
        _answer(result),
        _columns(result),
        html.Div([_confusion(result), _noise(result)], className="columns plots-two"),
        html.Div([_classes(result), _severities(result)], className="columns"),
    ]
    return [p for p in parts if p is not None]


def honest_words(result: Result) -> str:
    """Say in words how often the model is right, and what that is worth."""
    accuracy, leaky = result["figures"]["accuracy"], share_of(result, "leaky")
    parts = [
        t(
            "models.honest",
            records=t("models.n_records", n=result["n_records"]),
            groups=t(f"models.n_{result['group_level']}", n=result["n_groups"]),
            right=percent(accuracy["value"]),
            low=percent(accuracy["low"]),
            high=percent(accuracy["high"]),
        ),
        t("models.honest_majority", right=percent(share_of(result, "majority"))),
    ]
    if leaky is not None:
        parts.append(t("models.honest_leaky", right=percent(leaky)))
    return " ".join(parts)


def _answer(result: Result) -> Component:
    cautions = [html.Li(library_text(str(c["text"]))) for c in result["cautions"]]
    return html.Div(
        [
            html.P(honest_words(result), className="answer-sentence"),
            *([html.Div([html.P(t("models.cautions")), html.Ul(cautions, className="points")])] if cautions else []),
        ],
        className=f"answer tone-{'warn' if cautions else 'good'}",
    )


def _columns(result: Result) -> Component:
    columns = [
        Column(t("models.compared")),
        Column(t("models.right"), align="right"),
        Column(t("models.macro_f1"), align="right", hide_on_phone=True),
        Column(t("datasets.records"), align="right", hide_on_phone=True),
    ]
    rows = [
        [
            t(f"models.column_{c['name']}"),
            score({"figures": {"accuracy": c["accuracy"]}}),
            number(c["macro_f1"]["value"]),
            count(c["n_records"]),
        ]
        for c in result["columns"]
    ]
    return table(columns, rows, caption=t("models.compared_caption"))


def _confusion(result: Result) -> Component:
    names = [fault_name(k) for k in result["classes"]]
    height = 190 + 38 * len(names)
    columns = [Column(t("figures.true_class")), *[Column(n, align="right") for n in names]]
    rows = [[name, *[count(n) for n in row]] for name, row in zip(names, result["confusion"], strict=True)]
    as_table = html.Details(
        [html.Summary(t("models.as_table")), table(columns, rows, caption=t("figures.confusion"))], className="more"
    )
    return html.Div(
        [
            plot(
                "confusion",
                title=t("figures.confusion"),
                figure=confusion_figure(result["confusion"], names),
                note=t("models.confusion_note"),
                height=height,
            ),
            as_table,
        ],
        className="stack",
    )


def _noise(result: Result) -> Component | None:
    if not result["noise"]:
        return html.Div(
            [html.H3(t("figures.noise_curve")), html.P(t("models.noise_none"), className="note")], className="stack"
        )
    figure = noise_figure(result["noise"], majority=share_of(result, "majority"))
    return html.Div(
        plot("noise", title=t("figures.noise_curve"), figure=figure, note=t("models.noise_note"), height=330)
    )


def _classes(result: Result) -> Component:
    columns = [
        Column(t("datasets.class")),
        Column(t("models.recall"), align="right"),
        Column(t("models.precision"), align="right"),
        Column(t("datasets.records"), align="right", hide_on_phone=True),
    ]
    rows = [
        [
            fault_name(c["key"]),
            html.Div([percent(c["recall"]["value"]), html.Span(interval(c["recall"]), className="cell-sub nowrap")]),
            percent(c["precision"]),
            count(c["support"]),
        ]
        for c in result["per_class"]
    ]
    return html.Div(
        [html.H3(t("models.by_class")), table(columns, rows, caption=t("models.by_class"))], className="stack"
    )


def _severities(result: Result) -> Component | None:
    if not result["by_severity"]:
        return None
    columns = [
        Column(t("datasets.severity")),
        Column(t("models.right"), align="right"),
        Column(t("datasets.records"), align="right"),
    ]
    rows = [
        [t(f"datasets.level_{s['name']}"), score({"figures": {"accuracy": s["accuracy"]}}), count(s["n_records"])]
        for s in result["by_severity"]
    ]
    return html.Div(
        [html.H3(t("models.by_severity")), table(columns, rows, caption=t("models.by_severity"))], className="stack"
    )
