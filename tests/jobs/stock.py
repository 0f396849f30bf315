"""An installation with something of every kind in it, made once and copied for each test."""

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from tests.jobs.workplace import Workplace, make_workplace, open_workplace

from palier.app import entities as e
from palier.app.identity import new_id

SPEC = {
    "records_per_class": 9, "duration_s": 0.5, "sampling_rate_hz": 8192.0, "speed_hz": 30.0, "seed": 5,
    "faults": ["healthy", "imbalance"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stock:
    """Ids of what is there."""

    root: Path
    machine: str
    point: str
    waiting: str
    """A recording that was not read yet."""
    recordings: tuple[str, ...]
    """Of rolling bearings, read: half of them damaged."""
    diagnosis: str
    dataset: str
    model: str
    message: str

    def copied(self, root: Path) -> Workplace:
        """Return an installation of its own."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return open_workplace(root)


def rolling_file(folder: Path, name: str, *, fault: str, seed: int, duration_s: float = 2.0) -> Path:
    """Write a simulated recording of a bearing 6205 that states everything but what it is."""
    from palier.core.catalogue import find_bearing
    from palier.simulate import RollingScenario, simulate_rolling

    scenario = RollingScenario(
        bearing=find_bearing("6205"), fault=fault, speed_hz=30.0, duration_s=duration_s, sampling_rate_hz=12_000.0,
        impact_snr_db=0.0,
    )  # fmt: skip
    made, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    path = folder / name
    np.savez(path, acc=made.samples[0], fs=12_000.0, unit="g", speed_hz=30.0, bearing="6205")
    return path


def make_stock(root: Path, incoming: Path) -> Stock:
    """Make the installation; jobs do the work."""
    w = make_workplace(root, age=timedelta(days=40))
    now = w.now()
    pump = e.Machine(new_id(now), w.workspace.id, "Pump 1", now, machine_group="2", support="rigid")
    end = e.Point(new_id(now), w.workspace.id, pump.id, "DE", now, bearing="6205", nominal_speed_hz=30.0, unit="g")
    machine, point = w.add("machines", pump), w.add("points", end)
    kinds = ("healthy", "outer_race")
    files = [(f"{fault}-{i}.npz", fault, 10 * i + k) for i in range(3) for k, fault in enumerate(kinds)]
    rows = [
        w.upload(rolling_file(incoming, name, fault=fault, seed=seed, duration_s=1.0), point_id=point.id)
        for name, fault, seed in files
    ]
    w.run("import_recordings", {"recording_ids": [r.id for r in rows]})
    waiting = w.upload(rolling_file(incoming, "new.npz", fault="outer_race", seed=9), point_id=point.id)
    diagnosis = w.ask(rows[1])
    dataset = w.run("simulate_dataset", {"name": "stock", "kind": "journal", "spec": SPEC})
    model = w.run(
        "train_classical",
        {"name": "stock", "dataset_id": dataset.dataset_id, "model": "logistic_log_spectrum", "by": "bearing"},
    )
    now = w.now()
    message = w.add(
        "outbox",
        e.OutboxMessage(
            new_id(now), w.workspace.id, "mail", "ada@example.org", "password_reset",
            {"link": "https://example.org/reset/1", "name": "Ada", "expires_at": "2026-11-24 08:00 UTC"}, now,
        ),
    )  # fmt: skip
    session = e.Session("5" * 64, w.user.id, w.workspace.id, now, now, now - timedelta(hours=1), now, "full", "", "")
    w.add("sessions", session)
    w.add("sessions", replace(session, id="6" * 64, expires_at=now + timedelta(days=400)))
    w.store.close()
    return Stock(
        root, machine.id, point.id, waiting.id, tuple(r.id for r in rows), diagnosis.id, dataset.dataset_id,
        model.model_id, message.id,
    )  # fmt: skip
