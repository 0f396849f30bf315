"""Simulate a labelled dataset."""

from pathlib import Path
from typing import Any

from palier.app.entities import Dataset
from palier.errors import LeakError, OutputError, ParameterError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import dataset_row, made_before, publish_dataset, refuse_taken_name, with_split
from palier.jobs.shares import part

__all__ = ["Arguments", "Result", "run"]

#: So much of the disk stays free: the database writes there, too.
_RESERVE_BYTES = 512 * 2**20


class Arguments(JobModel):
    """See `palier.app.specs.SimulationSpec`."""

    name: str
    kind: str
    spec: dict[str, Any]


class Result(JobModel):
    """What was made."""

    dataset_id: str
    n_records: int
    content_hash: str


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Simulate the records, and split them by machine where there are enough.

    They are not audited: an audit asks whether recordings are what they are said to be, and these are.

    Raises
    ------
    ParameterError
        Naming a field of the spec that is wrong.
    ConflictError
        If the name is taken.
    OutputError
        If the disk has no room for it.
    """
    from palier.data.build import build_dataset, partial_folder
    from palier.simulate import source_of, spec_from

    with context.ports.store.reading() as tables:
        before = made_before(tables, context.job)
        if before is not None:
            return Outcome(_result(before))
        refuse_taken_name(tables, context.job.workspace_id, arguments.name)
    spec = spec_from({**arguments.spec, "kind": arguments.kind})
    needed, free = len(spec) * spec.n_samples * 4, context.ports.files.free_bytes()
    if needed + _RESERVE_BYTES > free:
        raise OutputError(
            f"{len(spec)} records need {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; make fewer or shorter "
            "records, or make room"
        )
    context.progress(0, 1, "simulating")
    target = context.folder / "dataset"
    if _taken_over(context, partial_folder(target)):
        context.log("going on with what an earlier attempt has finished")
    made = build_dataset(
        source_of(spec),
        target,
        name=arguments.name,
        on_progress=part(context, 0.0, 0.9, "simulating"),
        overwrite="replace",  # of an unfinished one that another version of palier has begun
    )
    try:
        with_split(context, made, level=None, seed=0, advance=part(context, 0.9, 1.0, "looking for leaks"))
    except (LeakError, ParameterError) as error:  # too few machines; the data are good all the same
        context.log(f"no split was made: {error}", level="warning")
    context.progress(1, 1)
    row = dataset_row(context, made, arguments.name)
    return Outcome(_result(row), lambda tables: publish_dataset(tables, row))


def _taken_over(context: JobContext, partial: Path) -> bool:
    """Take over what an attempt that was killed has left unfinished; not from one that still writes to it.

    Finished shards bear checksums: what is damaged is made again.
    """
    from palier.data.locking import LockedError, locked

    attempts = context.folder.parent
    left = sorted((p for p in attempts.glob(f"*/{partial.name}") if p.parent != context.folder), key=_age)
    for folder in reversed(left):
        try:
            with locked(folder / "lock"):
                folder.rename(partial)
        except (LockedError, OSError):  # still alive, or gone
            continue
        return True
    return False


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _result(row: Dataset) -> Result:
    return Result(dataset_id=row.id, n_records=row.n_records, content_hash=row.content_hash)
