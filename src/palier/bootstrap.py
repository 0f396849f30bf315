"""Wires settings to services: the only place that knows every adapter."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from palier import __version__
from palier.adapters.cipher import FernetCipher
from palier.adapters.clock import utc_now
from palier.adapters.curves import CurveFiles
from palier.adapters.db.store import SqlStore, open_store
from palier.adapters.files import LocalFiles
from palier.adapters.logs import configure_logging
from palier.adapters.mail import mailer_of
from palier.adapters.passwords import Argon2Hasher
from palier.adapters.queue import CeleryHints, NoHints
from palier.adapters.rate_limit import WindowLimiter
from palier.adapters.science import Library
from palier.adapters.waveforms import PackReader
from palier.app.accounts import Accounts
from palier.app.audit_log import AuditLogService
from palier.app.datasets import DatasetService
from palier.app.diagnoses import DiagnosisService
from palier.app.idempotency import IdempotencyService
from palier.app.job_list import JobService
from palier.app.machines import MachineService
from palier.app.models import ModelService
from palier.app.ports import FileStore, Hints, Mailer, RateLimiter
from palier.app.recordings import RecordingService
from palier.app.services import Services
from palier.app.system import SystemService
from palier.app.workspaces import WorkspaceService
from palier.config import Settings, refusals
from palier.errors import ConfigurationError, OutputError
from palier.jobs.context import Ports

__all__ = [
    "Application",
    "build",
    "hints_of",
    "open_ports",
    "ready_settings",
    "require_safe",
    "secrets_of",
    "start_logging",
]


def require_safe(settings: Settings) -> None:
    """Stop where it would not be safe to serve; raises ConfigurationError with every reason."""
    reasons = refusals(settings)
    if reasons:
        raise ConfigurationError("these settings are not safe to serve with:\n  " + "\n  ".join(reasons))


def ready_settings(settings: Settings) -> Settings:
    """Make the data directory and, in embedded mode, the secret key; return settings that hold it.

    Raises
    ------
    ConfigurationError
        Where the settings are not safe, or the key's file can be read by others.
    OutputError
        Where the data directory cannot be made.
    """
    require_safe(settings)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(f"the data folder {settings.data_dir} cannot be made: {error.strerror}") from None
    if settings.secret_key is not None:
        return settings
    key = _own_key(settings.data_dir / "secret.key")
    return settings.model_copy(update={"secret_key": SecretStr(key), "data_dir": settings.data_dir.absolute()})


def _own_key(path: Path) -> str:
    """Return the key in a file, made at the first start; only its owner may read it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} can be read by others; run: chmod 600 {path}") from None
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return the secret keys, the current one first."""
    if settings.secret_key is None:
        raise ConfigurationError("secret_key is missing; call ready_settings first")
    return tuple(k.get_secret_value() for k in (settings.secret_key, *settings.previous_secret_keys))


def start_logging(settings: Settings) -> None:
    """Set the logging up, once in each process."""
    configure_logging(form="json" if settings.logs_json else "console", level=settings.log_level)


def hints_of(settings: Settings) -> Hints:
    """Return what tells workers of jobs."""
    if settings.job_transport == "celery" and settings.redis_url is not None:
        return CeleryHints(settings.redis_url.get_secret_value())
    return NoHints()


def open_ports(settings: Settings) -> Ports:
    """Return the outside world of jobs."""
    return Ports(
        store=open_store(settings.database),
        files=LocalFiles(settings.data_dir),
        mailer=_mailer(settings),
        now=utc_now,
        settings={
            "keep_finished_s": settings.keep_finished_s,
            "public_url": settings.url,
            "language": settings.language,
        },
        cipher=FernetCipher(secrets_of(settings)),
    )


def _mailer(settings: Settings) -> Mailer:
    return mailer_of(
        None if settings.smtp_url is None else settings.smtp_url.get_secret_value(), sender=settings.mail_from
    )


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a web process serves with."""

    settings: Settings
    store: SqlStore
    files: FileStore
    hints: Hints
    limiter: RateLimiter
    services: Services

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def build(settings: Settings) -> Application:
    """Open the adapters and build the services on them; the settings come from `ready_settings`."""
    store = open_store(settings.database)
    files = LocalFiles(settings.data_dir)
    hints = hints_of(settings)
    science = Library()
    limiter = WindowLimiter(None if settings.redis_url is None else settings.redis_url.get_secret_value())
    mailer = _mailer(settings)
    services = Services(
        workspaces=WorkspaceService(store),
        machines=MachineService(store, utc_now),
        recordings=RecordingService(store, files, PackReader(), hints, utc_now, settings.upload_limit_bytes),
        diagnoses=DiagnosisService(store, files, CurveFiles(), hints, utc_now),
        jobs=JobService(store, hints, utc_now),
        datasets=DatasetService(store, files, science, hints, utc_now),
        models=ModelService(store, files, science, hints, utc_now),
        system=SystemService(store, files, limiter, utc_now, __version__, settings.shown()),
        accounts=Accounts.of(
            store=store,
            hasher=Argon2Hasher(),
            cipher=FernetCipher(secrets_of(settings)),
            hints=hints,
            now=utc_now,
            public_url=settings.url,
            mail_configured=mailer.configured,
            idle_s=settings.session_idle_s,
            absolute_s=settings.session_absolute_s,
            language=settings.language,
        ),
        audit_log=AuditLogService(store),
        idempotency=IdempotencyService(store, utc_now),
    )
    return Application(settings, store, files, hints, limiter, services)
