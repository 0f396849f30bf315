"""The tables, typed. Their columns have the names of the fields of `palier.app.entities`."""

from palier.adapters.db.orm.accounts import (
    ApiKeyRow,
    AttemptRow,
    AuditRow,
    LinkRow,
    MembershipRow,
    PasskeyRow,
    RecoveryCodeRow,
    RolePolicyRow,
    SessionRow,
    UserRow,
    WorkspaceRow,
)
from palier.adapters.db.orm.base import Base
from palier.adapters.db.orm.jobs import IdempotencyRow, JobLogRow, JobRow, OutboxRow, WorkerRow
from palier.adapters.db.orm.machines import BlobRow, DiagnosisRow, MachineRow, PointRow, RecordingRow
from palier.adapters.db.orm.science import DatasetRow, EvaluationRow, ModelRow

__all__ = [
    "ApiKeyRow",
    "AttemptRow",
    "AuditRow",
    "Base",
    "BlobRow",
    "DatasetRow",
    "DiagnosisRow",
    "EvaluationRow",
    "IdempotencyRow",
    "JobLogRow",
    "JobRow",
    "LinkRow",
    "MachineRow",
    "MembershipRow",
    "ModelRow",
    "OutboxRow",
    "PasskeyRow",
    "PointRow",
    "RecordingRow",
    "RecoveryCodeRow",
    "RolePolicyRow",
    "SessionRow",
    "UserRow",
    "WorkerRow",
    "WorkspaceRow",
]
