"""Recordings."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from palier.api.fields import Given, IdField, Line, Moment, Rate, Shown, Speed, numbers
from palier.api.schemas.machines import BearingText
from palier.app.entities import Recording
from palier.app.specs import Declaration
from palier.app.views import WaveformView
from palier.core.units import Unit

__all__ = ["DeclarationIn", "RecordingChange", "RecordingOut", "RecordingsOut", "WaveformOut"]


class DeclarationIn(Given):
    """What a person says of a recording; it wins over the file, and a contradiction is reported."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"sampling_rate_hz": 12000, "unit": "g", "speed_hz": 29.95}]}
    )

    sampling_rate_hz: Rate | None = None
    unit: Unit | None = None
    speed_hz: Speed | None = None
    channel: Line | None = Field(default=None, description="Which channel is judged.")
    bearing: BearingText | None = None
    taken_at: Moment | None = Field(default=None, examples=["2026-11-23T08:00:00+01:00"])

    def spec(self) -> Declaration:
        """Return what the service takes."""
        return Declaration(
            self.sampling_rate_hz, self.unit, self.speed_hz, self.channel or None, self.bearing, self.taken_at
        )


class RecordingChange(Given):
    """What is to change: either what is declared, or where it was taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"declared": {"sampling_rate_hz": 12000, "unit": "g", "speed_hz": 29.95, "bearing": "6205"}}],
            "minProperties": 1,
            "maxProperties": 1,
        }
    )

    declared: DeclarationIn = Field(
        default_factory=DeclarationIn, description="Replaces everything that was declared before."
    )
    point_id: IdField | None = Field(default=None, description="Where it was taken; null for nowhere.")

    @model_validator(mode="after")
    def _one(self) -> "RecordingChange":
        if len(self.model_fields_set) != 1:
            raise ValueError("give either declared or point_id")
        return self


class AuditFinding(Shown):
    """A finding of the acquisition audit."""

    key: str
    severity: str
    text: str
    remedy: str


class RecordingOut(Shown):
    """A recording."""

    id: str
    file_name: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    version: int
    point_id: str | None
    taken_at: datetime | None
    state: Literal["waiting", "ready", "unreadable"] = Field(description="waiting: its file is still being read.")
    problem: str | None = Field(description="Why it is unreadable.")
    reader: str | None
    channels: list[str]
    n_samples: int | None
    sampling_rate_hz: float | None
    unit: Unit | None
    speed_hz: float | None
    bearing: str | None
    notes: list[str]
    audit: list[AuditFinding]
    declared: dict[str, Any] | None = Field(description="What a person declared; it wins over the file.")
    levels: dict[str, float] | None = Field(description="RMS, peak, crest factor and kurtosis of the channel taken.")
    simulated: bool

    @classmethod
    def of(cls, r: Recording) -> "RecordingOut":
        """Translate."""
        return cls(
            id=r.id, file_name=r.file_name, size_bytes=r.size_bytes, sha256=r.sha256, uploaded_at=r.uploaded_at,
            version=r.version, point_id=r.point_id, taken_at=r.taken_at, state=r.state, problem=r.problem,
            reader=r.reader, channels=list(r.channels_json), n_samples=r.n_samples,
            sampling_rate_hz=r.sampling_rate_hz, unit=r.unit, speed_hz=r.speed_hz, bearing=r.bearing,
            notes=list(r.notes_json), audit=[_finding(f) for f in r.audit_json], declared=r.declared_json,
            levels=r.levels_json, simulated=r.simulated,
        )  # fmt: skip


def _finding(found: dict[str, Any]) -> AuditFinding:
    return AuditFinding(**{name: str(found.get(name) or "") for name in AuditFinding.model_fields})


class RecordingsOut(Shown):
    """A page of recordings, newest first."""

    items: list[RecordingOut]
    next: str | None = Field(description="Cursor of the next page.")


class WaveformOut(Shown):
    """A part of a waveform: the least and the greatest sample of each step, or the samples themselves."""

    channel: str
    time_s: list[float] = Field(description="Where each step begins; sample numbers where no rate is known.")
    low: list[float]
    high: list[float]
    exact: bool = Field(description="True where every sample is there: `low` is `high`.")
    sampling_rate_hz: float | None
    unit: str | None
    duration_s: float | None
    n_samples: int

    @classmethod
    def of(cls, v: WaveformView) -> "WaveformOut":
        """Translate."""
        return cls(
            channel=v.channel, time_s=numbers(v.time_s), low=numbers(v.low), high=numbers(v.high), exact=bool(v.exact),
            sampling_rate_hz=v.sampling_rate_hz, unit=v.unit, duration_s=v.duration_s, n_samples=v.n_samples,
        )  # fmt: skip
