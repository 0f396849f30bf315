"""Datasets, models and evaluations."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from palier.adapters.db.orm.base import Base, Id, Json

__all__ = ["DatasetRow", "EvaluationRow", "ModelRow"]

_THERE = text("deleted_at IS NULL")


class DatasetRow(Base):
    """A dataset."""

    __tablename__ = "dataset"
    __table_args__ = (
        Index(
            "uq_dataset_workspace_id_name",
            "workspace_id",
            "name",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200))
    folder: Mapped[str] = mapped_column(String(300))
    content_hash: Mapped[str] = mapped_column(Id)
    n_records: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    simulated: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    card_json: Mapped[dict[str, Any]]
    summary_json: Mapped[dict[str, Any]]
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    deleted_at: Mapped[datetime | None]
    models: Mapped[list["ModelRow"]] = relationship(back_populates="dataset")


class ModelRow(Base):
    """A model bundle."""

    __tablename__ = "model"
    __table_args__ = (
        Index(
            "uq_model_workspace_id_name",
            "workspace_id",
            "name",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200))
    folder: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(64))
    bearing_kind: Mapped[str] = mapped_column(String(16))
    simulated: Mapped[bool]
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    card_json: Mapped[dict[str, Any]]
    evaluation_json: Mapped[dict[str, Any] | None] = mapped_column(Json)
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("dataset.id"), index=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    deleted_at: Mapped[datetime | None]
    dataset: Mapped[DatasetRow | None] = relationship(back_populates="models")
    evaluations: Mapped[list["EvaluationRow"]] = relationship(back_populates="model")


class EvaluationRow(Base):
    """What a model is worth on a dataset."""

    __tablename__ = "evaluation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), index=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("model.id"), index=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id"), index=True)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    result_json: Mapped[dict[str, Any]]
    report: Mapped[str | None] = mapped_column(String(300))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    model: Mapped[ModelRow] = relationship(back_populates="evaluations")
