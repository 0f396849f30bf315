"""Machines and measurement points."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from palier.api.fields import Given, Line, LongText, Name, Rate, Shown, Speed
from palier.api.schemas.diagnoses import DiagnosisBrief
from palier.app.entities import Machine, Point
from palier.app.specs import MachineSpec, PointSpec
from palier.app.views import HistoryEntry, MachineView
from palier.core.units import Unit

__all__ = [
    "BearingText",
    "HistoryOut",
    "HistoryRow",
    "MachineIn",
    "MachineOut",
    "MachinesOut",
    "PointIn",
    "PointOut",
]

BearingText = Annotated[
    Line,
    Field(
        description="Name from the catalogue (such as 6205), or geometry: n=9,d=7.94mm,D=39.04mm,phi=0.",
        examples=["6205"],
    ),
]


class MachineIn(Given):
    """A machine as a person describes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Feed pump 3", "location": "Boiler house", "machine_group": "2", "support": "rigid"},
            ]
        }
    )

    name: Name = Field(description="Unique among the machines of the workspace.")
    description: LongText = ""
    location: Line = ""
    machine_group: Literal["1", "2"] | None = Field(default=None, description="Of ISO 20816-3.")
    support: Literal["rigid", "flexible"] | None = None

    def spec(self) -> MachineSpec:
        """Return what the service takes."""
        return MachineSpec(self.name, self.description, self.location, self.machine_group, self.support)


class PointIn(Given):
    """A measurement point as a person describes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Drive end", "bearing": "6205", "nominal_speed_hz": 24.9, "unit": "g", "mounting": "stud"},
            ]
        }
    )

    name: Name = Field(description="Unique on the machine.")
    kind: Literal["rolling", "journal"] = "rolling"
    bearing: BearingText | None = None
    nominal_speed_hz: Speed | None = None
    unit: Unit | None = None
    sampling_rate_hz: Rate | None = None
    mounting: Line = ""
    direction: Annotated[Line, Field(max_length=40)] = ""

    def spec(self) -> PointSpec:
        """Return what the service takes."""
        return PointSpec(
            self.name, self.kind, self.bearing, self.nominal_speed_hz, self.unit, self.sampling_rate_hz, self.mounting,
            self.direction,
        )  # fmt: skip


class PointOut(Shown):
    """A measurement point."""

    id: str
    machine_id: str
    name: str
    kind: Literal["rolling", "journal"]
    bearing: str | None
    nominal_speed_hz: float | None
    unit: Unit | None
    sampling_rate_hz: float | None
    mounting: str
    direction: str
    version: int
    created_at: datetime

    @classmethod
    def of(cls, p: Point) -> "PointOut":
        """Translate."""
        return cls(
            id=p.id, machine_id=p.machine_id, name=p.name, kind=p.kind, bearing=p.bearing,
            nominal_speed_hz=p.nominal_speed_hz, unit=p.unit, sampling_rate_hz=p.sampling_rate_hz, mounting=p.mounting,
            direction=p.direction, version=p.version, created_at=p.created_at,
        )  # fmt: skip


class TrendPoint(Shown):
    """A level, and when it was measured."""

    at: datetime
    rms: float


class MachineOut(Shown):
    """A machine, its points and its latest state."""

    id: str
    name: str
    description: str
    location: str
    machine_group: Literal["1", "2"] | None
    support: Literal["rigid", "flexible"] | None
    simulated: bool
    version: int
    created_at: datetime
    points: list[PointOut]
    recordings: int = Field(description="How many there are of its points.")
    worst_zone: Literal["A", "B", "C", "D"] | None = Field(
        description="Worst ISO zone among the latest diagnoses of its points."
    )
    latest: DiagnosisBrief | None = Field(description="Its latest finished diagnosis.")
    latest_at: datetime | None
    trend: list[TrendPoint] = Field(description="Latest levels of the point that was measured last, oldest first.")
    open_jobs: int

    @classmethod
    def of(cls, v: MachineView) -> "MachineOut":
        """Translate."""
        m: Machine = v.machine
        return cls(
            id=m.id, name=m.name, description=m.description, location=m.location, machine_group=m.machine_group,
            support=m.support, simulated=m.simulated, version=m.version, created_at=m.created_at,
            points=[PointOut.of(p) for p in v.points], recordings=v.recordings, worst_zone=v.worst_zone,
            latest=None if v.latest is None else DiagnosisBrief.of(v.latest), latest_at=v.latest_at,
            trend=[TrendPoint(at=at, rms=rms) for at, rms in v.trend], open_jobs=v.open_jobs,
        )  # fmt: skip


class MachinesOut(Shown):
    """Every machine, by name."""

    items: list[MachineOut]


class HistoryRow(Shown):
    """A recording and its latest finished diagnosis."""

    recording_id: str
    file_name: str
    at: datetime = Field(description="When it was taken, or uploaded where nobody said when it was taken.")
    point_id: str | None
    rms: float | None
    diagnosis: DiagnosisBrief | None


class HistoryOut(Shown):
    """Recordings of a machine in time, oldest first."""

    items: list[HistoryRow]

    @classmethod
    def of(cls, entries: tuple[HistoryEntry, ...]) -> "HistoryOut":
        """Translate."""
        return cls(
            items=[
                HistoryRow(
                    recording_id=r.recording.id,
                    file_name=r.recording.file_name,
                    at=r.recording.taken_at or r.recording.uploaded_at,
                    point_id=r.recording.point_id,
                    rms=(r.recording.levels_json or {}).get("rms"),
                    diagnosis=None if r.diagnosis is None else DiagnosisBrief.of(r.diagnosis),
                )
                for r in entries
            ]
        )
