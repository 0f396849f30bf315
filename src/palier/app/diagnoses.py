"""Diagnoses: asked for, made by a job, shown, and judged by the analyst."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Diagnosis
from palier.app.identity import new_id
from palier.app.ports import Clock, CurveReader, FileStore, Hints, Store, Tables
from palier.app.roles import Actor, Permission
from palier.app.specs import DiagnosisSpec, OpinionSpec
from palier.app.submission import plain_json, submit
from palier.app.views import CurveView, DiagnosisView, MatrixView
from palier.core.faults import fault
from palier.errors import ConflictError, NotFoundError, ParameterError

__all__ = ["DiagnosisService"]

_CURVES = ("spectrum", "envelope_spectrum", "envelope_background")


@dataclass(frozen=True, slots=True)
class DiagnosisService:
    """What is wrong with a machine, as a recording tells."""

    store: Store
    files: FileStore
    curves: CurveReader
    hints: Hints
    now: Clock

    def create(self, actor: Actor, recording_id: str, spec: DiagnosisSpec) -> DiagnosisView:
        """Ask for a diagnosis; a job makes it. The recording may still be waiting to be read.

        Raises NotFoundError for a recording, model or baseline that is not in the workspace, ConflictError for a
        recording that cannot be read, ParameterError or BearingError for a value that cannot be.
        """
        actor.require(Permission.DIAGNOSE)
        spec = _checked(spec)
        now = self.now()
        with self.store.writing() as t:
            here: dict[str, Any] = {"workspace_id": actor.workspace_id, "deleted_at": None}
            recording = t.recordings.get(recording_id, **here)
            if recording.state == "unreadable":
                raise ConflictError(f"{recording.file_name} cannot be read: {recording.problem}")
            if spec.model_id is not None:
                t.models.get(spec.model_id, **here)
            if spec.baseline_recording_id is not None:
                t.recordings.get(spec.baseline_recording_id, **here)
            diagnosis_id = new_id(now)
            job = submit(
                t, self.hints, actor, "diagnose", {"diagnosis_id": diagnosis_id}, now=now, title=recording.file_name,
                priority=5,
            )  # fmt: skip
            diagnosis = Diagnosis(
                id=diagnosis_id,
                workspace_id=actor.workspace_id,
                recording_id=recording.id,
                created_by=actor.user_id,
                created_at=now,
                settings_json=plain_json(spec),
                job_id=job.id,
                model_id=spec.model_id,
            )
            t.diagnoses.add(diagnosis)
            return _view(t, diagnosis)

    def get(self, actor: Actor, id: str) -> DiagnosisView:  # noqa: A002
        """Return one diagnosis, finished or not."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return _view(t, t.diagnoses.get(id, workspace_id=actor.workspace_id, deleted_at=None))

    def page(
        self,
        actor: Actor,
        *,
        after: str | None = None,
        limit: int = 50,
        recording_id: str | None = None,
        machine_id: str | None = None,
    ) -> list[DiagnosisView]:
        """Return diagnoses without their long results, newest first."""
        actor.require(Permission.READ)
        criteria: dict[str, Any] = {"workspace_id": actor.workspace_id, "deleted_at": None}
        one_of = None
        with self.store.reading() as t:
            if recording_id is not None:
                criteria["recording_id"] = recording_id
            if machine_id is not None:
                t.machines.get(machine_id, workspace_id=actor.workspace_id)
                points = [p.id for p in t.points.all(machine_id=machine_id)]
                one_of = {"recording_id": [r.id for r in t.recordings.all(one_of={"point_id": points})]}
            found = t.diagnoses.all(
                newest_first=True, after=after, limit=checks.limit_of(limit), one_of=one_of,
                leave_out=("result_json",), **criteria,
            )  # fmt: skip
            return [_view(t, d) for d in found]

    def results(self, actor: Actor, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the long results of finished diagnoses by id; what is not in the workspace is left out."""
        actor.require(Permission.READ)
        if not ids:
            return {}
        with self.store.reading() as t:
            found = t.diagnoses.all(
                workspace_id=actor.workspace_id,
                deleted_at=None,
                one_of={"id": list(ids)},
                limit=checks.limit_of(len(ids)),
            )
            return {d.id: d.result_json for d in found if d.result_json is not None}

    def curve(
        self,
        actor: Actor,
        id: str,  # noqa: A002
        name: str,
        *,
        first: float | None = None,
        last: float | None = None,
        points: int = 2000,
    ) -> CurveView:
        """Return a part of a curve, fit to draw; no line is lost where points are left out."""
        actor.require(Permission.READ)
        checks.choice(name, "the curve", _CURVES)
        if not 16 <= points <= 20_000:
            raise ParameterError(f"{points} points; allowed are 16 to 20,000")
        for bound in (first, last):
            if bound is not None and not isfinite(bound):
                raise ParameterError(f"a bound of {bound}; allowed are finite numbers")
        folder = self._artefacts(actor, id)
        x, low, high, exact, x_unit, y_unit = self.curves.curve(folder, name, first=first, last=last, points=points)
        return CurveView(name, x, low, high, exact, x_unit, y_unit)

    def matrix(self, actor: Actor, id: str, name: str = "spectrogram") -> MatrixView:  # noqa: A002
        """Return the spectrogram."""
        actor.require(Permission.READ)
        checks.choice(name, "the picture", ("spectrogram",))
        return MatrixView(name, *self.curves.matrix(self._artefacts(actor, id), name))

    def report(self, actor: Actor, id: str) -> Path:  # noqa: A002
        """Return the HTML report; the audit log notes who took it."""
        path = self._artefacts(actor, id) / "report.html"
        if not path.is_file():
            raise NotFoundError("the report of this diagnosis is gone from the data directory; diagnose again")
        with self.store.writing() as t:
            record(t, actor, "diagnosis.export", "diagnosis", id, now=self.now())
        return path

    def _artefacts(self, actor: Actor, id: str) -> Path:  # noqa: A002
        view = self.get(actor, id)
        if view.diagnosis.artefacts is None:
            state = "no job" if view.job is None else view.job.status.value
            raise ConflictError(f"this diagnosis has no answer yet (its job: {state}); wait for it, or run it again")
        return self.files.resolve(view.diagnosis.artefacts)

    def opine(self, actor: Actor, id: str, spec: OpinionSpec) -> DiagnosisView:  # noqa: A002
        """Record what the analyst says of a diagnosis."""
        actor.require(Permission.DIAGNOSE)
        checks.choice(spec.opinion, "the opinion", ("right", "wrong", "unsure"))
        if spec.fault is not None:
            fault(spec.fault)
        note = checks.line(spec.note.replace("\r", "").replace("\n", " "), "the note", most=2000)
        now = self.now()
        with self.store.writing() as t:
            old = t.diagnoses.get(id, workspace_id=actor.workspace_id, deleted_at=None)
            if old.finished_at is None:
                raise ConflictError("this diagnosis has no answer yet; wait for its job")
            new = replace(
                old, opinion=spec.opinion, opinion_fault=spec.fault, opinion_note=note, opinion_by=actor.user_id,
                opinion_at=now,
            )  # fmt: skip
            t.diagnoses.put(new)
            record(t, actor, "diagnosis.opinion", "diagnosis", id, now=now, opinion=spec.opinion, fault=spec.fault)
            return _view(t, new)

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a diagnosis."""
        self._mark(actor, id, removed=True)

    def restore(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a diagnosis back, for 30 days."""
        self._mark(actor, id, removed=False)

    def _mark(self, actor: Actor, id: str, *, removed: bool) -> None:  # noqa: A002
        actor.require(Permission.DIAGNOSE)
        now = self.now()
        with self.store.writing() as t:
            old = t.diagnoses.get(id, workspace_id=actor.workspace_id)
            t.diagnoses.put(replace(old, deleted_at=now if removed else None))
            record(t, actor, "diagnosis.delete" if removed else "diagnosis.restore", "diagnosis", id, now=now)


def _view(t: Tables, diagnosis: Diagnosis) -> DiagnosisView:
    recording = t.recordings.get(diagnosis.recording_id)
    point = None if recording.point_id is None else t.points.get(recording.point_id)
    return DiagnosisView(
        diagnosis=diagnosis,
        recording=recording,
        job=None if diagnosis.job_id is None else t.jobs.find(id=diagnosis.job_id),
        point=point,
        machine=None if point is None else t.machines.get(point.machine_id),
    )


def _checked(s: DiagnosisSpec) -> DiagnosisSpec:
    checks.choice(s.machine_group, "the machine group", ("1", "2"))
    checks.choice(s.support, "the support", ("rigid", "flexible"))
    if s.speed_range_hz is not None:
        low, high = (checks.positive(v, "the speed range in Hz", most=16_667.0) for v in s.speed_range_hz)
        if low is None or high is None or low >= high:
            raise ParameterError(f"the speed range is {s.speed_range_hz}; allowed is a lower and a higher speed")
    return replace(
        s,
        channel=None if not s.channel else checks.line(s.channel, "the channel"),
        bearing=checks.bearing_text(s.bearing),
        sampling_rate_hz=checks.positive(s.sampling_rate_hz, "the sampling rate in Hz", most=1e9),
        speed_hz=checks.positive(s.speed_hz, "the speed in Hz", most=16_667.0),
        unit=checks.unit_name(s.unit),
        speed_tolerance=checks.share(s.speed_tolerance, "the speed tolerance", least=0.0, most=0.2),
        false_alarm_rate=checks.share(s.false_alarm_rate, "the false-alarm rate", least=1e-6, most=0.5),
    )
