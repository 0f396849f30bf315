"""Diagnoses."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from palier.api.fields import Given, IdField, Line, LongText, Number, Rate, Shown, Speed, numbers
from palier.api.schemas.jobs import JobBrief
from palier.app.entities import Diagnosis
from palier.app.specs import DiagnosisSpec, OpinionSpec
from palier.app.views import CurveView, DiagnosisView, MatrixView
from palier.core.faults import JOURNAL_CLASSES, ROLLING_CLASSES
from palier.core.units import Unit

__all__ = [
    "CurveOut",
    "DiagnosesOut",
    "DiagnosisBrief",
    "DiagnosisIn",
    "DiagnosisOut",
    "DiagnosisSettings",
    "FaultKey",
    "MatrixOut",
    "OpinionIn",
]

Verdict = Literal["no_damage_found", "damage", "damage_type_unclear", "not_enough_data"]
Zone = Literal["A", "B", "C", "D"]
_FAULTS = sorted({f.key for f in (*JOURNAL_CLASSES, *ROLLING_CLASSES)})
FaultKey = Annotated[
    str, Field(max_length=60, description="A fault of the taxonomy.", json_schema_extra={"enum": _FAULTS})
]


class DiagnosisSettings(Given):
    """How to diagnose; what is left away is taken from the recording, then from its point and machine."""

    channel: Line | None = None
    bearing: Line | None = Field(default=None, description="Name from the catalogue, or geometry.", examples=["6205"])
    sampling_rate_hz: Rate | None = None
    unit: Unit | None = None
    speed_hz: Speed | None = None
    speed_range_hz: Annotated[list[Speed], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Lowest and highest speed, where no speed is known.", examples=[[20, 30]]
    )
    speed_tolerance: Annotated[Number, Field(ge=0, le=0.2)] = Field(
        default=0.02, description="By which share the stated speed may be off."
    )
    machine_group: Literal["1", "2"] | None = None
    support: Literal["rigid", "flexible"] | None = None
    false_alarm_rate: Annotated[Number, Field(ge=1e-6, le=0.5)] = Field(
        default=0.01, description="How often a machine without damage may be called damaged."
    )
    model_id: IdField | None = Field(default=None, description="A trained model to ask; journal bearings need one.")
    baseline_recording_id: IdField | None = Field(
        default=None, description="A recording of the same machine in good condition."
    )

    def spec(self) -> DiagnosisSpec:
        """Return what the service takes."""
        low_high = None if self.speed_range_hz is None else (self.speed_range_hz[0], self.speed_range_hz[1])
        return DiagnosisSpec(
            self.channel or None, self.bearing, self.sampling_rate_hz, self.unit, self.speed_hz, low_high,
            self.speed_tolerance, self.machine_group, self.support, self.false_alarm_rate, self.model_id,
            self.baseline_recording_id,
        )  # fmt: skip


class DiagnosisIn(DiagnosisSettings):
    """A diagnosis to make of a recording that was uploaded."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"recording_id": "0193a1b2c3d4e5f60718293a4b5c6d7e", "bearing": "6205", "speed_hz": 29.95},
            ]
        }
    )

    recording_id: IdField


class OpinionIn(Given):
    """What the analyst says of a diagnosis."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"opinion": "wrong", "fault": "inner_race", "note": "Seen when dismantled."}]}
    )

    opinion: Literal["right", "wrong", "unsure"]
    fault: FaultKey | None = None
    note: LongText = ""

    def spec(self) -> OpinionSpec:
        """Return what the service takes."""
        return OpinionSpec(self.opinion, self.fault, self.note)


class DiagnosisBrief(Shown):
    """A diagnosis in a list."""

    id: str
    recording_id: str
    created_at: datetime
    finished_at: datetime | None
    verdict: Verdict | None = Field(description="Null until its job has run.")
    sentence: str | None
    top_fault: str | None
    zone: Zone | None
    trend_db: float | None
    rms: float | None
    opinion: Literal["right", "wrong", "unsure"] | None

    @classmethod
    def of(cls, d: Diagnosis) -> "DiagnosisBrief":
        """Translate."""
        return cls(**_brief(d))


def _brief(d: Diagnosis) -> dict[str, Any]:
    return {name: getattr(d, name) for name in DiagnosisBrief.model_fields}


class DiagnosisRow(DiagnosisBrief):
    """A diagnosis in a list, and what it is about."""

    file_name: str
    point_id: str | None
    point_name: str | None
    machine_id: str | None
    machine_name: str | None
    job: JobBrief | None


class OpinionOut(Shown):
    """What the analyst says of it."""

    opinion: Literal["right", "wrong", "unsure"]
    fault: str | None
    note: str
    by: str | None = Field(description="Id of the person.")
    at: datetime | None


class DiagnosisOut(DiagnosisRow):
    """A diagnosis, finished or not."""

    settings: dict[str, Any] = Field(description="What was asked.")
    analyst: OpinionOut | None
    result: dict[str, Any] | None = Field(
        description="The whole answer, in the schema of docs/reference/diagnosis.schema.json."
    )

    @classmethod
    def of(cls, v: DiagnosisView) -> "DiagnosisOut":  # type: ignore[override]  # of a view, which has more
        """Translate."""
        d = v.diagnosis
        analyst = None
        if d.opinion is not None:
            analyst = OpinionOut(
                opinion=d.opinion, fault=d.opinion_fault, note=d.opinion_note, by=d.opinion_by, at=d.opinion_at
            )
        return cls(**_row(v), settings=d.settings_json, analyst=analyst, result=d.result_json)


def _row(v: DiagnosisView) -> dict[str, Any]:
    return {
        **_brief(v.diagnosis),
        "file_name": v.recording.file_name,
        "point_id": None if v.point is None else v.point.id,
        "point_name": None if v.point is None else v.point.name,
        "machine_id": None if v.machine is None else v.machine.id,
        "machine_name": None if v.machine is None else v.machine.name,
        "job": None if v.job is None else JobBrief.of(v.job),
    }


class DiagnosesOut(Shown):
    """A page of diagnoses, newest first."""

    items: list[DiagnosisRow]
    next: str | None = Field(description="Cursor of the next page.")

    @classmethod
    def of(cls, views: Any, cursor: str | None) -> "DiagnosesOut":
        """Translate."""
        return cls(items=[DiagnosisRow(**_row(v)) for v in views], next=cursor)


class CurveOut(Shown):
    """A part of a curve: the least and the greatest value of each step, so that no line is lost."""

    name: str
    x: list[float]
    low: list[float]
    high: list[float]
    exact: bool = Field(description="True where every point is there: `low` is `high`.")
    x_unit: str
    y_unit: str | None

    @classmethod
    def of(cls, v: CurveView) -> "CurveOut":
        """Translate."""
        return cls(
            name=v.name, x=numbers(v.x), low=numbers(v.low), high=numbers(v.high), exact=bool(v.exact),
            x_unit=v.x_unit, y_unit=v.y_unit,
        )  # fmt: skip


class MatrixOut(Shown):
    """A spectrogram: rows are frequencies, columns times."""

    name: str
    time_s: list[float]
    frequency_hz: list[float]
    level_db: list[list[float]]

    @classmethod
    def of(cls, v: MatrixView) -> "MatrixOut":
        """Translate."""
        return cls(
            name=v.name, time_s=numbers(v.time_s), frequency_hz=numbers(v.frequency_hz),
            level_db=[numbers(row) for row in v.level_db],
        )  # fmt: skip
