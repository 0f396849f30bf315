"""Every service, in one value that pages, API and commands are given."""

from dataclasses import dataclass

from palier.app.accounts import Accounts
from palier.app.audit_log import AuditLogService
from palier.app.datasets import DatasetService
from palier.app.diagnoses import DiagnosisService
from palier.app.idempotency import IdempotencyService
from palier.app.job_list import JobService
from palier.app.machines import MachineService
from palier.app.models import ModelService
from palier.app.recordings import RecordingService
from palier.app.system import SystemService
from palier.app.workspaces import WorkspaceService

__all__ = ["Services"]


@dataclass(frozen=True, slots=True)
class Services:
    """The application."""

    workspaces: WorkspaceService
    machines: MachineService
    recordings: RecordingService
    diagnoses: DiagnosisService
    jobs: JobService
    datasets: DatasetService
    models: ModelService
    system: SystemService
    accounts: Accounts
    audit_log: AuditLogService
    idempotency: IdempotencyService
