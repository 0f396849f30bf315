"""Datasets: simulated, imported, audited, exported and looked at."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Dataset, Job, JobStatus
from palier.app.ports import Clock, FileStore, Hints, Science, Store, Tables
from palier.app.roles import Actor, Permission
from palier.app.specs import ExportSpec, ImportSpec, SimulationSpec
from palier.app.submission import plain_json, submit
from palier.app.views import WaveformView
from palier.core.faults import fault
from palier.errors import ConflictError, NotFoundError, ParameterError

__all__ = ["DatasetService"]

#: Bytes left free on the disk when a dataset is simulated.
_RESERVE_BYTES = 512 * 1024**2


@dataclass(frozen=True, slots=True)
class DatasetService:
    """Labelled recordings to learn from and to judge with."""

    store: Store
    files: FileStore
    science: Science
    hints: Hints
    now: Clock

    def all(self, actor: Actor) -> list[Dataset]:
        """Return the datasets that are not removed, newest first."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return t.datasets.all(workspace_id=actor.workspace_id, deleted_at=None, newest_first=True)

    def get(self, actor: Actor, id: str) -> Dataset:  # noqa: A002
        """Return one dataset."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return _there(t, actor, id)

    def choices(self, actor: Actor) -> dict[str, Any]:
        """Return what can be chosen: kinds with their defaults, layers of the acquisition chain, formats of exports."""
        actor.require(Permission.READ)
        return self.science.choices()

    def estimate(self, actor: Actor, spec: SimulationSpec) -> dict[str, float]:
        """Return how many records, bytes and seconds a simulation makes, measured on a few records."""
        actor.require(Permission.MANAGE_DATASETS)
        return self.science.estimate(self.science.simulation(spec.kind, spec.spec))

    def simulate(self, actor: Actor, spec: SimulationSpec) -> Job:
        """Queue a simulation; raises ParameterError for a spec that cannot be, ConflictError for a taken name."""
        actor.require(Permission.MANAGE_DATASETS)
        name = checks.line(spec.name, "the name", least=1, most=100)
        fields = self.science.simulation(spec.kind, spec.spec)
        size = _size_bytes(fields)
        if size > (free := self.files.free_bytes() - _RESERVE_BYTES):
            raise ParameterError(
                f"this dataset needs {size / 1e9:.1f} GB and {max(free, 0) / 1e9:.1f} GB can be used; "
                "ask for fewer or shorter records"
            )
        return self._submit(actor, "simulate_dataset", {"name": name, "kind": spec.kind, "spec": fields}, name)

    def import_(self, actor: Actor, spec: ImportSpec) -> Job:
        """Queue the import of uploaded recordings as a dataset."""
        actor.require(Permission.MANAGE_DATASETS)
        name = checks.line(spec.name, "the name", least=1, most=100)
        if not spec.recording_ids:
            raise ParameterError("no recordings were chosen; choose at least one")
        if unknown := sorted(set(spec.labels) - set(spec.recording_ids)):
            raise ParameterError(f"labels for recordings that are not imported: {', '.join(unknown[:3])}")
        for labels in spec.labels.values():
            if "fault" in labels:
                fault(labels["fault"])
        with self.store.reading() as t:
            for id in spec.recording_ids:  # noqa: A001
                row = t.recordings.get(id, workspace_id=actor.workspace_id, deleted_at=None)
                if row.state != "ready":
                    raise ConflictError(f"{row.file_name} is {row.state}; choose recordings that could be read")
        return self._submit(actor, "import_dataset", plain_json(replace(spec, name=name)), name)

    def audit(self, actor: Actor, id: str) -> Job:  # noqa: A002
        """Queue the audit of a dataset."""
        actor.require(Permission.MANAGE_DATASETS)
        return self._submit(actor, "audit", {"dataset_id": id}, self.get(actor, id).name)

    def export(self, actor: Actor, spec: ExportSpec) -> Job:
        """Queue the export of a dataset."""
        actor.require(Permission.MANAGE_DATASETS)
        return self._submit(actor, "export_dataset", plain_json(spec), self.get(actor, spec.dataset_id).name)

    def exported(self, actor: Actor, job_id: str) -> Path:
        """Return the file that an export made; the audit log notes who took it."""
        actor.require(Permission.MANAGE_DATASETS)
        with self.store.writing() as t:
            job = t.jobs.get(job_id, workspace_id=actor.workspace_id)
            if job.kind != "export_dataset":
                raise NotFoundError(f"no export {job_id!r} here")
            if job.status is not JobStatus.DONE or job.result_json is None:
                raise ConflictError(f"this export is {job.status.value}; wait for it, or run it again")
            path = self.files.resolve(job.result_json["file"])
            if not path.is_file():
                raise NotFoundError("the file of this export has expired; export again")
            record(t, actor, "dataset.export", "dataset", job.args_json["dataset_id"], now=self.now())
        return path

    def record(self, actor: Actor, id: str, row: int, *, points: int = 2000) -> tuple[dict[str, Any], WaveformView]:  # noqa: A002
        """Return the labels and the waveform of a record; its cost does not depend on the dataset's size."""
        dataset = self.get(actor, id)
        if not 0 <= row < dataset.n_records:
            raise NotFoundError(f"no record {row} in {dataset.name}; there are 0 to {dataset.n_records - 1}")
        if not 16 <= points <= 20_000:
            raise ParameterError(f"{points} points; allowed are 16 to 20,000")
        facts, time_s, low, high, rate_hz = self.science.dataset_record(
            self.files.resolve(dataset.folder), row, points=points
        )
        n = int(facts["n_samples"])
        duration_s = None if rate_hz is None else n / rate_hz
        view = WaveformView(
            time_s, low, high, len(time_s) >= n, rate_hz, facts.get("unit"), duration_s, n, str(facts["channel"])
        )
        return facts, view

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a dataset; `restore` brings it back for 30 days."""
        self._mark(actor, id, removed=True)

    def restore(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a dataset back."""
        self._mark(actor, id, removed=False)

    def _mark(self, actor: Actor, id: str, *, removed: bool) -> None:  # noqa: A002
        actor.require(Permission.MANAGE_DATASETS)
        now = self.now()
        with self.store.writing() as t:
            old = t.datasets.get(id, workspace_id=actor.workspace_id)
            t.datasets.put(replace(old, deleted_at=now if removed else None))
            record(t, actor, "dataset.delete" if removed else "dataset.restore", "dataset", id, now=now, name=old.name)

    def _submit(self, actor: Actor, kind: str, args: dict[str, Any], name: str) -> Job:
        now = self.now()
        with self.store.writing() as t:
            if kind in {"simulate_dataset", "import_dataset"}:
                _require_free_name(t, actor, name)
            job = submit(t, self.hints, actor, kind, args, now=now, title=name)
            record(t, actor, f"dataset.{kind.removesuffix('_dataset')}", "job", job.id, now=now, name=name)
        return job


def _there(t: Tables, actor: Actor, id: str) -> Dataset:  # noqa: A002
    return t.datasets.get(id, workspace_id=actor.workspace_id, deleted_at=None)


def _require_free_name(t: Tables, actor: Actor, name: str) -> None:
    if t.datasets.find(workspace_id=actor.workspace_id, name=name, deleted_at=None) is not None:
        raise ConflictError(f"there is a dataset {name!r} already; choose another name")


def _size_bytes(fields: dict[str, Any]) -> float:
    """Return at least how much room a simulation takes."""
    n_classes = max(len(fields.get("faults") or ()), 1)
    samples = float(fields["sampling_rate_hz"]) * float(fields["duration_s"])
    return 4 * samples * float(fields["records_per_class"]) * n_classes
