"""The services of the nouns on a real store, with people of every role in two workspaces."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio

from palier.adapters.curves import CurveFiles
from palier.adapters.db import SqlStore
from palier.adapters.files import LocalFiles
from palier.adapters.science import Library
from palier.adapters.waveforms import PackReader
from palier.app import entities as e
from palier.app.datasets import DatasetService
from palier.app.diagnoses import DiagnosisService
from palier.app.identity import new_id
from palier.app.job_list import JobService
from palier.app.machines import MachineService
from palier.app.models import ModelService
from palier.app.ports import RateDecision
from palier.app.recordings import RecordingService
from palier.app.roles import Actor, Role
from palier.app.system import SystemService
from palier.app.workspaces import WorkspaceService


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=2)
        return self.at


@dataclass
class Hints:
    """Notes the jobs that a hint was sent for."""

    sent: list[e.Job] = field(default_factory=list)

    def send(self, job: e.Job) -> None:
        self.sent.append(job)


class NoLimits:
    why: str | None = None

    def hit(self, rule: str, subject: str) -> RateDecision:
        return RateDecision(True, 1, 1, 0.0)

    def degraded(self) -> str | None:
        return self.why


@dataclass
class Office:
    """Two workspaces; `mill` has everything, `other` is somebody else's."""

    store: SqlStore
    files: LocalFiles
    clock: Clock = field(default_factory=Clock)
    hints: Hints = field(default_factory=Hints)
    limiter: NoLimits = field(default_factory=NoLimits)
    actors: dict[Role, Actor] = field(default_factory=dict)
    stranger: Actor = field(init=False)

    def __post_init__(self) -> None:
        mill, other = (e.Workspace(new_id(self.clock()), name, self.clock()) for name in ("Mill", "Other"))
        with self.store.writing() as t:
            for workspace in (mill, other):
                t.workspaces.add(workspace)
            for role in Role:
                self.actors[role] = self._person(t, role.value, mill.id, role)
            self.stranger = self._person(t, "stranger", other.id, Role.ADMIN)
        science = Library()
        shared: tuple[Any, ...] = (self.hints, self.clock)
        self.workspaces = WorkspaceService(self.store)
        self.machines = MachineService(self.store, self.clock)
        self.recordings = RecordingService(self.store, self.files, PackReader(), *shared, 1_000_000)
        self.diagnoses = DiagnosisService(self.store, self.files, CurveFiles(), *shared)
        self.jobs = JobService(self.store, *shared)
        self.datasets = DatasetService(self.store, self.files, science, *shared)
        self.models = ModelService(self.store, self.files, science, *shared)
        self.system = SystemService(self.store, self.files, self.limiter, self.clock, "0", {"port": 1})

    def _person(self, t: Any, name: str, workspace_id: str, role: Role) -> Actor:
        user = e.User(new_id(self.clock()), f"{name}@example.com", name.title(), self.clock())
        t.users.add(user)
        t.memberships.add(e.Membership(new_id(self.clock()), workspace_id, user.id, role, self.clock()))
        return Actor(user.id, user.name, workspace_id, role)

    @property
    def viewer(self) -> Actor:
        return self.actors[Role.VIEWER]

    @property
    def analyst(self) -> Actor:
        return self.actors[Role.ANALYST]

    @property
    def engineer(self) -> Actor:
        return self.actors[Role.ENGINEER]

    @property
    def admin(self) -> Actor:
        return self.actors[Role.ADMIN]

    def upload(self, content: bytes = b"some samples", actor: Actor | None = None, **options: Any) -> e.Recording:
        async def chunks() -> AsyncIterator[bytes]:
            for i in range(0, len(content), 7):
                yield content[i : i + 7]

        async def receive() -> e.Recording:
            name = options.pop("file_name", "pump.csv")
            return await self.recordings.receive(actor or self.analyst, file_name=name, chunks=chunks(), **options)

        return anyio.run(receive)

    def actions(self) -> list[str]:
        with self.store.reading() as t:
            return [entry.action for entry in t.audit.all()]

    def ready(self, recording: e.Recording, **changes: Any) -> e.Recording:
        """Enter what the job of an upload would find."""
        values: dict[str, Any] = {
            "state": "ready", "n_samples": 1000, "sampling_rate_hz": 1000.0, "channels_json": ("DE", "FE"),
            "levels_json": {"rms": 1.5}, "unit": "g",
        }  # fmt: skip
        row = replace(recording, version=recording.version + 1, **(values | changes))
        with self.store.writing() as t:
            t.recordings.put(row)
        return row

    def finish(self, diagnosis_id: str, **changes: Any) -> e.Diagnosis:
        """Enter an answer."""
        values: dict[str, Any] = {
            "finished_at": self.clock(),
            "verdict": "damage",
            "sentence": "Outer race.",
            "rms": 1.5,
        }
        with self.store.writing() as t:
            row = replace(t.diagnoses.get(diagnosis_id), **(values | changes))
            t.diagnoses.put(row)
        return row


def open_office(store: SqlStore, folder: Path) -> Office:
    return Office(store, LocalFiles(folder))
