"""Workers that are killed with ``kill -9`` in mid-work, on each database and transport."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import psutil

from palier.app.entities import JobStatus, Workspace
from palier.app.identity import new_id
from palier.app.roles import Actor, Role
from palier.app.specs import DiagnosisSpec
from palier.bootstrap import Application, build, ready_settings
from palier.config import load_settings


@dataclass
class Yard:
    """An installation with work to do, and the process that does it."""

    folder: Path
    environment: dict[str, str]
    application: Application = field(init=False)
    actor: Actor = field(init=False)
    worker: subprocess.Popen[bytes] | None = None
    killed: int = 0

    def __post_init__(self) -> None:
        self.environment = {
            "PALIER_DATA_DIR": str(self.folder / "data"),
            "PALIER_JOB_LEASE_S": "3",
            "PALIER_RECONCILE_EVERY_S": "0.5",
            **self.environment,
        }
        self.application = build(ready_settings(load_settings(environment=self.environment)[0]))
        now = self.application.services.machines.now()
        workspace = Workspace(new_id(now), "Yard", now)
        with self.application.store.writing() as t:
            t.workspaces.add(workspace)
        self.actor = Actor("", "test", workspace.id, Role.ADMIN, kind="system")

    def submit(self, n: int, *, duration_s: float = 2.0) -> None:
        """Upload n distinct recordings and ask for the diagnosis of each: two jobs a recording."""
        for i in range(n):
            path = self.folder / f"SIMULATED-{i}.npz"
            _write(path, seed=i, duration_s=duration_s)
            recording = anyio.run(self._receive, path)
            self.application.services.diagnoses.create(
                self.actor, recording.id, DiagnosisSpec(bearing="6205", speed_hz=25.0)
            )

    async def _receive(self, path: Path) -> Any:
        async def content() -> Any:
            yield path.read_bytes()

        return await self.application.services.recordings.receive(self.actor, file_name=path.name, chunks=content())

    def start(self, processes: int = 2) -> None:
        with (self.folder / "worker.log").open("a") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "palier", "worker", "--processes", str(processes)],
                env={**os.environ, **self.environment}, stdout=log, stderr=log,
            )  # fmt: skip

    def jobs(self, *status: JobStatus) -> list[Any]:
        with self.application.store.reading() as t:
            return t.jobs.all(workspace_id=self.actor.workspace_id, one_of={"status": list(status)})

    def kill_one(self, *, timeout_s: float = 90) -> None:
        """Wait until two jobs really run, and kill the process of one of them."""
        assert self.worker is not None
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            pids = self._busy()
            if len(pids) >= 2:
                os.kill(pids[self.killed % len(pids)], signal.SIGKILL)
                self.killed += 1
                return
            time.sleep(0.01)
        raise AssertionError(f"two jobs never ran at once: {self.state()}")

    def _busy(self) -> list[int]:
        """Return the living processes whose jobs run now: a job's owner names its process."""
        alive = {c.pid for c in psutil.Process(self.worker.pid).children(recursive=True) if _lives(c)}  # type: ignore[union-attr]
        owners = {int(j.owner.partition("/")[2].partition(":")[0]) for j in self.jobs(JobStatus.RUNNING) if j.owner}
        return sorted(alive & owners)

    def wait(self, *, timeout_s: float = 180) -> None:
        """Wait until nothing waits or runs."""
        end = time.monotonic() + timeout_s
        while self.jobs(JobStatus.QUEUED, JobStatus.RUNNING):
            assert time.monotonic() < end, self.state()
            time.sleep(0.1)

    def state(self) -> str:
        rows = [(j.kind, j.status.value, j.attempt, j.error) for j in self.jobs(*JobStatus)]
        return f"{rows}\n{(self.folder / 'worker.log').read_text()[-3000:]}"

    def check(self, n: int) -> int:
        """Every job is done, every effect there once; returns how many attempts it took beyond the first."""
        jobs = self.jobs(*JobStatus)
        assert len(jobs) == 2 * n, self.state()
        assert {j.status for j in jobs} == {JobStatus.DONE}, self.state()
        with self.application.store.reading() as t:
            diagnoses = t.diagnoses.all(workspace_id=self.actor.workspace_id)
            recordings = t.recordings.all(workspace_id=self.actor.workspace_id)
        by_id = {j.id: j for j in jobs}
        assert len(diagnoses) == len(recordings) == n
        for diagnosis in diagnoses:
            job = by_id[diagnosis.job_id or ""]
            assert diagnosis.artefacts == f"artefacts/{job.id}/{job.attempt}", "published by the attempt that ended it"
            assert (self.application.files.resolve(diagnosis.artefacts) / "report.html").is_file()
        assert all(r.state == "ready" and r.version == 2 for r in recordings), "each was read and entered once"
        return sum(j.attempt - 1 for j in jobs)

    def stop(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.send_signal(signal.SIGTERM)
            self.worker.wait(60)
        self.application.close()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _write(path: Path, *, seed: int, duration_s: float) -> None:
    from palier.core.catalogue import find_bearing
    from palier.simulate.rolling import RollingScenario, simulate_rolling

    scenario = RollingScenario(find_bearing("6205"), fault="outer_race", duration_s=duration_s)
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    np.savez(path, acceleration=recording.samples[0], sampling_rate_hz=recording.require_rate(), unit="g")
