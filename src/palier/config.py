"""The settings: one frozen value, read once at the door.

Order: command line, environment (``PALIER_…``), file named by ``PALIER_…_FILE``, settings file, defaults. Reading never
refuses what is merely unsafe, so that ``--help`` and ``config show`` always work; `refusals` says what forbids serving.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from palier.errors import ConfigurationError

__all__ = ["Origin", "Settings", "default_settings_file", "load_settings", "refusals"]

#: Where a value came from, as `config show` prints it.
Origin = str

_KNOWN_SECRETS = frozenset(
    {"secret", "changeme", "change-me", "password", "example", "default", "insecure", "development", "test"}
)
_NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "afs"}
)


class Settings(BaseModel):
    """Everything an operator can set. Each field is ``PALIER_<NAME>`` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Literal["embedded", "production"] = Field(
        "embedded", description="embedded: a laptop or one small server. production: refuses whatever is not safe."
    )
    data_dir: Path = Field(
        Path("palier-data"), description="Folder of recordings, datasets, models and, without a database URL, SQLite."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8050, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="Address that people type; links in messages begin with it. Default: http://<host>:<port>."
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Host names served; default: that of the public URL, and localhost in embedded mode."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Foreign origins whose pages may call the API; none by default."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses of reverse proxies whose X-Forwarded-For and -Proto are believed."
    )
    replicas: int = Field(1, ge=1, le=1000, description="How many web processes serve; more than one needs PostgreSQL.")
    database_url: SecretStr | None = Field(
        None,
        description="postgresql://… ; default: SQLite in the data folder.",
        examples=["postgresql://palier@db/palier"],
    )
    redis_url: SecretStr | None = Field(
        None, description="redis://… for request limits shared by replicas, and for Celery."
    )
    job_transport: Literal["database", "celery"] = Field(
        "database", description="database: workers ask the database for work. celery: a broker (Redis) carries hints."
    )
    workers: int = Field(
        2, ge=0, le=64, description="Worker processes started by `palier serve`; 0 where others run them."
    )
    job_lease_s: float = Field(30.0, ge=1, le=3600, description="How long a silent worker keeps its job.")
    reconcile_every_s: float = Field(5.0, ge=0.2, le=300, description="How often lost jobs are looked for.")
    keep_finished_s: float = Field(
        86_400, ge=60, le=366 * 86_400, description="How long finished jobs and their results are kept."
    )
    secret_key: SecretStr | None = Field(
        None, description="At least 32 characters. Embedded mode writes a random one (mode 0600) into the data folder."
    )
    previous_secret_keys: tuple[SecretStr, ...] = Field(
        (), description="Older keys, which still open what they sealed."
    )
    session_idle_s: float = Field(1800, ge=60, le=86_400, description="A session unused for so long ends.")
    session_absolute_s: float = Field(
        43_200, ge=300, le=30 * 86_400, description="A session ends after so long anyhow."
    )
    upload_limit_bytes: int = Field(
        2 * 1024**3, ge=1024, le=2 * 1024**3, description="Largest recording that is taken."
    )
    requests_per_minute: int = Field(600, ge=10, le=1_000_000, description="Requests of one person or key per minute.")
    key_requests_per_minute: int = Field(300, ge=1, le=1_000_000, description="Requests of one API key per minute.")
    anonymous_requests_per_minute: int = Field(
        120, ge=5, le=1_000_000, description="Requests of one address per minute before sign-in."
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587 (STARTTLS), smtps://… ; without it no mail is sent."
    )
    mail_from: str = Field("palier@localhost", max_length=254, description="Sender of mail.")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token of /metrics; without it /metrics is closed."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="auto: json in production, console otherwise."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    language: Literal["en", "fr"] = Field("en", description="Language before anybody has chosen one.")

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("is no address such as https://palier.example.com (without a path)")
        return value.rstrip("/")

    @property
    def production(self) -> bool:
        """Return whether unsafe settings are refused."""
        return self.environment == "production"

    @property
    def url(self) -> str:
        """Return the address that people type."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{'localhost' if host in {'0.0.0.0', '127.0.0.1'} else host}:{self.port}"  # noqa: S104

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the host names served, without ports."""
        if self.allowed_hosts:
            return self.allowed_hosts
        own = urlsplit(self.url).hostname or self.host
        return (own,) if self.production else tuple(dict.fromkeys((own, "localhost", "127.0.0.1", "[::1]")))

    @property
    def database(self) -> str:
        """Return the address of the database for SQLAlchemy."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'palier.sqlite3'}"
        url = self.database_url.get_secret_value()
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def logs_json(self) -> bool:
        """Return whether the log is JSON lines."""
        return self.log_format == "json" or (self.log_format == "auto" and self.production)

    def shown(self) -> dict[str, Any]:
        """Return all values as plain JSON, secrets masked."""

        def plain(value: Any) -> Any:
            if isinstance(value, SecretStr):
                return "••••••"
            if isinstance(value, tuple):
                return [plain(v) for v in value]
            return str(value) if isinstance(value, Path) else value

        return {name: plain(getattr(self, name)) for name in type(self).model_fields}


@dataclass(frozen=True, slots=True)
class _Found:
    value: Any
    origin: Origin


def default_settings_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file named by ``PALIER_SETTINGS``, or ``palier.toml`` here if there is one."""
    named = environment.get("PALIER_SETTINGS")
    if named:
        return Path(named)
    here = Path("palier.toml")
    return here if here.is_file() else None


def load_settings(
    *,
    command_line: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> tuple[Settings, dict[str, Origin]]:
    """Read the settings, and say for each where it came from.

    Raises
    ------
    ConfigurationError
        Naming every setting that is unknown, given twice, or outside its range.

    Examples
    --------
    >>> settings, origins = load_settings(environment={"PALIER_PORT": "9000"})
    >>> settings.port, origins["port"], origins["host"]
    (9000, 'environment PALIER_PORT', 'default')
    """
    environment = os.environ if environment is None else environment
    found: dict[str, _Found] = {}
    for source in (
        _from_file(file or default_settings_file(environment)),
        _from_environment(environment),
        {k: _Found(v, "command line") for k, v in (command_line or {}).items() if v is not None},
    ):
        found |= source
    try:
        settings = Settings(**{name: f.value for name, f in found.items()})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_complaints(error, found))) from None
    return settings, {name: found[name].origin if name in found else "default" for name in Settings.model_fields}


def _complaints(error: ValidationError, found: Mapping[str, _Found]) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0])
        origin = found[name].origin if name in found else "default"
        lines.append(f"{name} ({origin}): {problem['msg']}; see `palier config show`")
    return lines


def _from_file(file: Path | None) -> dict[str, _Found]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"the settings file {file} cannot be read: {error}") from None
    unknown = sorted(set(content) - set(Settings.model_fields))
    if unknown:
        raise ConfigurationError(f"the settings file {file} has unknown settings: {', '.join(unknown)}")
    return {name: _Found(value, f"file {file}") for name, value in content.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, _Found]:
    found = {}
    for name, field in Settings.model_fields.items():
        variable = f"PALIER_{name.upper()}"
        direct, by_file = environment.get(variable), environment.get(f"{variable}_FILE")
        if direct is not None and by_file is not None:
            raise ConfigurationError(f"{variable} and {variable}_FILE are both set; leave one of them away")
        if by_file is not None:
            try:
                text = Path(by_file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigurationError(f"{variable}_FILE names {by_file}, which cannot be read: {error}") from None
            found[name] = _Found(_parsed(text, field.annotation), f"file {by_file} ({variable}_FILE)")
        elif direct is not None:
            found[name] = _Found(_parsed(direct, field.annotation), f"environment {variable}")
    return found


def _parsed(text: str, annotation: Any) -> Any:
    """Split lists at commas, or take them as JSON; everything else stays text for pydantic."""
    if "tuple" not in str(annotation):
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]


def refusals(settings: Settings) -> list[str]:
    """Return why it would not be safe to serve with these settings; empty when it is.

    Each line says what came, what is allowed, and what to do.
    """
    reasons: list[str] = []
    sqlite = settings.database.startswith("sqlite")
    if sqlite and settings.replicas > 1:
        reasons.append(f"{settings.replicas} replicas on SQLite; set PALIER_DATABASE_URL to a PostgreSQL")
    if sqlite and (kind := _file_system(settings.data_dir)) in _NETWORK_FILE_SYSTEMS:
        reasons.append(f"SQLite on a network file system ({kind}); use a local folder or PostgreSQL")
    if settings.job_transport == "celery" and settings.redis_url is None:
        reasons.append("job_transport is celery and no redis_url is set; set PALIER_REDIS_URL")
    if settings.job_transport == "celery" and sqlite:
        reasons.append("job_transport is celery on SQLite; set PALIER_DATABASE_URL to a PostgreSQL")
    key = None if settings.secret_key is None else settings.secret_key.get_secret_value()
    if key is not None and _weak(key):
        reasons.append(
            f"secret_key is {_weak(key)}; give at least 32 random characters, such as `openssl rand -base64 48` makes"
        )
    if not settings.production:
        return reasons
    if key is None:
        reasons.append("secret_key is missing; set PALIER_SECRET_KEY_FILE (at least 32 random characters)")
    reasons += [
        f"{name} contains *; name them one by one"
        for name in ("cors_origins", "allowed_hosts")
        if any("*" in v for v in getattr(settings, name))
    ]
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        reasons.append(f"public_url is {settings.public_url or 'not set'}; give the https:// address that people type")
    return reasons


def _weak(key: str) -> str | None:
    if len(key) < 32:
        return f"{len(key)} characters long"
    if len(set(key)) < 10 or any(word in key.lower() for word in _KNOWN_SECRETS):
        return "one that can be guessed"
    return None


def _file_system(folder: Path) -> str:
    """Return the kind of file system that a folder (or its nearest existing parent) is on; empty where unknown."""
    try:
        rows = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    path = folder.absolute()
    mounts = {row[1]: row[2] for row in rows if len(row) > 2}
    return next((mounts[str(p)] for p in (path, *path.parents) if str(p) in mounts), "")
