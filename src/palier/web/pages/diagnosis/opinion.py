"""What the analyst says: right, wrong or unsure, and what it is in their eyes."""

from typing import get_args

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from palier.app.entities import Diagnosis
from palier.app.specs import OpinionSpec
from palier.core.faults import JOURNAL_CLASSES, ROLLING_CLASSES
from palier.web.components.when import moment
from palier.web.i18n import t
from palier.web.pages.diagnosis.result import fault_words

__all__ = ["FAULT", "NOTE", "OPINION", "SAID", "SAVE", "opinion", "said"]

OPINION, FAULT, NOTE, SAVE, SAID = (f"opinion-{part}" for part in ("choice", "fault", "note", "save", "said"))
_CHOICES: tuple[str, ...] = get_args(OpinionSpec.__annotations__["opinion"])


def opinion(diagnosis: Diagnosis, *, may: bool) -> Component:
    """Show what was said, and the form to say it."""
    form = _form(diagnosis) if may else html.P(t("diagnosis.opinion_not_allowed"), className="note")
    return html.Section(
        [
            html.H2(t("diagnosis.opinion")),
            html.P(t("diagnosis.opinion_lead"), className="note"),
            html.Div(said(diagnosis), id=SAID, role="status"),
            form,
        ],
        className="section stack opinion",
    )


def said(diagnosis: Diagnosis) -> list[Component | str]:
    """Say what is recorded."""
    if diagnosis.opinion is None:
        return []
    words = t(f"diagnosis.opinion_{diagnosis.opinion}")
    named = f" · {fault_words(diagnosis.opinion_fault)}" if diagnosis.opinion_fault else ""
    note = f" · {diagnosis.opinion_note}" if diagnosis.opinion_note else ""
    return [t("diagnosis.opinion_recorded"), " ", html.Strong(words), named, note, " · ", moment(diagnosis.opinion_at)]


def _form(diagnosis: Diagnosis) -> Component:
    keys = list(dict.fromkeys(f.key for f in (*ROLLING_CLASSES, *JOURNAL_CLASSES)))
    return html.Div(
        [
            dmc.RadioGroup(
                dmc.Group([dmc.Radio(t(f"diagnosis.opinion_{k}"), value=k) for k in _CHOICES]),
                id=OPINION,
                label=t("diagnosis.opinion_choice"),
                value=diagnosis.opinion,
            ),
            html.Div(
                [
                    dmc.Select(
                        id=FAULT,
                        label=t("diagnosis.opinion_fault"),
                        description=t("diagnosis.opinion_fault_hint"),
                        data=[{"value": k, "label": fault_words(k)} for k in keys],
                        value=diagnosis.opinion_fault,
                        clearable=True,
                        searchable=True,
                        clearButtonProps={"aria-label": t("diagnosis.opinion_fault_clear")},
                    ),
                    dmc.TextInput(
                        id=NOTE,
                        label=t("diagnosis.opinion_note"),
                        description=t("diagnosis.opinion_note_hint"),
                        value=diagnosis.opinion_note,
                    ),
                ],
                className="fields",
            ),
            html.Div(dmc.Button(t("diagnosis.opinion_save"), id=SAVE, variant="default")),
        ],
        className="stack",
    )
