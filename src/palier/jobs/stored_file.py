"""Read a content-addressed file as the recording that somebody uploaded."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from palier.app.entities import Recording
from palier.jobs.context import JobContext
from palier.jobs.patience import patiently

if TYPE_CHECKING:
    from palier.core import recording as core

__all__ = ["declared_json", "plain_name", "read_stored"]

_LONGEST_NAME = 120


def plain_name(file_name: str) -> str:
    """Return the last part of a name with plain letters only: readers take hints from it, and paths can be made of it.

    Examples
    --------
    >>> plain_name("../../etc/acc_00001.csv"), plain_name("C:\\\\daten\\\\Pumpe 1 (neu).MAT"), plain_name("..")
    ('acc_00001.csv', 'Pumpe_1_neu_.MAT', 'recording')
    """
    last = re.split(r"[/\\]", file_name)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip(".-_")
    if len(plain) > _LONGEST_NAME:
        stem, dot, suffix = plain.rpartition(".")
        plain = stem[: _LONGEST_NAME - len(suffix) - 1] + dot + suffix if len(suffix) < 10 else plain[:_LONGEST_NAME]
    return plain or "recording"


def declared_json(row: Recording) -> dict[str, Any]:
    """Return what people declared of a recording, without what they left open."""
    return {name: value for name, value in (row.declared_json or {}).items() if value is not None}


def read_stored(
    context: JobContext, row: Recording, declared: "core.Declared", *, channels: str = "all"
) -> "core.Recording":
    """Read the file of a recording under a plain form of its own name; messages call it as the person did.

    Raises
    ------
    NotFoundError
        If the file is not in the store.
    ReadError, DeclarationError
        See `palier.data.read.read_recording`.
    """
    from palier.data.read import read_recording
    from palier.data.source import printable

    name = printable(row.file_name)
    read: Callable[..., core.Recording] = read_recording
    with _named(context, row) as path:
        recording = patiently(context, lambda: read(path, declared=declared, channels=channels, shown=name))
    return replace(recording, provenance=replace(recording.provenance, source=name))


@contextmanager
def _named(context: JobContext, row: Recording) -> Iterator[Path]:
    """Give the file a name for as long as it is read; nothing of it stays in the job's folder."""
    stored = context.ports.files.path(row.sha256)
    with tempfile.TemporaryDirectory(prefix="reading-", dir=context.folder) as folder:
        path = Path(folder) / plain_name(row.file_name)
        path.symlink_to(stored.absolute())
        yield path
