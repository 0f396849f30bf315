"""A trained model's opinion beside the diagnosis of a rolling bearing, which needs none."""

from dataclasses import replace

from palier.core.faults import fault
from palier.core.recording import Recording
from palier.diagnosis.model_opinion import ask
from palier.diagnosis.result import Diagnosis, ModelOpinion, PlotData, Remark
from palier.diagnosis.rolling import DiagnosisSettings
from palier.models.bundle import ModelBundle

__all__ = ["with_model"]


def with_model(
    found: tuple[Diagnosis, PlotData], recording: Recording, *, bundle: ModelBundle, settings: DiagnosisSettings
) -> tuple[Diagnosis, PlotData]:
    """Add what a model says; the verdict stays that of the lines, and a difference is said.

    Raises
    ------
    BundleError
        If the recording is not what the model was made for.
    """
    diagnosis, plots = found
    speed_hz = None if diagnosis.speed is None else diagnosis.speed.hz
    opinion = ask(
        bundle, recording, kind="rolling", speed_hz=speed_hz, false_alarm_rate=settings.false_alarm_rate
    ).opinion
    opinion = replace(opinion, contradictions=_contradictions(diagnosis, opinion))
    remarks = (*(Remark("contradiction", text) for text in opinion.contradictions), *diagnosis.remarks)
    return replace(diagnosis, model=opinion, remarks=remarks), plots


def _contradictions(diagnosis: Diagnosis, opinion: ModelOpinion) -> tuple[str, ...]:
    named = max(opinion.scores, key=lambda key: opinion.scores[key])
    name = fault(named).name_en
    if opinion.strange is not None:
        text = (
            f"The recording is unlike those the model was trained on: {opinion.strange}. Its word, {name}, counts for "
            "nothing here."
        )
        return (text,)
    if diagnosis.verdict == "no_damage_found" and named != "healthy":
        return (f"The model names {name}, but no line family of this bearing stands out.",)
    if diagnosis.verdict in {"damage", "damage_type_unclear"}:
        listed = [r.fault for r in diagnosis.ranking[: 1 if diagnosis.verdict == "damage" else 2]]
        if named not in listed:
            words = " or ".join(fault(f).name_en for f in listed)
            return (f"The model names {name}; the lines say {words}.",)
    return ()
