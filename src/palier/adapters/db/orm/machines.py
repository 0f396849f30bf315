"""Machines, points, recordings and diagnoses."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from palier.adapters.db.orm.base import Base, Id, Json

__all__ = ["BlobRow", "DiagnosisRow", "MachineRow", "PointRow", "RecordingRow"]

_THERE = text("deleted_at IS NULL")


def _unique_while_there(name: str, *columns: str) -> Index:
    """Return a unique index over the rows that are not removed."""
    return Index(name, *columns, unique=True, sqlite_where=_THERE, postgresql_where=_THERE)


class MachineRow(Base):
    """A machine."""

    __tablename__ = "machine"
    __table_args__ = (_unique_while_there("uq_machine_workspace_id_name", "workspace_id", "name"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    version: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(String(200))
    machine_group: Mapped[str | None] = mapped_column(String(1))
    support: Mapped[str | None] = mapped_column(String(8))
    simulated: Mapped[bool]
    deleted_at: Mapped[datetime | None]
    points: Mapped[list["PointRow"]] = relationship(back_populates="machine")


class PointRow(Base):
    """A measurement point."""

    __tablename__ = "point"
    __table_args__ = (
        _unique_while_there("uq_point_machine_id_name", "machine_id", "name"),
        CheckConstraint("nominal_speed_hz > 0", name="speed"),
        CheckConstraint("sampling_rate_hz > 0", name="rate"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), index=True)
    machine_id: Mapped[str] = mapped_column(ForeignKey("machine.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    bearing: Mapped[str | None] = mapped_column(String(200))
    nominal_speed_hz: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(String(8))
    sampling_rate_hz: Mapped[float | None]
    mounting: Mapped[str] = mapped_column(String(200))
    direction: Mapped[str] = mapped_column(String(40))
    deleted_at: Mapped[datetime | None]
    machine: Mapped[MachineRow] = relationship(back_populates="points")
    recordings: Mapped[list["RecordingRow"]] = relationship(back_populates="point")


class BlobRow(Base):
    """A file that is kept once."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(Id, primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class RecordingRow(Base):
    """An uploaded recording."""

    __tablename__ = "recording"
    __table_args__ = (
        _unique_while_there("uq_recording_workspace_id_sha256", "workspace_id", "sha256"),
        Index("ix_recording_workspace_id_id", "workspace_id", "id"),
        CheckConstraint("state IN ('waiting', 'ready', 'unreadable')", name="state"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    uploaded_by: Mapped[str] = mapped_column(Id)
    uploaded_at: Mapped[datetime]
    version: Mapped[int]
    point_id: Mapped[str | None] = mapped_column(ForeignKey("point.id"), index=True)
    taken_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))
    problem: Mapped[str | None] = mapped_column(Text)
    reader: Mapped[str | None] = mapped_column(String(100))
    channels_json: Mapped[list[Any]] = mapped_column(Json)
    n_samples: Mapped[int | None] = mapped_column(BigInteger)
    sampling_rate_hz: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(String(8))
    speed_hz: Mapped[float | None]
    bearing: Mapped[str | None] = mapped_column(String(200))
    notes_json: Mapped[list[Any]] = mapped_column(Json)
    audit_json: Mapped[list[Any]] = mapped_column(Json)
    declared_json: Mapped[dict[str, Any] | None] = mapped_column(Json)
    levels_json: Mapped[dict[str, Any] | None] = mapped_column(Json)
    pack: Mapped[str | None] = mapped_column(String(300))
    simulated: Mapped[bool]
    deleted_at: Mapped[datetime | None]
    point: Mapped[PointRow | None] = relationship(back_populates="recordings")
    diagnoses: Mapped[list["DiagnosisRow"]] = relationship(back_populates="recording")


class DiagnosisRow(Base):
    """A diagnosis."""

    __tablename__ = "diagnosis"
    __table_args__ = (Index("ix_diagnosis_workspace_id_id", "workspace_id", "id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    recording_id: Mapped[str] = mapped_column(ForeignKey("recording.id"), index=True)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    settings_json: Mapped[dict[str, Any]]
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    model_id: Mapped[str | None] = mapped_column(ForeignKey("model.id"))
    finished_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(32))
    sentence: Mapped[str | None] = mapped_column(Text)
    top_fault: Mapped[str | None] = mapped_column(String(64))
    zone: Mapped[str | None] = mapped_column(String(1))
    trend_db: Mapped[float | None]
    rms: Mapped[float | None]
    result_json: Mapped[dict[str, Any] | None] = mapped_column(Json)
    artefacts: Mapped[str | None] = mapped_column(String(300))
    opinion: Mapped[str | None] = mapped_column(String(8))
    opinion_fault: Mapped[str | None] = mapped_column(String(64))
    opinion_note: Mapped[str] = mapped_column(Text)
    opinion_by: Mapped[str | None] = mapped_column(Id)
    opinion_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    recording: Mapped[RecordingRow] = relationship(back_populates="diagnoses")
