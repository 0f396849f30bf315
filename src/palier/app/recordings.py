"""Recordings: uploaded once, read by a job, looked at in windows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anyio import to_thread

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Blob, Recording
from palier.app.identity import new_id
from palier.app.ports import Clock, FileStore, Hints, Store, StoredFile, Tables, WaveformReader
from palier.app.roles import Actor, Permission
from palier.app.specs import Declaration
from palier.app.submission import plain_json, submit
from palier.app.views import WaveformView
from palier.errors import ConflictError, NotFoundError, ParameterError

__all__ = ["RecordingService"]

_NOTHING = Declaration()


@dataclass(frozen=True, slots=True)
class RecordingService:
    """What was measured."""

    store: Store
    files: FileStore
    waveforms: WaveformReader
    hints: Hints
    now: Clock
    upload_limit_bytes: int

    async def receive(
        self,
        actor: Actor,
        *,
        file_name: str,
        chunks: AsyncIterator[bytes],
        point_id: str | None = None,
        declared: Declaration = _NOTHING,
    ) -> Recording:
        """Take an upload. The same file again gives the recording that is there.

        Raises TooLargeError beyond the limit, NotFoundError for a point that is not in the workspace, ParameterError
        for an empty file or a declaration that cannot be, OutputError where the disk is full; nothing is kept then.
        """
        actor.require(Permission.DIAGNOSE)
        declared = _checked(declared)
        if point_id is not None:
            await to_thread.run_sync(self._require_point, actor, point_id)
        stored = await self.files.receive(chunks, limit_bytes=self.upload_limit_bytes)
        return await to_thread.run_sync(self._enter, actor, stored, checks.display_name(file_name), point_id, declared)

    def _require_point(self, actor: Actor, point_id: str) -> None:
        with self.store.reading() as t:
            t.points.get(point_id, workspace_id=actor.workspace_id, deleted_at=None)

    def _enter(
        self, actor: Actor, stored: StoredFile, file_name: str, point_id: str | None, declared: Declaration
    ) -> Recording:
        now = self.now()
        with self.store.writing() as t:
            if t.blobs.find(sha256=stored.sha256) is None:
                t.blobs.add(Blob(stored.sha256, stored.size_bytes, now))
            there = t.recordings.find(workspace_id=actor.workspace_id, sha256=stored.sha256, deleted_at=None)
            if there is not None:
                return self._told_again(t, actor, there, point_id, declared, now)
            recording = Recording(
                id=new_id(now),
                workspace_id=actor.workspace_id,
                sha256=stored.sha256,
                file_name=file_name,
                size_bytes=stored.size_bytes,
                uploaded_by=actor.user_id,
                uploaded_at=now,
                point_id=point_id,
                taken_at=declared.taken_at,
                declared_json=_declared_json(declared),
            )
            t.recordings.add(recording)
            self._read(t, actor, recording, now)
            record(
                t, actor, "recording.upload", "recording", recording.id, now=now,
                file=file_name, bytes=stored.size_bytes,
            )  # fmt: skip
        return recording

    def _told_again(
        self,
        t: Tables,
        actor: Actor,
        there: Recording,
        point_id: str | None,
        declared: Declaration,
        now: datetime,
    ) -> Recording:
        """Return the recording that is there, with what was declared this time."""
        changed = replace(
            there,
            point_id=point_id or there.point_id,
            declared_json=_declared_json(declared) if declared != _NOTHING else there.declared_json,
            taken_at=declared.taken_at or there.taken_at,
        )
        if changed == there:
            return there
        if changed.declared_json != there.declared_json:
            changed = replace(changed, state="waiting", problem=None)
            self._read(t, actor, changed, now)
        changed = replace(changed, version=there.version + 1)
        t.recordings.put(changed)
        return changed

    def _read(self, t: Tables, actor: Actor, recording: Recording, now: datetime) -> None:
        submit(
            t, self.hints, actor, "import_recordings", {"recording_ids": [recording.id]}, now=now,
            title=recording.file_name, priority=10,
        )  # fmt: skip

    def page(
        self, actor: Actor, *, after: str | None = None, limit: int = 50, point_id: str | None = None
    ) -> list[Recording]:
        """Return recordings that are not removed, newest first."""
        actor.require(Permission.READ)
        criteria: dict[str, Any] = {} if point_id is None else {"point_id": point_id}
        with self.store.reading() as t:
            return t.recordings.all(
                workspace_id=actor.workspace_id, deleted_at=None, newest_first=True, after=after,
                limit=checks.limit_of(limit), **criteria,
            )  # fmt: skip

    def get(self, actor: Actor, id: str) -> Recording:  # noqa: A002
        """Return one recording."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return t.recordings.get(id, workspace_id=actor.workspace_id, deleted_at=None)

    def declare(self, actor: Actor, id: str, declared: Declaration, *, version: int) -> Recording:  # noqa: A002
        """State what the file does not say, or says wrongly; the file is read again with it."""
        actor.require(Permission.DIAGNOSE)
        declared = _checked(declared)
        now = self.now()
        with self.store.writing() as t:
            old = t.recordings.get(id, workspace_id=actor.workspace_id, deleted_at=None)
            new = replace(
                old,
                declared_json=_declared_json(declared),
                taken_at=declared.taken_at or old.taken_at,
                state="waiting",
                problem=None,
                version=version + 1,
            )
            t.recordings.put(new)
            self._read(t, actor, new, now)
            record(t, actor, "recording.declare", "recording", id, now=now, **(new.declared_json or {}))
        return new

    def assign(self, actor: Actor, id: str, point_id: str | None, *, version: int) -> Recording:  # noqa: A002
        """Say at which point a recording was taken."""
        actor.require(Permission.DIAGNOSE)
        with self.store.writing() as t:
            if point_id is not None:
                t.points.get(point_id, workspace_id=actor.workspace_id, deleted_at=None)
            old = t.recordings.get(id, workspace_id=actor.workspace_id, deleted_at=None)
            new = replace(old, point_id=point_id, version=version + 1)
            t.recordings.put(new)
        return new

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a recording; `restore` brings it back for 30 days."""
        actor.require(Permission.MANAGE_MACHINES)
        self._mark(actor, id, self.now(), "recording.delete")

    def restore(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a recording back; raises ConflictError where the same file was uploaded again meanwhile."""
        actor.require(Permission.MANAGE_MACHINES)
        self._mark(actor, id, None, "recording.restore")

    def _mark(self, actor: Actor, id: str, deleted_at: datetime | None, action: str) -> None:  # noqa: A002
        with self.store.writing() as t:
            old = t.recordings.get(id, workspace_id=actor.workspace_id)
            t.recordings.put(replace(old, deleted_at=deleted_at, version=old.version + 1))
            record(t, actor, action, "recording", id, now=self.now(), file=old.file_name)

    def waveform(
        self,
        actor: Actor,
        id: str,  # noqa: A002
        *,
        channel: str | None = None,
        first_s: float | None = None,
        last_s: float | None = None,
        points: int = 2000,
    ) -> WaveformView:
        """Return a part of the waveform, fit to draw; its cost does not depend on the recording's length."""
        recording = self.get(actor, id)
        if recording.pack is None or recording.n_samples is None:
            why = recording.problem or "its file is still being read; wait for the job"
            raise ConflictError(f"{recording.file_name} has no waveform to show: {why}")
        if not 16 <= points <= 20_000:
            raise ParameterError(f"{points} points; allowed are 16 to 20,000")
        index = _channel_index(recording, channel)
        rate_hz = recording.sampling_rate_hz or 1.0
        first = 0 if first_s is None else int(max(0.0, min(first_s * rate_hz, recording.n_samples - 1)))
        last = (
            recording.n_samples if last_s is None else int(min(max(last_s * rate_hz, first + 1), recording.n_samples))
        )
        at, low, high = self.waveforms.envelope(
            self.files.resolve(recording.pack), channel=index, first=first, last=last, points=points
        )
        return WaveformView(
            time_s=at / rate_hz,
            low=low,
            high=high,
            exact=last - first <= len(at),
            sampling_rate_hz=recording.sampling_rate_hz,
            unit=recording.unit,
            duration_s=None if recording.sampling_rate_hz is None else recording.n_samples / recording.sampling_rate_hz,
            n_samples=recording.n_samples,
            channel=recording.channels_json[index],
        )


def _channel_index(recording: Recording, channel: str | None) -> int:
    names = recording.channels_json
    if channel is None:
        return 0
    if channel not in names:
        raise NotFoundError(f"no channel {channel!r} in {recording.file_name}; there are {', '.join(names)}")
    return names.index(channel)


def _checked(d: Declaration) -> Declaration:
    if d.taken_at is not None and d.taken_at.tzinfo is None:
        raise ParameterError("the time of the recording has no time zone; give one, such as 2026-11-23T08:00:00+01:00")
    return replace(
        d,
        sampling_rate_hz=checks.positive(d.sampling_rate_hz, "the sampling rate in Hz", most=1e9),
        speed_hz=checks.positive(d.speed_hz, "the speed in Hz", most=16_667.0),
        unit=checks.unit_name(d.unit),
        channel=None if not d.channel else checks.line(d.channel, "the channel"),
        bearing=checks.bearing_text(d.bearing),
    )


def _declared_json(declared: Declaration) -> dict[str, object] | None:
    stated = {k: v for k, v in plain_json(declared).items() if v is not None and k != "taken_at"}
    return stated or None
