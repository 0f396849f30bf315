"""The acquisition audit of a stored dataset, and its findings beside it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from palier.core.recording import Recording
from palier.data.audit.audit import SetAudit, audit_set
from palier.data.audit.document import audit_json
from palier.data.files import write_whole
from palier.data.store import Dataset

__all__ = ["audit_dataset", "write_audit"]


def audit_dataset(dataset: Dataset, *, on_progress: Callable[[int, int], None] | None = None) -> SetAudit:
    """Audit every recording of a dataset, and the recordings and classes against each other; store the findings.

    Parameters
    ----------
    dataset : Dataset
        Its ``audit.json`` is written anew.
    on_progress : callable, optional
        Called with the records audited and their total.

    Returns
    -------
    SetAudit
        Sources are the records' names.

    Raises
    ------
    DatasetError
        If a shard is damaged.
    OutputError
        If the findings cannot be written.
    """
    labels = {
        name: label
        for name, label in zip(dataset.index.column("record_id"), dataset.index.column("label"), strict=True)
        if label is not None
    }

    def recordings() -> Iterator[Recording]:
        for i, name in enumerate(dataset.index.column("record_id")):
            recording = dataset.recording(i)
            yield replace(recording, provenance=replace(recording.provenance, source=str(name)))
            if on_progress is not None:
                on_progress(i + 1, len(dataset))

    audit = audit_set(recordings(), labels=labels or None)
    write_audit(dataset.path, audit)
    return audit


def write_audit(folder: Path, audit: SetAudit) -> None:
    """Write ``audit.json``; what an import said there stays.

    Parameters
    ----------
    folder : Path
        A dataset's directory, or the tree that becomes one.
    audit : SetAudit
    """
    path = folder / "audit.json"
    kept = {}
    if path.is_file():
        try:
            old = json.loads(path.read_text(encoding="utf-8"))
            kept = {"imports": old["imports"]} if isinstance(old, dict) and "imports" in old else {}
        except ValueError:
            kept = {}
    document = {**json.loads(audit_json(audit)), **kept}
    write_whole(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
