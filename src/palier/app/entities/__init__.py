"""What is stored: frozen values, one table each. A change is a new value (`dataclasses.replace`).

Times are aware, in UTC. Ids are `palier.app.identity.new_id`. Fields named ``*_json`` hold plain JSON values.
"""

from palier.app.entities.accounts import (
    ApiKey,
    Attempt,
    AuditEntry,
    Membership,
    OneTimeLink,
    Passkey,
    RecoveryCode,
    RolePolicy,
    Session,
    User,
    Workspace,
)
from palier.app.entities.jobs import Idempotency, Job, JobLogLine, JobStatus, OutboxMessage, WorkerBeat
from palier.app.entities.machines import Blob, Diagnosis, Machine, Point, Recording
from palier.app.entities.science import Dataset, Evaluation, Model

__all__ = [
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Blob",
    "Dataset",
    "Diagnosis",
    "Evaluation",
    "Idempotency",
    "Job",
    "JobLogLine",
    "JobStatus",
    "Machine",
    "Membership",
    "Model",
    "OneTimeLink",
    "OutboxMessage",
    "Passkey",
    "Point",
    "Recording",
    "RecoveryCode",
    "RolePolicy",
    "Session",
    "User",
    "WorkerBeat",
    "Workspace",
]
