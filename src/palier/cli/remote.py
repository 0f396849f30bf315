"""``palier --server URL diagnose``: the same command, with a server doing the work."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from palier.errors import ConfigurationError, MissingToolError, NotFoundError, PalierError, ParameterError

if TYPE_CHECKING:
    import palier.client as remote
    from palier.core.recording import Declared
    from palier.diagnosis.document import Failure
    from palier.diagnosis.result import Diagnosis
    from palier.diagnosis.rolling import DiagnosisSettings

__all__ = ["Asked", "Server", "diagnose_there"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where the work is done, and where its key is; the key itself is never on the command line."""

    url: str
    key_file: Path | None = None

    def key(self) -> str:
        """Return the API key, from the file or from the environment."""
        if self.key_file is not None:
            try:
                return self.key_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigurationError(f"--key-file {self.key_file} cannot be read: {error}") from None
        key = os.environ.get("PALIER_API_KEY", "").strip()
        if not key:
            raise ConfigurationError(
                f"{self.url} needs an API key; make one there under Account, and name its file with --key-file, "
                "or set PALIER_API_KEY"
            )
        return key


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call asks of the server."""

    declared: "Declared"
    bearing: str | None
    settings: "DiagnosisSettings"
    baseline: Path | None
    model: str | None
    """Name of a model on the server."""


def diagnose_there(
    server: Server,
    files: Sequence[Path],
    asked: Asked,
    *,
    reports: Sequence[Path] | None,
    on_done: Callable[[Path], None],
) -> "list[Diagnosis | Failure]":
    """Upload the files, ask for all diagnoses, and return them in their order; one bad file never stops the others.

    Raises
    ------
    MissingToolError
        Where httpx is not installed.
    PalierError
        Where the server cannot be asked at all.
    """
    for path in reports or ():
        if path.suffix.lower() == ".pdf":
            raise ParameterError(f"--report {path}: with --server allowed are .html, or a folder")
    try:
        from palier.client import Client
    except ModuleNotFoundError:
        raise MissingToolError("--server needs httpx; install it with: pip install palier[client]") from None
    with Client(server.url, server.key()) as client:
        settings = _settings(client, asked)
        begun = [_attempt(path, lambda p=path: _begin(client, p, asked, settings)) for path in files]  # type: ignore[misc]  # bound now
        results = []
        for i, (path, one) in enumerate(zip(files, begun, strict=True)):
            report = None if reports is None else reports[i]
            results.append(_attempt(path, lambda o=one, r=report: _finish(client, o, r)))  # type: ignore[misc]  # bound now
            on_done(path)
    return results


def _attempt(path: Path, act: Callable[[], Any]) -> Any:
    from palier.diagnosis.document import Failure

    try:
        return act()
    except PalierError as error:
        return Failure(source=path.name, error=type(error).__name__, message=str(error))


def _settings(client: "remote.Client", asked: Asked) -> dict[str, Any]:
    """Return the fields of a diagnosis that all files share; a wrong key or model is found out here."""
    model_id = None
    if asked.model is not None:
        known = {row["name"]: row["id"] for row in client.get("/models", limit=100)["items"]}
        if asked.model not in known:
            raise NotFoundError(f"no model {asked.model!r} on the server; there are {', '.join(known) or 'none'}")
        model_id = known[asked.model]
    else:
        client.get("/me")
    baseline = None if asked.baseline is None else client.recordings.upload(asked.baseline, **_declared(asked)).id
    low_high = asked.settings.speed_range_hz
    return {
        "speed_range_hz": None if low_high is None else list(low_high),
        "speed_tolerance": asked.settings.speed_tolerance,
        "false_alarm_rate": asked.settings.false_alarm_rate,
        "machine_group": asked.settings.machine_group,
        "support": asked.settings.support,
        "bearing": asked.bearing,
        "model_id": model_id,
        "baseline_recording_id": baseline,
    }


def _declared(asked: Asked) -> dict[str, Any]:
    d = asked.declared
    return {
        "sampling_rate_hz": d.sampling_rate_hz, "unit": d.unit, "speed_hz": d.speed_hz, "channel": d.channel,
    }  # fmt: skip


def _begin(client: "remote.Client", path: Path, asked: Asked, settings: dict[str, Any]) -> "remote.Diagnosis":
    recording = client.recordings.upload(path, **_declared(asked))
    return client.diagnoses.create(recording.id, **settings)


def _finish(client: "remote.Client", begun: "remote.Diagnosis | Failure", report: Path | None) -> "Diagnosis | Failure":
    from palier.diagnosis.document import Failure
    from palier.diagnosis.result import SCHEMA_VERSION, Diagnosis

    if isinstance(begun, Failure):
        return begun
    done = client.diagnoses.wait(begun)
    result = done.result or {}
    if str(result.get("schema_version", "")).partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise ParameterError(
            f"the server answers in version {result.get('schema_version')} of the schema, this is {SCHEMA_VERSION}; "
            "install the version of palier that the server has"
        )
    answer: Diagnosis = _value(Diagnosis, result["results"][0]["diagnosis"])
    if report is not None:
        client.diagnoses.report(done.id, report)
    return answer


def _value(kind: Any, plain: Any) -> Any:
    """Return JSON as the value it was made of; what a newer server adds is left out."""
    if plain is None or kind is Any or get_origin(kind) is Literal:
        return plain
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: _value(hints[f.name], plain[f.name]) for f in fields(kind) if f.name in plain})
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        kinds = [inner[0]] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(_value(k, v) for k, v in zip(kinds, plain, strict=True))
    if get_origin(kind) is dict:
        return {k: _value(inner[1], v) for k, v in plain.items()}
    kinds = [k for k in inner if k is not type(None)]
    return _value(kinds[0], plain) if len(kinds) == 1 else plain
