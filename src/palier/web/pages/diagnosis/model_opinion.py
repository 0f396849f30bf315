"""What a trained model says, and how far it may be believed."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.facts import facts
from palier.web.components.library_text import library_text
from palier.web.components.table import Column, table
from palier.web.i18n import count, number, percent, t
from palier.web.pages.diagnosis.result import Result, fault_words

__all__ = ["model_opinion"]


def model_opinion(result: Result) -> Component | None:
    """Show the model's word; None where none was asked."""
    said = result.part("model")
    if not said:
        return None
    strange = [_message("warn", said["strange"])] if said.get("strange") else []
    against = [_message("warn", text) for text in said.get("contradictions", ())]
    simulated = [_message("warn", t("diagnosis.model_simulated"))] if said.get("synthetic") else []
    return html.Section(
        [
            html.H2(t("diagnosis.model")),
            facts(_facts(said)),
            *simulated,
            *strange,
            *against,
            _scores(said),
            html.P(library_text(said["set_explanation"]), className="note"),
        ],
        className="section stack",
    )


def _message(tone: str, text: str) -> Component:
    return html.Div(library_text(text), className=f"message tone-{tone}")


def _facts(said: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        (t("diagnosis.model_name"), said["name"]),
        (t("diagnosis.model_trained_on"), said["trained_on"]),
        (t("diagnosis.model_windows"), count(said["windows"])),
    ]
    if said.get("honest_score"):
        found.append((t("diagnosis.model_score"), library_text(said["honest_score"])))
    if said.get("distance") is not None and said.get("distance_limit") is not None:
        far = t("diagnosis.model_distance_of", value=number(said["distance"]), limit=number(said["distance_limit"]))
        found.append((t("diagnosis.model_distance"), far))
    return found


def _scores(said: dict[str, Any]) -> Component:
    order = sorted(said["scores"], key=lambda key: -said["scores"][key])
    columns = [Column(t("diagnosis.fault")), Column(t("diagnosis.score"), align="right"), Column(t("diagnosis.in_set"))]
    inside = set(said["prediction_set"])
    rows = [
        [fault_words(key), percent(said["scores"][key]), t("diagnosis.in_set_yes") if key in inside else "–"]
        for key in order
    ]
    return table(columns, rows, caption=t("diagnosis.scores_caption"))
