"""A small paper mill: the real services on SQLite, with simulated recordings that real jobs have read and diagnosed."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from palier.adapters.db.migrate import upgrade
from palier.adapters.db.store import open_store
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.job_kinds import JOB_KINDS
from palier.app.roles import Actor, Role
from palier.app.services import Services
from palier.app.specs import Declaration, DiagnosisSpec, MachineSpec, PointSpec
from palier.bootstrap import Application, build, open_ports, ready_settings
from palier.config import Settings
from palier.core.catalogue import find_bearing
from palier.jobs.execute import claim, execute
from palier.simulate.rolling import RollingScenario, simulate_rolling

LEASE = timedelta(seconds=60)
RATE_HZ, SPEED_HZ, SECONDS = 12_000.0, 25.0, 4.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class World:
    """The mill."""

    application: Application
    workspace: e.Workspace
    empty: e.Workspace
    sample: e.Workspace
    """Says that it is simulated."""

    @property
    def services(self) -> Services:
        return self.application.services

    @property
    def store(self) -> Any:
        return self.application.store

    def actor(self, role: Role = Role.ADMIN, *, language: str = "en", workspace: e.Workspace | None = None) -> Actor:
        here = workspace or self.workspace
        return Actor(
            "u" * 32, "Ada Byron", here.id, role, session_id="s", language=language, recently_authenticated=True
        )

    def upload(
        self,
        name: str,
        samples: np.ndarray,
        *,
        content: bytes | None = None,
        point_id: str | None = None,
        **declared: Any,
    ) -> e.Recording:
        """Upload a .npy file, or other bytes; a job reads it when there is work."""
        path = self.application.settings.data_dir / "upload.npy"
        np.save(path, samples.astype(np.float32))
        if content is not None:
            path.write_bytes(content)

        async def chunks() -> AsyncIterator[bytes]:
            yield path.read_bytes()

        async def receive() -> e.Recording:
            return await self.services.recordings.receive(
                self.actor(), file_name=name, chunks=chunks(), point_id=point_id, declared=Declaration(**declared)
            )

        with ThreadPoolExecutor(1) as elsewhere:  # a browser test has a loop in its own thread
            recording = elsewhere.submit(lambda: asyncio.run(receive())).result()
        path.unlink()
        return recording

    def diagnose(self, recording: e.Recording, **spec: Any) -> str:
        view = self.services.diagnoses.create(self.actor(), recording.id, DiagnosisSpec(**spec))
        return str(view.diagnosis.id)

    def work(self) -> None:
        """Run every job that waits, as a worker does."""
        ports = open_ports(self.application.settings)
        queues = sorted({k.queue for k in JOB_KINDS.values()})
        while (job := claim(ports, worker="test", queues=queues, lease=LEASE)) is not None:
            execute(ports, job, lease=LEASE)
        ports.store.close()  # type: ignore[attr-defined]

    def job(self, **fields: Any) -> e.Job:
        """Add a job as it stands somewhere in its life."""
        now = utc_now()
        job = e.Job(
            new_id(now),
            self.workspace.id,
            "diagnose",
            {"diagnosis_id": "x"},
            e.JobStatus.QUEUED,
            "u" * 32,
            now,
            now,
            now,
        )
        job = replace(job, **fields)
        with self.store.writing() as t:
            t.jobs.add(job)
        return job

    def close(self) -> None:
        self.application.close()


def samples(fault: str = "healthy", *, seed: int = 0, snr_db: float = 0.0, seconds: float = SECONDS) -> np.ndarray:
    """Simulate one channel of a 6205."""
    scenario = RollingScenario(
        find_bearing("6205"), fault=fault, speed_hz=SPEED_HZ, duration_s=seconds, sampling_rate_hz=RATE_HZ,
        impact_snr_db=snr_db, gear_mesh=(28, 0.5), mains_hz=50.0,
    )  # fmt: skip
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    return recording.samples[0]


def open_world(root: Path) -> World:
    """Open the services over a folder with a migrated database."""
    application = build(ready_settings(Settings(data_dir=root, workers=0)))
    store = application.store
    with store.writing() as t:
        found = {w.name: w for w in t.workspaces.all()}
        if not found:
            now = utc_now()
            for name in ("Paper mill", "Empty", "Sample"):
                found[name] = e.Workspace(new_id(now), name, now, simulated=name == "Sample")
                t.workspaces.add(found[name])
            user = e.User("u" * 32, "ada@example.org", "Ada Byron", now)
            t.users.add(user)
            for workspace in found.values():
                t.memberships.add(e.Membership(new_id(now), workspace.id, user.id, Role.ADMIN, now))
    return World(application, found["Paper mill"], found["Empty"], found["Sample"])


def make_world(root: Path, migrated: Path | None = None) -> World:
    """Fill a folder: two machines, a bearing whose outer race wears out, jobs in every state."""
    root.mkdir(parents=True, exist_ok=True)
    if migrated is not None:
        shutil.copy(migrated, root / "palier.sqlite3")
    else:
        store = open_store(f"sqlite:///{root / 'palier.sqlite3'}")
        upgrade(store.engine)
        store.close()
    world = open_world(root)
    _fill(world)
    return world


def _fill(world: World) -> None:
    actor, machines = world.actor(), world.services.machines
    pump = machines.add(actor, MachineSpec("Feed pump 3", "Boiler feed, 90 kW", "Boiler house", "2", "rigid"))
    fan = machines.add(actor, MachineSpec("Exhaust fan 12", "", "Roof"))
    machines.add(actor, MachineSpec("Press roll 1"))
    de = machines.add_point(
        actor, pump.id,
        PointSpec(
            "Drive end", bearing="6205", nominal_speed_hz=SPEED_HZ, unit="g", sampling_rate_hz=RATE_HZ, mounting="stud",
            direction="vertical",
        ),
    )  # fmt: skip
    machines.add_point(actor, pump.id, PointSpec("Non-drive end", bearing="6203"))
    fan_point = machines.add_point(
        actor,
        fan.id,
        PointSpec("Bearing A", bearing="6205", nominal_speed_hz=SPEED_HZ, unit="g", sampling_rate_hz=RATE_HZ),
    )
    known: dict[str, Any] = {"sampling_rate_hz": RATE_HZ, "unit": "g", "speed_hz": SPEED_HZ}
    begin = utc_now() - timedelta(days=50)
    history = [("healthy", 0.0), ("healthy", 0.0), ("outer_race", -8.0), ("outer_race", -3.0), ("outer_race", 2.0)]
    for k, (fault, snr_db) in enumerate(history):
        taken = begin + timedelta(days=10 * k)
        x = samples(fault, seed=k, snr_db=snr_db) * (1 + 0.1 * k)
        recording = world.upload(f"pump3-{taken:%Y-%m-%d}.npy", x, point_id=de.id, taken_at=taken, **known)
        world.work()
        world.diagnose(recording, machine_group="2", support="rigid")
    fine = world.upload("fan12.npy", samples(seed=20), point_id=fan_point.id, **known)
    unknown = world.upload("unknown.npy", samples("inner_race", seed=21))
    world.upload("notes.txt", np.zeros(4), content=b"bring milk\n")
    world.work()
    world.diagnose(fine)
    world.diagnose(unknown)  # fails: nothing is declared
    world.work()
    now = utc_now()
    waiting = {"title": "pump3-2026-11-23.wav", "created_at": now, "enqueued_at": now, "not_before": now}
    world.job(**waiting)
    world.job(
        title="sweep.csv", status=e.JobStatus.RUNNING, started_at=now, attempt=1, progress=0.42,
        progress_note="diagnosing", owner="test:1", lease_until=now + timedelta(days=300),
        eta_at=now + timedelta(minutes=3),
    )  # fmt: skip
    failed = world.job(
        title="motor.mat", kind="import_recordings", args_json={"recording_ids": []}, status=e.JobStatus.FAILED,
        attempt=3, started_at=now - timedelta(minutes=2), finished_at=now - timedelta(minutes=1),
        error="motor.mat: is truncated; copy the file again",
    )  # fmt: skip
    text = "motor.mat: is truncated; copy the file again"
    with world.store.writing() as t:
        t.job_log.add(e.JobLogLine(new_id(now), failed.id, 3, now, "error", text))
        alive = now + timedelta(minutes=30)  # however long the tests take
        begun = now - timedelta(hours=3)
        t.workers.add(e.WorkerBeat("w1", "mill-server", 4711, "analysis training", begun, alive, None))
        t.workers.add(
            e.WorkerBeat(
                "w2", "mill-server", 4712, "reports,notify", now - timedelta(hours=3), now - timedelta(minutes=9), None
            )
        )
