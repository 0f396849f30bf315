"""The answer: the sentence, the verdict, how sure, how severe."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.components.facts import facts
from palier.web.components.library_text import library_text
from palier.web.components.verdict_badge import VERDICTS, verdict_badge
from palier.web.components.zone_bar import zone_bar
from palier.web.i18n import frequency, number, p_value, percent, quantity, rpm, t
from palier.web.pages.diagnosis.result import Result

__all__ = ["answer", "severity"]


def answer(result: Result) -> Component:
    """Show the answer."""
    own = result.diagnosis
    tone = VERDICTS[own.verdict or "not_enough_data"][1]
    needed = [html.Li(library_text(text)) for text in result.rows("needed")]
    return html.Section(
        [
            verdict_badge(own.verdict),
            html.H2(library_text(own.sentence or ""), className="answer-sentence"),
            *([html.P(t("diagnosis.needed")), html.Ul(needed)] if needed else []),
            facts(_facts(result)),
        ],
        className=f"answer tone-{tone}",
        **named(aria_label=t("diagnosis.answer")),
    )


def _facts(result: Result) -> list[tuple[str, Any]]:
    detection, level, speed = result.part("detection"), result.part("level"), result.part("speed")
    found: list[tuple[str, Any]] = []
    if detection:
        effect, least = percent(detection["effect"], 3), percent(detection["effect_threshold"])
        found += [
            (t("diagnosis.p_value"), p_value(detection["p_value"])),
            (t("diagnosis.false_alarm_rate"), percent(detection["false_alarm_rate"])),
            (
                t("diagnosis.effect") if result.rolling else t("diagnosis.effect_model"),
                t("diagnosis.effect_of", value=effect, least=least),
            ),
        ]  # fmt: skip
    if speed:
        found.append((t("diagnosis.speed"), rpm(speed["hz"])))
    bearing = result.part("bearing")
    if bearing:
        found.append((t("diagnosis.bearing"), bearing["name"]))
    if level:
        found += [
            (t("diagnosis.rms"), quantity(level["rms"], level["unit"])),
            (t("diagnosis.crest"), number(level["crest_factor"])),
        ]
    return found


def severity(result: Result) -> Component:
    """Show how hard the machine shakes, or why that cannot be rated."""
    rated = result.part("severity")
    if rated.get("zone") is not None:
        body: list[Any] = [zone_bar(rated["velocity_rms_mm_s"], rated["limits_mm_s"], rated["zone"])]
        body.append(html.P(t("diagnosis.severity_note", edition=rated["edition"]), className="note"))
    else:
        reasons = [html.Li(library_text(r)) for r in (rated.get("refused_because") or "").split("; ") if r]
        body = [html.P(t("diagnosis.severity_refused")), html.Ul(reasons)]
    if rated.get("trend_db") is not None:
        body.append(html.P(t("diagnosis.trend_db", value=quantity(rated["trend_db"], "dB"))))
    speed = result.part("speed")
    if speed:
        span = f"{frequency(speed['low_hz'])} – {frequency(speed['high_hz'])}"
        body.append(
            html.P(
                t("diagnosis.speed_span", span=span, origin=t(f"diagnosis.origin_{speed['origin']}")), className="note"
            )
        )
    return html.Section([html.H2(t("diagnosis.severity")), *body], className="section stack")
