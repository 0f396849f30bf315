"""Audit files: one that cannot be read never stops the others."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from palier.core.recording import Declared, Recording
from palier.data.audit.audit import SetAudit, Unreadable, audit_set
from palier.data.audit.labels import Labeller
from palier.data.read import read_recording
from palier.errors import PalierError, ParameterError

__all__ = ["audit_files"]


def audit_files(
    paths: Sequence[Path],
    *,
    declared: Declared = Declared(),  # noqa: B008 - frozen
    format: str | None = None,  # noqa: A002 - the user's word
    label_of: Labeller | None = None,
    on_done: Callable[[Path], None] | None = None,
) -> SetAudit:
    """Read and audit recordings, one at a time.

    Parameters
    ----------
    paths : sequence of Path
        Files; `palier.data.read.find_recordings` makes them of folders.
    declared : Declared
        What the user states about all of them. With a channel, only that one is audited; without, all that belong
        together.
    format : str, optional
        Reader to use.
    label_of : Labeller, optional
        Tells the class of a file.
    on_done : callable, optional
        Called after each file.

    Returns
    -------
    SetAudit
        Files that could not be read are in ``unreadable``. Files of equal names are told apart by their paths.

    Raises
    ------
    ParameterError
        If the labeller knows none of several files.
    """
    if label_of is not None and paths and not any(label_of(path) for path in paths):
        raise ParameterError(
            f"none of {len(paths)} files has a label; check that the table or pattern fits names such as {paths[0]}"
        )
    channels: Literal["one", "all"] = "all" if declared.channel is None else "one"
    same_name = Counter(path.name for path in paths)
    labels: dict[str, str] = {}
    unreadable: list[Unreadable] = []

    def recordings() -> Iterator[Recording]:
        for path in paths:
            source = path.name if same_name[path.name] == 1 else path.as_posix()
            try:
                read = read_recording(path, declared=declared, format=format, channels=channels)
            except PalierError as error:
                unreadable.append(Unreadable(source, type(error).__name__, str(error)))
            else:
                label = None if label_of is None else label_of(path)
                if label is not None:
                    labels[source] = label
                yield replace(read, provenance=replace(read.provenance, source=source))
            if on_done is not None:
                on_done(path)

    return replace(audit_set(recordings(), labels=labels), unreadable=tuple(unreadable))
