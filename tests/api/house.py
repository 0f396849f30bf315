"""An installation with people of every role in one workspace and an admin of another, served with their real keys."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI

from palier.adapters.db.migrate import upgrade
from palier.adapters.db.store import open_store
from palier.api import api_app
from palier.api.events import Pace
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.job_kinds import JOB_KINDS
from palier.app.roles import Actor, Permission, Role, permissions_of
from palier.app.services import Services
from palier.bootstrap import Application, build, open_ports, ready_settings
from palier.config import Settings
from palier.core.catalogue import find_bearing
from palier.errors import SignInError
from palier.jobs.execute import claim, execute
from palier.simulate.rolling import RollingScenario, simulate_rolling

LEASE = timedelta(seconds=60)
RATE_HZ, SPEED_HZ = 12_000.0, 25.0
QUICK = Pace(look_every_s=0.02, beat_every_s=0.1, last_s=60.0, retry_ms=20)


def utc_now() -> datetime:
    return datetime.now(UTC)


class ByKey:
    """Does what the guard does for keys, and nothing else."""

    def __init__(self, app: FastAPI, services: Services) -> None:
        self.app, self.services = app, services

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            scope["palier.request_id"] = "req-1"
            with suppress(SignInError):
                key = given.removeprefix("Bearer ")
                scope["palier.actor"] = self.services.accounts.keys.actor_of(key, address="192.0.2.1")
        await self.app(scope, receive, send)


class ByName:
    """Takes anybody at their word, as signed in on the pages: nothing that is done to people or keys ends it."""

    def __init__(self, app: FastAPI, actors: dict[str, Actor]) -> None:
        self.app, self.actors = app, actors

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            actor = self.actors.get(given.removeprefix("Bearer "))
            if actor is not None:
                scope["palier.actor"] = actor
        await self.app(scope, receive, send)


@dataclass
class House:
    """The installation."""

    application: Application
    app: FastAPI
    actors: dict[str, Actor] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def services(self) -> Services:
        return self.application.services

    @property
    def asgi(self) -> ByKey:
        return ByKey(self.app, self.services)

    def client(self, who: str | None = "admin") -> httpx.Client:
        """Return a client of a viewer, analyst, engineer, admin, stranger (admin elsewhere), or of nobody."""
        headers = {} if who is None else {"Authorization": f"Bearer {self.keys[who]}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)

    def work(self) -> None:
        """Run every job that waits, as a worker does."""
        ports = open_ports(self.application.settings)
        queues = sorted({k.queue for k in JOB_KINDS.values()})
        while (job := claim(ports, worker="test", queues=queues, lease=LEASE)) is not None:
            execute(ports, job, lease=LEASE)
        ports.store.close()  # type: ignore[attr-defined]

    def job(self, **fields: Any) -> e.Job:
        """Add a job as it stands somewhere in its life."""
        now, owner = utc_now(), self.actors["analyst"]
        job = e.Job(
            new_id(now), owner.workspace_id, "diagnose", {"diagnosis_id": "0" * 32}, e.JobStatus.QUEUED, owner.user_id,
            now, now, now,
        )  # fmt: skip
        return self.add("jobs", replace(job, **fields))

    def add(self, table: str, row: Any) -> Any:
        with self.application.store.writing() as t:
            getattr(t, table).add(row)
        return row

    def put(self, table: str, id: str, **fields: Any) -> Any:  # noqa: A002
        """Change a row as somebody else would meanwhile."""
        with self.application.store.writing() as t:
            rows = getattr(t, table)
            row = rows.get(id)
            if hasattr(row, "version"):
                fields.setdefault("version", row.version + 1)
            rows.put(replace(row, **fields))
            return rows.get(id)

    def count(self, table: str) -> int:
        with self.application.store.reading() as t:
            return int(getattr(t, table).count())


@contextmanager
def open_house(folder: Path, migrated: Path | None = None, *, pace: Pace = QUICK, **settings: Any) -> Iterator[House]:
    """Open an installation in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if migrated is not None:
        shutil.copy(migrated, folder / "palier.sqlite3")
    else:
        store = open_store(f"sqlite:///{folder / 'palier.sqlite3'}")
        upgrade(store.engine)
        store.close()
    application = build(ready_settings(Settings(data_dir=folder, workers=0, **settings)))
    house = House(application, api_app(application.services, pace=pace))
    now = utc_now()
    with application.store.writing() as t:
        here, other = (e.Workspace(new_id(now), name, now) for name in ("Mill", "Other"))
        t.workspaces.add(here)
        t.workspaces.add(other)
        for name in (*(r.value for r in Role), "stranger"):
            role, workspace = (Role.ADMIN, other) if name == "stranger" else (Role(name), here)
            user = e.User(new_id(now), f"{name}@example.com", name.title(), now)
            t.users.add(user)
            t.memberships.add(e.Membership(new_id(now), workspace.id, user.id, role, now))
            house.actors[name] = Actor(user.id, user.name, workspace.id, role)
    for name, actor in house.actors.items():
        scopes = tuple(p.value for p in Permission if p in permissions_of(actor.role))
        house.keys[name] = application.services.accounts.keys.make(
            actor, name=name, scopes=scopes, expires_at=None
        ).secret
    try:
        with served(house.asgi) as house.url:
            yield house
    finally:
        application.close()


@contextmanager
def served(asgi: Any) -> Iterator[str]:
    """Serve an application on a free port, in a thread."""
    config = uvicorn.Config(
        asgi, host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def damaged(folder: Path, name: str = "pump.npy", *, seconds: float = 2.0, seed: int = 0) -> Path:
    """Write a simulated recording of a 6205 with a damaged outer race."""
    scenario = RollingScenario(
        find_bearing("6205"), fault="outer_race", speed_hz=SPEED_HZ, duration_s=seconds, sampling_rate_hz=RATE_HZ,
        impact_snr_db=2.0,
    )  # fmt: skip
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    path = folder / name
    np.save(path, recording.samples[0].astype(np.float32))
    return path


KNOWN = {"sampling_rate_hz": RATE_HZ, "unit": "g", "speed_hz": SPEED_HZ, "bearing": "6205"}

Answer = Callable[..., Any]
