"""Make a dataset of uploaded recordings."""

from collections import Counter
from typing import TYPE_CHECKING

from pydantic import Field

from palier.app.entities import Dataset, Machine, Point, Recording
from palier.app.ports import Tables
from palier.errors import ConflictError, LeakError, ParameterError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import (
    dataset_row,
    log_findings,
    made_before,
    publish_dataset,
    refuse_taken_name,
    with_split,
)
from palier.jobs.shares import part
from palier.jobs.stored_file import plain_name

if TYPE_CHECKING:
    from palier.data.pack_source import PackSource

__all__ = ["Arguments", "Result", "run"]

_FACTS = frozenset({"fault", "severity", "bearing", "rig"})


class Arguments(JobModel):
    """See `palier.app.specs.ImportSpec`."""

    name: str
    recording_ids: tuple[str, ...]
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)


class Result(JobModel):
    """What was made."""

    dataset_id: str
    n_records: int
    content_hash: str


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Put the judged channel of each recording into a dataset, audit it, and split it where that can be.

    Where no bearing and rig are stated, those of the measurement point are: its own name, and its machine's.

    Raises
    ------
    ParameterError
        If a label is no class of the taxonomy, or the classes are of two kinds of bearings.
    ConflictError
        If the name is taken, or a recording was not read yet or cannot be read.
    NotFoundError
        If a recording is not there.
    """
    from palier.data.build import build_dataset
    from palier.data.stored_audit import audit_dataset

    with context.ports.store.reading() as tables:
        before = made_before(tables, context.job)
        if before is not None:
            return Outcome(_result(before))
        refuse_taken_name(tables, context.job.workspace_id, arguments.name)
        rows = [_ready(tables, i, context.job.workspace_id) for i in dict.fromkeys(arguments.recording_ids)]
        places = [_place(tables, row) for row in rows]
    source = _source(context, arguments, rows, places)
    context.progress(0, 1, "importing")
    made = build_dataset(
        source,
        context.folder / "dataset",
        name=arguments.name,
        on_progress=part(context, 0.0, 0.6, "importing"),
    )
    log_findings(context, audit_dataset(made, on_progress=part(context, 0.6, 0.9, "auditing")))
    try:
        with_split(context, made, level=None, seed=0, advance=part(context, 0.9, 1.0, "looking for leaks"))
    except (LeakError, ParameterError) as error:  # too few recordings, or copies; training will say so again
        context.log(f"no split was made: {error}", level="warning")
    context.progress(1, 1)
    row = dataset_row(context, made, arguments.name)
    return Outcome(_result(row), lambda tables: publish_dataset(tables, row))


def _ready(tables: Tables, recording_id: str, workspace_id: str | None) -> Recording:
    row = tables.recordings.get(recording_id, workspace_id=workspace_id)
    if row.deleted_at is not None or row.state != "ready" or row.pack is None:
        why = "was removed" if row.deleted_at else row.problem or "is not read yet; wait for that"
        raise ConflictError(f"{row.file_name} {why}; leave it out, or remedy that first")
    return row


def _place(tables: Tables, row: Recording) -> tuple[Point, Machine] | None:
    if row.point_id is None:
        return None
    point = tables.points.get(row.point_id)
    return point, tables.machines.get(point.machine_id)


def _source(
    context: JobContext, arguments: Arguments, rows: list[Recording], places: list[tuple[Point, Machine] | None]
) -> "PackSource":
    from palier.data.label_names import severity_level
    from palier.data.pack_source import PackEntry, PackSource, kind_of

    if not rows:
        raise ParameterError("no recordings to import; choose at least one")
    stated = {row.id: _checked(row, arguments.labels.get(row.id, {})) for row in rows}
    kind = kind_of([told["fault"] for told in stated.values() if told.get("fault")])
    if kind is None:
        kinds = Counter(place[0].kind for place in places if place is not None)
        kind = kinds.most_common(1)[0][0] if kinds else "rolling"
    names = _record_ids(rows)
    entries = []
    for row, place, name in zip(rows, places, names, strict=True):
        told = stated[row.id]
        severity = told.get("severity")
        entries.append(
            PackEntry(
                context.ports.files.resolve(row.pack or ""),
                name,
                label=told.get("fault"),
                severity=None if severity is None else severity_level(severity, mapping={}),
                bearing=told.get("bearing") or (None if place is None else f"{place[1].name} / {place[0].name}"),
                rig=told.get("rig") or (None if place is None else place[1].name),
            )
        )
    return PackSource(tuple(entries), kind, {"recordings": {n: r.sha256 for n, r in zip(names, rows, strict=True)}})


def _checked(row: Recording, told: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(told) - _FACTS)
    if unknown:
        raise ParameterError(
            f"{row.file_name}: {', '.join(unknown)} is stated; allowed are {', '.join(sorted(_FACTS))}"
        )
    return {name: value.strip() for name, value in told.items() if value.strip()}


def _record_ids(rows: list[Recording]) -> list[str]:
    """Name records after their files, with a number where names repeat."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for row in rows:
        stem = plain_name(row.file_name).rsplit(".", 1)[0]
        seen[stem] += 1
        name = stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"
        names.append(name if name not in names else f"{stem}-{row.sha256[:12]}")
    return names


def _result(row: Dataset) -> Result:
    return Result(dataset_id=row.id, n_records=row.n_records, content_hash=row.content_hash)
