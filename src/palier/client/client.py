"""The client: one object per resource."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from palier.client.jobs import Jobs
from palier.client.transport import Transport
from palier.client.values import Diagnosis, Job, Machine, Point, Recording, Waveform, value_of
from palier.errors import CancelledError, OutputError, PalierError, ReadError

__all__ = ["Client"]

_CHUNK = 1024 * 1024

#: Told how many bytes were sent, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Uploaded recordings."""

    transport: Transport

    def upload(
        self, path: Path, *, file_name: str | None = None, on_progress: Progress | None = None, **declared: Any
    ) -> Recording:
        """Send a file from disk; the same file again gives the recording that is there.

        `declared` are sampling_rate_hz, unit, speed_hz, channel, bearing, taken_at and point_id.
        """
        try:
            size = path.stat().st_size
            with path.open("rb"):
                pass
        except OSError as error:
            raise ReadError(f"{path}: cannot be read ({error.strerror}); choose a file that is there") from None
        answer = self.transport.json(
            "POST",
            "/api/v1/recordings",
            params=_stated({"file_name": file_name or path.name, **declared}),
            content=lambda: _sent(path, size, on_progress),
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            repeatable=True,
        )
        return value_of(Recording, answer)

    def get(self, id: str) -> Recording:  # noqa: A002
        """Return a recording."""
        return value_of(Recording, self.transport.json("GET", f"/api/v1/recordings/{id}"))

    def all(self, **filters: Any) -> Iterator[Recording]:
        """Yield recordings, newest first, page by page."""
        return (value_of(Recording, row) for row in _pages(self.transport, "/api/v1/recordings", filters))

    def declare(self, recording: Recording, **declared: Any) -> Recording:
        """State what the file does not say; refused where the recording has changed since it was read."""
        return self._change(recording, {"declared": _stated(declared)})

    def assign(self, recording: Recording, point_id: str | None) -> Recording:
        """Say where a recording was taken."""
        return self._change(recording, {"point_id": point_id})

    def _change(self, recording: Recording, change: dict[str, Any]) -> Recording:
        headers = {"If-Match": f'"{recording.version}"'}
        where = f"/api/v1/recordings/{recording.id}"
        return value_of(Recording, self.transport.json("PATCH", where, json=change, headers=headers))

    def waveform(self, id: str, **window: Any) -> Waveform:  # noqa: A002
        """Return a part of the waveform; `window` are channel, first_s, last_s and points."""
        answer = self.transport.json("GET", f"/api/v1/recordings/{id}/waveform", params=_stated(window))
        return value_of(Waveform, answer)

    def remove(self, id: str) -> None:  # noqa: A002
        """Remove a recording."""
        self.transport.ask("DELETE", f"/api/v1/recordings/{id}")


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines and their measurement points."""

    transport: Transport

    def all(self) -> tuple[Machine, ...]:
        """Return every machine, by name."""
        return tuple(value_of(Machine, row) for row in self.transport.json("GET", "/api/v1/machines")["items"])

    def get(self, id: str) -> Machine:  # noqa: A002
        """Return a machine."""
        return value_of(Machine, self.transport.json("GET", f"/api/v1/machines/{id}"))

    def add(self, name: str, **fields: Any) -> Machine:
        """Add a machine; `fields` are description, location, machine_group and support."""
        return value_of(Machine, _post(self.transport, "/api/v1/machines", {"name": name, **fields}))

    def add_point(self, machine_id: str, name: str, **fields: Any) -> Point:
        """Add a point; `fields` are kind, bearing, nominal_speed_hz, unit, sampling_rate_hz, mounting and direction."""
        return value_of(Point, _post(self.transport, f"/api/v1/machines/{machine_id}/points", {"name": name, **fields}))

    def remove(self, id: str) -> None:  # noqa: A002
        """Remove a machine."""
        self.transport.ask("DELETE", f"/api/v1/machines/{id}")


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """What is wrong with a machine, as a recording tells."""

    transport: Transport
    jobs: Jobs

    def create(self, recording_id: str, **settings: Any) -> Diagnosis:
        """Ask for a diagnosis; `settings` are the fields of `POST /api/v1/diagnoses`."""
        asked = {"recording_id": recording_id, **_stated(settings)}
        return value_of(Diagnosis, _post(self.transport, "/api/v1/diagnoses", asked))

    def get(self, id: str) -> Diagnosis:  # noqa: A002
        """Return a diagnosis."""
        return value_of(Diagnosis, self.transport.json("GET", f"/api/v1/diagnoses/{id}"))

    def all(self, **filters: Any) -> Iterator[Diagnosis]:
        """Yield diagnoses without their results, newest first, page by page."""
        return (value_of(Diagnosis, row) for row in _pages(self.transport, "/api/v1/diagnoses", filters))

    def wait(
        self, diagnosis: Diagnosis, *, timeout_s: float | None = None, on_change: Callable[[Job], None] | None = None
    ) -> Diagnosis:
        """Return the diagnosis once it is finished.

        Raises
        ------
        CancelledError
            Where somebody cancelled its job.
        PalierError
            Where its job failed, with what it said.
        UnavailableError
            Where it is not finished in time.
        """
        if diagnosis.finished_at is None and diagnosis.job is not None:
            job = self.jobs.wait(diagnosis.job.id, timeout_s=timeout_s, on_change=on_change)
            if job.status == "cancelled":
                raise CancelledError(f"{diagnosis.file_name}: somebody cancelled this diagnosis")
            if job.status == "failed":
                raise PalierError(job.error or f"{diagnosis.file_name}: the diagnosis failed")
        return self.get(diagnosis.id)

    def report(self, id: str, path: Path) -> Path:  # noqa: A002
        """Write the report to a file."""
        content = self.transport.ask("GET", f"/api/v1/diagnoses/{id}/report", headers={"Accept": "text/html"}).content
        temporary = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content)
            temporary.replace(path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise OutputError(f"{path} cannot be written ({error.strerror}); choose a folder that is yours") from None
        return path

    def opine(self, id: str, opinion: str, *, fault: str | None = None, note: str = "") -> Diagnosis:  # noqa: A002
        """Record what the analyst says: right, wrong or unsure."""
        body = {"opinion": opinion, "fault": fault, "note": note}
        return value_of(Diagnosis, self.transport.json("PUT", f"/api/v1/diagnoses/{id}/opinion", json=body))


class Client:
    """A palier server, as one key may use it.

    Examples
    --------
    >>> with Client("https://palier.example.com", "palier_…") as palier:  # doctest: +SKIP
    ...     recording = palier.recordings.upload(Path("pump.wav"), speed_hz=24.9)
    ...     print(palier.diagnoses.wait(palier.diagnoses.create(recording.id, bearing="6205")).sentence)
    """

    def __init__(self, url: str, key: str | None, *, timeout_s: float = 30.0, tries: int = 5) -> None:
        self.transport = Transport(url, key, timeout_s=timeout_s, tries=tries)
        self.jobs = Jobs(self.transport)
        self.recordings = Recordings(self.transport)
        self.machines = Machines(self.transport)
        self.diagnoses = Diagnoses(self.transport, self.jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.transport.http.close()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Return the JSON of any address below ``/api/v1``, such as ``/models``."""
        return self.transport.json("GET", f"/api/v1{path}", params=_stated(parameters))

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """Ask any address below ``/api/v1`` to make something, with an Idempotency-Key; return its JSON."""
        return _post(self.transport, f"/api/v1{path}", body)


def _post(transport: Transport, path: str, body: Any) -> dict[str, Any]:
    return transport.json("POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def _pages(transport: Transport, path: str, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    asked = _stated(filters)
    while True:
        page = transport.json("GET", path, params=asked)
        yield from page["items"]
        if page["next"] is None:
            return
        asked["cursor"] = page["next"]


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is None; write times as ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }


def _sent(path: Path, size: int, on_progress: Progress | None) -> Iterator[bytes]:
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
            done += len(chunk)
            if on_progress is not None:
                on_progress(done, size)
