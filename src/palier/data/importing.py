"""Files of any readable format as the source of a dataset."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from palier.core.dataset import LabelledRecord, SeverityLevel
from palier.core.faults import BearingKind, classes_of
from palier.core.recording import Declared
from palier.core.units import Unit
from palier.data.audit.labels import labels_from_pattern
from palier.data.label_names import label_key, severity_level
from palier.data.read import read_recording
from palier.data.record_keys import FactTable, Key, number, read_fact_table
from palier.data.schema import canonical_json
from palier.errors import PalierError, ParameterError, ReadError

__all__ = ["FileEntry", "FileSource", "ImportRequest", "file_source", "unreadable_files"]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is stated about the files of an import; whatever is not stated and not in the files stays undeclared.

    Raises
    ------
    ParameterError
        If labels are wanted from two places.
    """

    kind: BearingKind
    labels: Path | None = None
    """CSV table of path and label, or with a heading and any columns of facts."""
    label_pattern: str | None = None
    """Regular expression whose first group, found in the file's name or path, is its label."""
    label: Key | None = None
    """Column of the table, pattern or constant; otherwise the column ``label`` where there is one."""
    label_map: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    severity_map: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bearing: Key | None = None
    rig: Key | None = None
    condition: Key | None = None
    severity: Key | None = None
    load: Key | None = None
    load_unit: str | None = None
    temperature_c: Key | None = None
    speed_rpm: Key | None = None
    sampling_rate_hz: Key | None = None
    source_split: Key | None = None
    unit: Unit | None = None
    bearing_name: str | None = None
    channel: str | None = None
    channels: Literal["one", "all"] = "one"
    """One, by the reader's stated rule, or all that belong together; a channel that is named is that one."""
    format: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        if self.label_pattern is not None and (self.labels is not None or self.label is not None):
            raise ParameterError("labels are asked from a pattern and from elsewhere; allowed is one of them")
        classes_of(self.kind)

    @property
    def keys(self) -> dict[str, Key]:
        """The keys that are stated, by field."""
        return {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), Key)}


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file and what is stated about it."""

    path: Path
    record_id: str
    source: str
    """What provenance calls it: its name, or its path where names repeat."""
    label: str | None
    severity: SeverityLevel | None
    declared: Declared
    facts: tuple[tuple[str, Any], ...]
    """Further fields of the record."""
    truth: tuple[tuple[str, Any], ...]
    """The file's own label, and its row of the table."""


@dataclass(frozen=True, slots=True, eq=False)
class FileSource:
    """Files as records, each read when it is asked for; see `palier.core.dataset.RecordSource`.

    Records may have different lengths, rates and channels. Made by `file_source`.
    """

    entries: tuple[FileEntry, ...]
    kind: BearingKind
    channels: Literal["one", "all"]
    format: str | None
    description: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.entries)

    def record(self, index: int) -> LabelledRecord:
        """Read one record.

        Raises
        ------
        ReadError
            If its file cannot be read.
        """
        entry = self.entries[index]
        try:
            read = read_recording(entry.path, declared=entry.declared, format=self.format, channels=self.channels)
        except ReadError as error:
            raise ReadError(f"{error} (or leave such files out: --skip-unreadable)") from error
        recording = replace(read, provenance=replace(read.provenance, source=entry.source))
        return LabelledRecord(
            entry.record_id, recording, label=entry.label, kind=self.kind, severity=entry.severity,
            truth=dict(entry.truth), **dict(entry.facts),
        )  # fmt: skip

    def without(self, paths: Sequence[Path]) -> "FileSource":
        """Return the source without some files.

        Raises
        ------
        ParameterError
            If none is left.
        """
        left = tuple(e for e in self.entries if e.path not in set(paths))
        if not left:
            raise ParameterError("none of the files can be read; check their format (--format)")
        return replace(self, entries=left, description=_described(self.description, left))


def file_source(paths: Sequence[Path], request: ImportRequest) -> FileSource:
    """Settle everything about the files that can be settled without reading them.

    Parameters
    ----------
    paths : sequence of Path
        Files; `palier.data.read.find_recordings` makes them of folders.
    request : ImportRequest

    Raises
    ------
    ParameterError
        If a label is no class of the taxonomy, a pattern fits no file, a number is none, or two files are one.
    ReadError
        If the table of labels cannot be read.
    """
    if request.labels is not None:  # it may lie among the recordings
        own = request.labels.absolute().resolve()
        paths = [p for p in paths if p.absolute().resolve() != own]
    if not paths:
        raise ParameterError("no files to import; name at least one, or a folder with recordings")
    table = None if request.labels is None else read_fact_table(request.labels)
    keys = request.keys
    if table is None:
        columns = [f"{name} (column:{key.text})" for name, key in keys.items() if key.kind == "column"]
        if columns:
            raise ParameterError(f"{', '.join(columns)}: a column of what? Name the table with --labels")
    else:
        table.check(list(keys.values()))
        if "label" not in keys and "label" in table.columns:
            keys["label"] = Key("column", "label")
    values = {name: [key.value(p, _row(table, p)) for p in paths] for name, key in keys.items()}
    if request.label_pattern is not None:
        label_of = labels_from_pattern(request.label_pattern)
        values["label"] = [label_of(p) for p in paths]
    for name, found in values.items():
        if not any(found):
            raise ParameterError(
                f"none of {len(paths)} files has a {name}; check that table or pattern fits names such as {paths[0]}"
            )
    ids, sources = _record_ids(paths), _sources(paths)
    entries = tuple(
        _entry(path, ids[i], sources[i], {n: v[i] for n, v in values.items()}, request, _row(table, path))
        for i, path in enumerate(paths)
    )
    stated = {name: f"{key.kind}: {key.text}" for name, key in sorted(request.keys.items())}
    description: dict[str, Any] = {"origin": "imported files", "kind": request.kind, "stated": stated}
    description |= {"label_pattern": request.label_pattern} if request.label_pattern else {}
    description |= {"label_map": dict(request.label_map)} if request.label_map else {}
    description |= {"licence": request.licence} if request.licence else {}
    description |= {"channel": request.channel or request.channels}
    return FileSource(entries, request.kind, request.channels, request.format, _described(description, entries))


def unreadable_files(
    source: FileSource, *, on_progress: Callable[[int, int], None] | None = None
) -> list[tuple[Path, str]]:
    """Read every file once and return those that cannot be read, with the reason."""
    bad = []
    for i, entry in enumerate(source.entries):
        try:
            source.record(i)
        except PalierError as error:
            bad.append((entry.path, str(error)))
        if on_progress is not None:
            on_progress(i + 1, len(source))
    return bad


def _row(table: FactTable | None, path: Path) -> Mapping[str, str]:
    return {} if table is None else table.row(path)


def _entry(
    path: Path,
    record_id: str,
    source: str,
    stated: dict[str, str | None],
    request: ImportRequest,
    row: Mapping[str, str],
) -> FileEntry:
    told = stated.get("label")
    label = None if told is None else _of(path, label_key, told, kind=request.kind, mapping=request.label_map)
    grave = stated.get("severity")
    severity = None if grave is None else _of(path, severity_level, grave, mapping=request.severity_map)
    numbers = {
        name: number(stated.get(name), what=name, of=str(path))
        for name in ("load", "temperature_c", "speed_rpm", "sampling_rate_hz")
    }
    rpm = numbers["speed_rpm"]
    facts = {
        **{name: stated.get(name) for name in ("bearing", "rig", "condition", "source_split")},
        "load": numbers["load"],
        "load_unit": request.load_unit if numbers["load"] is not None else None,
        "temperature_c": numbers["temperature_c"],
    }
    truth = {"file_label": told, **({"facts": dict(row)} if row else {})}
    return FileEntry(
        path,
        record_id,
        source,
        label,
        severity,
        Declared(
            numbers["sampling_rate_hz"], request.unit, None if rpm is None else rpm / 60, request.channel,
            request.bearing_name,
        ),
        tuple(sorted(facts.items())),
        tuple(sorted(truth.items())) if told is not None or row else (),
    )  # fmt: skip


def _of(path: Path, meaning: Callable[..., Any], told: str, **options: Any) -> Any:
    try:
        return meaning(told, **options)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error


def _described(description: Mapping[str, Any], entries: Sequence[FileEntry]) -> dict[str, Any]:
    """Say how many files there are, and make a digest by which a changed set of them is known."""
    digest = sha256()
    for entry in entries:
        try:
            found = entry.path.stat()
            state = [found.st_size, found.st_mtime_ns]
        except OSError:
            state = []
        stated = [entry.record_id, entry.source, entry.label, entry.severity, entry.facts, entry.truth, state]
        digest.update(canonical_json([*stated, [getattr(entry.declared, f.name) for f in fields(Declared)]]).encode())
    return {**description, "files": len(entries), "files_digest": digest.hexdigest()}


def _sources(paths: Sequence[Path]) -> list[str]:
    names = Counter(p.name for p in paths)
    return [p.name if names[p.name] == 1 else p.as_posix() for p in paths]


def _record_ids(paths: Sequence[Path]) -> list[str]:
    """Name records after their files; after as much of the path as tells them apart where names repeat."""
    real = [p.absolute().resolve() for p in paths]
    twice = [p for p, n in Counter(real).items() if n > 1]
    if twice:
        raise ParameterError(f"{twice[0].name} is named twice; name every file once")
    deepest = max(len(p.parts) for p in real)
    made = [_plain(p.stem) for p in real]
    for depth in range(2, deepest + 1):
        counts = Counter(made)
        if max(counts.values()) == 1:
            return made
        made = [
            m if counts[m] == 1 else _plain(".".join((*p.parts[-depth:-1], p.stem if depth == 2 else p.name)))
            for m, p in zip(made, real, strict=True)
        ]
    seen: Counter[str] = Counter()
    unique = []
    for name in made:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    if len(set(unique)) < len(unique):
        raise ParameterError("the files' names cannot be made into distinct record names; rename them")
    return unique


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-") or "record"
