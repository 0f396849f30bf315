"""Long work, and who does it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from palier.adapters.db.orm.base import Base, Id, Json

__all__ = ["IdempotencyRow", "JobLogRow", "JobRow", "OutboxRow", "WorkerRow"]


class JobRow(Base):
    """One piece of long work."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("workspace_id", "idempotency_key"),
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        Index("ix_job_status_queue_priority", "status", "queue", "priority"),
        Index("ix_job_workspace_id_id", "workspace_id", "id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspace.id"))
    kind: Mapped[str] = mapped_column(String(64))
    args_json: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    priority: Mapped[int]
    queue: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int]
    max_attempts: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    cancel_requested: Mapped[bool]
    progress: Mapped[float | None]
    progress_note: Mapped[str] = mapped_column(String(300))
    eta_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    result_json: Mapped[dict[str, Any] | None] = mapped_column(Json)
    title: Mapped[str] = mapped_column(String(300))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    log: Mapped[list["JobLogRow"]] = relationship(back_populates="job")


class JobLogRow(Base):
    """One line of a job's log."""

    __tablename__ = "job_log"
    __table_args__ = (Index("ix_job_log_job_id_id", "job_id", "id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    at: Mapped[datetime]
    level: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    job: Mapped[JobRow] = relationship(back_populates="log")


class WorkerRow(Base):
    """A worker."""

    __tablename__ = "worker"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    queues: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    job_id: Mapped[str | None] = mapped_column(Id)


class OutboxRow(Base):
    """Something to tell somebody."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspace.id"))
    channel: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(300))
    template: Mapped[str] = mapped_column(String(64))
    payload_json: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class IdempotencyRow(Base):
    """What a repeated request was answered."""

    __tablename__ = "idempotency"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(index=True)
    status_code: Mapped[int]
    answer_json: Mapped[dict[str, Any]]
