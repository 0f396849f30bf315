"""Datasets as rows: what is stored of a folder, and how it enters the database."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from palier.app.entities import Dataset, Job
from palier.app.ports import Tables
from palier.errors import ConflictError, NotFoundError
from palier.jobs.context import JobContext

if TYPE_CHECKING:
    from palier.data.audit import SetAudit
    from palier.data.store import Dataset as Folder

__all__ = [
    "dataset_of",
    "dataset_row",
    "log_findings",
    "made_before",
    "open_stored",
    "publish_dataset",
    "publish_summary",
    "refuse_taken_name",
    "summary_of",
    "with_split",
]

#: Findings that a row keeps, gravest first; all are in the folder.
_MOST_FINDINGS = 200


def dataset_of(tables: Tables, dataset_id: str, job: Job) -> Dataset:
    """Return a dataset of the job's workspace that was not removed, or raise NotFoundError."""
    row = tables.datasets.get(dataset_id, workspace_id=job.workspace_id)
    if row.deleted_at is not None:
        raise NotFoundError(f"the dataset {row.name} was removed; choose another")
    return row


def open_stored(context: JobContext, row: Dataset) -> "Folder":
    """Open the folder of a dataset."""
    from palier.data.store import open_dataset

    return open_dataset(context.ports.files.resolve(row.folder))


def made_before(tables: Tables, job: Job) -> Dataset | None:
    """Return the dataset that an earlier attempt at a job has published already."""
    return tables.datasets.find(id=job.id)


def refuse_taken_name(tables: Tables, workspace_id: str | None, name: str) -> None:
    """Raise ConflictError where there is a dataset of that name."""
    if tables.datasets.find(workspace_id=workspace_id, name=name, deleted_at=None) is not None:
        raise ConflictError(f"there is a dataset {name!r} already; choose another name, or remove that one")


def log_findings(context: JobContext, audit: "SetAudit") -> None:
    """Log what an audit found, one line for each kind of warning and fatal finding."""
    counts = Counter((f.severity, f.key) for f in audit.findings if f.severity != "info")
    for (severity, key), n in counts.items():
        first = next(f for f in audit.findings if (f.severity, f.key) == (severity, key))
        more = f" ({n - 1} more of this kind)" if n > 1 else ""
        context.log(f"{key}: {first.text}{more}", level="warning" if severity == "warning" else "error")


def with_split(
    context: JobContext, dataset: "Folder", *, level: str | None, seed: int, advance: Callable[[int, int], None]
) -> str:
    """Store a split of training, validation and test on a level, once it is proved that it does not leak.

    The same level and seed give the same split, which is then there already.

    Parameters
    ----------
    level : str or None
        What must not straddle; None: the highest level that the records name.

    Returns
    -------
    str
        Its name, ``<level>-<seed>``.

    Raises
    ------
    LeakError
        If the level lets a higher one straddle, or recordings on two sides hold the same signal.
    ParameterError
        If a class has too few groups.
    """
    from palier.data.leaks import check_split, refuse_copies
    from palier.data.split import SplitRequest, make_split
    from palier.errors import LeakError

    split = make_split(dataset.index, SplitRequest("split", level=level, seed=seed))  # type: ignore[arg-type]  # it checks
    split = replace(split, name=f"{split.level}-{seed}")
    if split.name in dataset.splits():
        return split.name
    refuse_copies(dataset.index, split)
    fatal = [f for f in check_split(dataset, split, on_done=advance) if f.severity == "fatal"]
    if fatal:
        raise LeakError(f"{fatal[0].text} ({len(fatal)} such in all). {fatal[0].remedy}")
    context.check()
    dataset.add_split(split, overwrite="replace")  # of the same content, should another job have been as quick
    return split.name


def dataset_row(context: JobContext, folder: "Folder", name: str) -> Dataset:
    """Return the row of a folder that this job has made."""
    from palier.data.schema import card_to_json

    job, card = context.job, folder.card
    plain = json.loads(card_to_json(card))
    kinds = {str(k) for k in folder.index.column("kind")}
    return Dataset(
        id=job.id,
        workspace_id=job.workspace_id or "",
        name=name,
        folder=context.ports.files.relative(folder.path),
        content_hash=card.content_hash,
        n_records=card.n_records,
        size_bytes=card.n_bytes,
        simulated=card.n_simulated > 0,
        kind=kinds.pop() if len(kinds) == 1 else "mixed",
        created_by=job.created_by,
        created_at=context.ports.now(),
        card_json={key: value for key, value in plain.items() if key not in {"shards", "index", "truth"}},
        summary_json=summary_of(folder),
        job_id=job.id,
    )


def publish_dataset(tables: Tables, row: Dataset) -> None:
    """Add a dataset; one that this job has added before stays."""
    if tables.datasets.find(id=row.id) is None:
        refuse_taken_name(tables, row.workspace_id, row.name)
        tables.datasets.add(row)


def summary_of(folder: "Folder") -> dict[str, Any]:
    """Return what the page of a dataset shows; of its files only index, card and findings are read."""
    from palier.data.stored_audit import stored_findings
    from palier.data.summary import dataset_summary

    found = dataset_summary(folder)
    findings = stored_findings(folder.path)
    order = {"fatal": 0, "warning": 1, "info": 2}
    shown = sorted(findings or (), key=lambda f: order.get(str(f.get("severity")), 3))
    return {
        "classes": {label: {k: n for k, n in row.items() if n} for label, row in found.table.items()},
        "severities": [k for k in next(iter(found.table.values()), {}) if any(r[k] for r in found.table.values())],
        "levels": [asdict(level) for level in found.levels],
        "quantities": [asdict(spread) for spread in found.spreads],
        "units": dict(found.units),
        "n_files": found.n_files,
        "n_findings": None if found.n_findings is None else dict(found.n_findings),
        "findings": None
        if findings is None
        else [{k: f.get(k) for k in ("key", "severity", "source", "text", "remedy")} for f in shown[:_MOST_FINDINGS]],
        "splits": [_split(folder, name) for name in folder.splits()],
    }


def _split(folder: "Folder", name: str) -> dict[str, Any]:
    """Return a split with the records of each class on each side of its first fold."""
    entry, split = folder.card.splits[name], folder.split(name)
    labels = folder.index.column("label")
    sides = ("train", "validation", "test")
    counts = {side: Counter(str(labels[r]) for r in getattr(split.folds[0], side)) for side in sides}
    classes = [label for label in folder.card.classes if any(c[label] for c in counts.values())]
    return {
        "name": name,
        "level": entry.level,
        "kind": entry.kind,
        "seed": entry.seed,
        "leaky": entry.leaky,
        "text": entry.text,
        "folds": list(entry.folds),
        "sides": {label: {side: counts[side][label] for side in sides} for label in classes},
    }


def publish_summary(tables: Tables, dataset_id: str, summary: dict[str, Any]) -> None:
    """Write a summary onto a dataset that is still there."""
    now = tables.datasets.find(id=dataset_id)
    if now is not None and now.summary_json != summary:
        tables.datasets.put(replace(now, summary_json=summary))
