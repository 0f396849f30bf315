"""A workspace to look around in: SIMULATED recordings of three machines, and says so on every page."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import anyio
import numpy as np

from palier.app.entities import Membership, Recording, Workspace
from palier.app.identity import new_id
from palier.app.roles import Actor, Role
from palier.app.specs import Declaration, DiagnosisSpec, MachineSpec, PointSpec
from palier.bootstrap import Application

__all__ = ["SAMPLE", "add_sample", "join_sample"]

SAMPLE = "Sample (simulated)"
_BEARING = "6205"


@dataclass(frozen=True, slots=True)
class _Story:
    """A machine, and how its bearing goes on from week to week."""

    machine: str
    location: str
    speed_hz: float
    fault: str
    impact_snr_db: tuple[float | None, ...]
    """Power of the impacts over that of the noise, week by week; None is a healthy bearing."""


_STORIES = (
    _Story("Pump 12", "Boiler house", 24.6, "outer_race", (None, None, -14.0, -9.0, -4.0, 1.0)),
    _Story("Fan 3", "Dryer section", 16.4, "healthy", (None, None, None)),
    _Story("Motor 7", "Press section", 29.5, "inner_race", (None, -6.0, 0.0)),
)


def add_sample(application: Application) -> None:
    """Make the sample workspace where it is not there, upload its recordings, and ask for their diagnoses."""
    now = application.services.machines.now()
    with application.store.writing() as t:
        if t.workspaces.find(name=SAMPLE) is not None:
            return
        workspace = Workspace(new_id(now), SAMPLE, now, simulated=True)
        t.workspaces.add(workspace)
    actor = Actor("", "palier", workspace.id, Role.ADMIN, kind="system")
    with tempfile.TemporaryDirectory() as folder:
        for number, story in enumerate(_STORIES):
            _tell(application, actor, story, number, Path(folder))


def join_sample(application: Application) -> None:
    """Let everybody who has an account into the sample workspace, as an analyst."""
    now = application.services.machines.now()
    with application.store.writing() as t:
        workspace = t.workspaces.find(name=SAMPLE)
        if workspace is None:
            return
        there = {m.user_id for m in t.memberships.all(workspace_id=workspace.id)}
        for user in t.users.all():
            if user.id not in there:
                t.memberships.add(Membership(new_id(now), workspace.id, user.id, Role.ANALYST, now))


def _tell(application: Application, actor: Actor, story: _Story, number: int, folder: Path) -> None:
    services = application.services
    machine = services.machines.add(
        actor, MachineSpec(story.machine, "SIMULATED", story.location, machine_group="2", support="rigid")
    )
    point = services.machines.add_point(
        actor, machine.id, PointSpec("Drive end", bearing=_BEARING, nominal_speed_hz=story.speed_hz, unit="m/s^2")
    )
    start = services.machines.now() - timedelta(weeks=len(story.impact_snr_db))
    for week, snr_db in enumerate(story.impact_snr_db):
        path = folder / f"SIMULATED-{story.machine.lower().replace(' ', '-')}-week-{week + 1}.npz"
        _write(path, story, snr_db, seed=100 * number + week)
        declared = Declaration(taken_at=start + timedelta(weeks=week))
        recording = anyio.run(_upload, application, actor, path, point.id, declared)
        services.diagnoses.create(actor, recording.id, DiagnosisSpec())


async def _upload(
    application: Application, actor: Actor, path: Path, point_id: str, declared: Declaration
) -> Recording:
    async def content() -> AsyncIterator[bytes]:
        yield path.read_bytes()

    return await application.services.recordings.receive(
        actor, file_name=path.name, chunks=content(), point_id=point_id, declared=declared
    )


def _write(path: Path, story: _Story, snr_db: float | None, *, seed: int) -> None:
    from palier.core.catalogue import find_bearing
    from palier.simulate.rolling import RollingScenario, simulate_rolling

    scenario = RollingScenario(
        find_bearing(_BEARING),
        fault="healthy" if snr_db is None else story.fault,
        speed_hz=story.speed_hz,
        duration_s=6.0,
        impact_snr_db=snr_db or 0.0,
        unit="m/s^2",
        noise_rms=1.0,
    )
    recording, _truth = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    np.savez(
        path,
        acceleration=recording.samples[0],
        sampling_rate_hz=recording.require_rate(),
        unit="m/s^2",
        speed_hz=story.speed_hz,
    )
