"""Machines and their measurement points."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Diagnosis, JobStatus, Machine, Point, Recording
from palier.app.identity import new_id
from palier.app.ports import Clock, Store, Tables
from palier.app.roles import Actor, Permission
from palier.app.specs import MachineSpec, PointSpec
from palier.app.views import HistoryEntry, MachineView
from palier.errors import NotFoundError

__all__ = ["MachineService"]

#: Highest speed and rate that can be meant: 10^6 rpm, and what oscilloscopes sample.
_MOST_SPEED_HZ, _MOST_RATE_HZ = 16_667.0, 1e9
#: Points of a sparkline.
_TREND = 30


@dataclass(frozen=True, slots=True)
class MachineService:
    """What is watched, and where."""

    store: Store
    now: Clock

    def all(self, actor: Actor) -> tuple[MachineView, ...]:
        """Return every machine that is not removed, by name."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            machines = t.machines.all(workspace_id=actor.workspace_id, deleted_at=None)
            gathered = _Gathered(t, actor.workspace_id)
            return tuple(sorted((gathered.view(m) for m in machines), key=lambda v: v.machine.name.casefold()))

    def get(self, actor: Actor, id: str) -> MachineView:  # noqa: A002
        """Return one machine."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            machine = t.machines.get(id, workspace_id=actor.workspace_id, deleted_at=None)
            return _Gathered(t, actor.workspace_id).view(machine)

    def history(
        self, actor: Actor, machine_id: str, *, point_id: str | None = None, limit: int = 500
    ) -> tuple[HistoryEntry, ...]:
        """Return the latest recordings of a machine or of one of its points with their diagnoses, oldest first."""
        actor.require(Permission.READ)
        checks.limit_of(limit, most=5000)
        with self.store.reading() as t:
            t.machines.get(machine_id, workspace_id=actor.workspace_id)
            points = [p.id for p in t.points.all(machine_id=machine_id, deleted_at=None)]
            if point_id is not None:
                if point_id not in points:
                    raise NotFoundError(f"no measurement point {point_id!r} on this machine")
                points = [point_id]
            recordings = t.recordings.all(
                workspace_id=actor.workspace_id, deleted_at=None, one_of={"point_id": points}, newest_first=True,
                limit=limit,
            )  # fmt: skip
            latest = _latest_diagnoses(t, [r.id for r in recordings])
        recordings.sort(key=_when)
        return tuple(HistoryEntry(r, latest.get(r.id)) for r in recordings)

    def add(self, actor: Actor, spec: MachineSpec) -> Machine:
        """Add a machine; raises ConflictError where the name is taken."""
        actor.require(Permission.MANAGE_MACHINES)
        spec = _checked_machine(spec)
        now = self.now()
        with self.store.writing() as t:
            simulated = t.workspaces.get(actor.workspace_id).simulated
            machine = Machine(
                id=new_id(now),
                workspace_id=actor.workspace_id,
                name=spec.name,
                created_at=now,
                description=spec.description,
                location=spec.location,
                machine_group=spec.machine_group,
                support=spec.support,
                simulated=simulated,
            )
            t.machines.add(machine)
            record(t, actor, "machine.add", "machine", machine.id, now=now, name=machine.name)
        return machine

    def change(self, actor: Actor, id: str, spec: MachineSpec, *, version: int) -> Machine:  # noqa: A002
        """Change a machine that was read as `version`; raises ConflictError where it has changed since."""
        actor.require(Permission.MANAGE_MACHINES)
        spec = _checked_machine(spec)
        with self.store.writing() as t:
            machine = replace(
                t.machines.get(id, workspace_id=actor.workspace_id, deleted_at=None),
                name=spec.name,
                description=spec.description,
                location=spec.location,
                machine_group=spec.machine_group,
                support=spec.support,
                version=version + 1,
            )
            t.machines.put(machine)
            record(t, actor, "machine.change", "machine", id, now=self.now(), name=machine.name)
        return machine

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a machine; `restore` brings it back for 30 days. Its recordings stay."""
        self._mark(actor, id, "machine.remove", lambda now: now)

    def restore(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a machine back; raises ConflictError where its name is taken meanwhile."""
        self._mark(actor, id, "machine.restore", lambda _now: None)

    def _mark(self, actor: Actor, id: str, action: str, mark: Callable[[datetime], datetime | None]) -> None:  # noqa: A002
        actor.require(Permission.MANAGE_MACHINES)
        now = self.now()
        with self.store.writing() as t:
            machine = t.machines.get(id, workspace_id=actor.workspace_id)
            t.machines.put(replace(machine, deleted_at=mark(now), version=machine.version + 1))
            record(t, actor, action, "machine", id, now=now, name=machine.name)

    # ------------------------------------------------------------------ points

    def places(self, actor: Actor) -> tuple[tuple[Machine, Point], ...]:
        """Return every measurement point with its machine, by name; quicker than `all`, which gathers their states."""
        actor.require(Permission.READ)
        here: dict[str, Any] = {"workspace_id": actor.workspace_id, "deleted_at": None}
        with self.store.reading() as t:
            machines = {m.id: m for m in t.machines.all(**here)}
            points = [p for p in t.points.all(**here) if p.machine_id in machines]
        found = [(machines[p.machine_id], p) for p in points]
        return tuple(sorted(found, key=lambda mp: (mp[0].name.casefold(), mp[1].name.casefold())))

    def get_point(self, actor: Actor, id: str) -> Point:  # noqa: A002
        """Return a measurement point."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return t.points.get(id, workspace_id=actor.workspace_id, deleted_at=None)

    def add_point(self, actor: Actor, machine_id: str, spec: PointSpec) -> Point:
        """Add a measurement point; raises ConflictError where the name is taken on this machine."""
        actor.require(Permission.MANAGE_MACHINES)
        spec = _checked_point(spec)
        now = self.now()
        with self.store.writing() as t:
            t.machines.get(machine_id, workspace_id=actor.workspace_id, deleted_at=None)
            point = _point(spec, Point(new_id(now), actor.workspace_id, machine_id, spec.name, now))
            t.points.add(point)
            record(t, actor, "point.add", "point", point.id, now=now, name=point.name, machine=machine_id)
        return point

    def change_point(self, actor: Actor, id: str, spec: PointSpec, *, version: int) -> Point:  # noqa: A002
        """Change a point that was read as `version`."""
        actor.require(Permission.MANAGE_MACHINES)
        spec = _checked_point(spec)
        with self.store.writing() as t:
            old = t.points.get(id, workspace_id=actor.workspace_id, deleted_at=None)
            point = replace(_point(spec, old), version=version + 1)
            t.points.put(point)
            record(t, actor, "point.change", "point", id, now=self.now(), name=point.name)
        return point

    def remove_point(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a point; `restore_point` brings it back for 30 days. Its recordings stay."""
        self._mark_point(actor, id, "point.remove", lambda now: now)

    def restore_point(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a point back."""
        self._mark_point(actor, id, "point.restore", lambda _now: None)

    def _mark_point(
        self,
        actor: Actor,
        id: str,  # noqa: A002
        action: str,
        mark: Callable[[datetime], datetime | None],
    ) -> None:
        actor.require(Permission.MANAGE_MACHINES)
        now = self.now()
        with self.store.writing() as t:
            point = t.points.get(id, workspace_id=actor.workspace_id)
            t.points.put(replace(point, deleted_at=mark(now), version=point.version + 1))
            record(t, actor, action, "point", id, now=now, name=point.name)


class _Gathered:
    """What the views of many machines need, read once."""

    def __init__(self, t: Tables, workspace_id: str) -> None:
        here: dict[str, Any] = {"workspace_id": workspace_id, "deleted_at": None}
        self.points: dict[str, list[Point]] = {}
        for point in t.points.all(**here):
            self.points.setdefault(point.machine_id, []).append(point)
        owner = {p.id: m for m, points in self.points.items() for p in points}
        self.recordings: dict[str, list[Recording]] = {}
        for recording in t.recordings.all(leave_out=("declared_json",), **here):
            if recording.point_id in owner:
                self.recordings.setdefault(owner[recording.point_id], []).append(recording)
        self.latest: dict[str, Diagnosis] = {}
        for diagnosis in t.diagnoses.all(leave_out=_HEAVY, **here):
            if diagnosis.finished_at is not None:
                self.latest[diagnosis.recording_id] = diagnosis
        open_jobs = {j.id for j in t.jobs.all(workspace_id=workspace_id, one_of={"status": _OPEN})}
        self.open_recordings = [
            d.recording_id for d in t.diagnoses.all(leave_out=_HEAVY, one_of={"job_id": sorted(open_jobs)}, **here)
        ] if open_jobs else []  # fmt: skip

    def view(self, machine: Machine) -> MachineView:
        recordings = sorted(self.recordings.get(machine.id, []), key=_when)
        judged = [r for r in recordings if r.id in self.latest]
        last_of_point = {r.point_id: self.latest[r.id] for r in judged}
        zones = [d.zone for d in last_of_point.values() if d.zone is not None]
        newest = recordings[-1].point_id if recordings else None
        trend = [
            (_when(r), r.levels_json["rms"])
            for r in recordings
            if r.point_id == newest and r.levels_json is not None and "rms" in r.levels_json
        ]
        return MachineView(
            machine=machine,
            points=tuple(sorted(self.points.get(machine.id, []), key=lambda p: p.name.casefold())),
            recordings=len(recordings),
            latest=self.latest[judged[-1].id] if judged else None,
            latest_at=_when(judged[-1]) if judged else None,
            worst_zone=max(zones, default=None),
            trend=tuple(trend[-_TREND:]),
            open_jobs=sum(r.id in self.open_recordings for r in recordings),
        )


#: Large, and not needed to draw a list.
_HEAVY = ("result_json",)
_OPEN = [JobStatus.QUEUED, JobStatus.RUNNING]


def _latest_diagnoses(t: Tables, recording_ids: list[str]) -> dict[str, Diagnosis]:
    if not recording_ids:
        return {}
    rows = t.diagnoses.all(deleted_at=None, leave_out=_HEAVY, one_of={"recording_id": recording_ids})
    return {d.recording_id: d for d in rows if d.finished_at is not None}


def _when(recording: Recording) -> datetime:
    return recording.taken_at or recording.uploaded_at


def _checked_machine(spec: MachineSpec) -> MachineSpec:
    checks.choice(spec.machine_group, "the machine group", ("1", "2"))
    checks.choice(spec.support, "the support", ("rigid", "flexible"))
    return replace(
        spec,
        name=checks.line(spec.name, "the name", least=1),
        description=checks.line(spec.description.replace("\r", "").replace("\n", " "), "the description", most=2000),
        location=checks.line(spec.location, "the location"),
    )


def _checked_point(spec: PointSpec) -> PointSpec:
    checks.choice(spec.kind, "the kind of bearing", ("rolling", "journal"))
    return replace(
        spec,
        name=checks.line(spec.name, "the name", least=1),
        bearing=checks.bearing_text(spec.bearing) if spec.kind == "rolling" else None,
        nominal_speed_hz=checks.positive(spec.nominal_speed_hz, "the speed in Hz", most=_MOST_SPEED_HZ),
        sampling_rate_hz=checks.positive(spec.sampling_rate_hz, "the sampling rate in Hz", most=_MOST_RATE_HZ),
        unit=checks.unit_name(spec.unit),
        mounting=checks.line(spec.mounting, "the mounting"),
        direction=checks.line(spec.direction, "the direction", most=40),
    )


def _point(spec: PointSpec, old: Point) -> Point:
    return replace(
        old,
        name=spec.name,
        kind=spec.kind,
        bearing=spec.bearing,
        nominal_speed_hz=spec.nominal_speed_hz,
        unit=spec.unit,
        sampling_rate_hz=spec.sampling_rate_hz,
        mounting=spec.mounting,
        direction=spec.direction,
    )
