"""The acquisition audit of a stored dataset, and its findings beside it."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from palier.core.recording import Recording
from palier.data.audit.audit import SetAudit, audit_set
from palier.data.audit.document import audit_json
from palier.data.files import write_whole
from palier.data.store import Dataset
from palier.errors import AuditRefusedError, ReadError

__all__ = ["audit_dataset", "refuse_fatal", "stored_findings", "write_audit"]


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


def stored_findings(folder: Path) -> list[dict[str, Any]] | None:
    """Return the findings that are stored in a dataset's directory, or None where it was never audited.

    Raises
    ------
    ReadError
        If they cannot be understood.
    """
    path = folder / "audit.json"
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReadError(f"{path}: no JSON ({error}); audit the dataset again (palier dataset audit)") from error
    findings: list[dict[str, Any]] = document.get("findings", [])
    return findings


def refuse_fatal(folder: Path, *, name: str, despite: Collection[str], advice: str) -> tuple[str, ...]:
    """Stop before anything is learnt where the stored audit has fatal findings that nobody accepted by name.

    Parameters
    ----------
    folder : Path
        The dataset's directory.
    name : str
        What the message calls the dataset.
    despite : collection of str
        Keys of the fatal findings that are accepted.
    advice : str
        How to accept them; ``{}`` stands for the keys that were refused, each after ``--despite``.

    Returns
    -------
    tuple of str
        Keys of the fatal findings that were accepted, for the bundle.

    Raises
    ------
    AuditRefusedError
        If a fatal finding was not accepted.
    """
    keys = [str(f["key"]) for f in stored_findings(folder) or () if f.get("severity") == "fatal"]
    fatal = tuple(dict.fromkeys(keys))
    refused = [key for key in fatal if key not in despite]
    if refused:
        raise AuditRefusedError(
            f"{name}: the audit found {', '.join(refused)}, on which nothing should be learnt; "
            + advice.format(" ".join(f"--despite {key}" for key in refused))
        )
    return fatal
