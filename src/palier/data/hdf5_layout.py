"""HDF5 files of whole datasets, ``/<split>/signals`` beside ``/<split>/labels``, as the source of a dataset.

A damaged file can crash the HDF5 library (docs/decisions/0006), so it is only ever opened in a child process with
bounded memory and time, which unpacks the signals to plain numbers beside the dataset; they are removed afterwards.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from palier.core.dataset import LabelledRecord
from palier.core.faults import BearingKind
from palier.core.recording import Provenance, Recording
from palier.core.units import Unit
from palier.data.files import output_errors
from palier.data.label_names import label_key, severity_level
from palier.data.record_keys import Key, number
from palier.data.source import printable
from palier.errors import ParameterError, ReadError, UndeclaredError

__all__ = ["LayoutRequest", "LayoutSource", "unpack_layout"]

_MARK: Final = b"\x89HDF\r\n\x1a\n"
#: Seconds a file may take: this many, and one more for every 4 MiB.
_BASE_S: Final = 120.0
_BYTES_PER_S: Final = 2**22
_START: Final = "from palier.data.layout_child import serve; serve()"


@dataclass(frozen=True, slots=True)
class LayoutRequest:
    """What is stated about a file of this layout."""

    kind: BearingKind
    sampling_rate_hz: float | None = None
    """Needed where no attribute states it."""
    unit: Unit | None = None
    label_map: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    severity_map: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bearing: Key | None = None
    """A constant, a column of the metadata rows, or a pattern in ``FILE/split/row``; so are the next."""
    rig: Key | None = None
    condition: Key | None = None
    load: Key | None = None
    load_unit: str | None = None
    temperature_c: Key | None = None
    speed_rpm: Key | None = None
    licence: str | None = None

    @property
    def keys(self) -> dict[str, Key]:
        """The keys that are stated, by field."""
        names = ("bearing", "rig", "condition", "load", "temperature_c", "speed_rpm")
        return {name: key for name in names if (key := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class _Part:
    """One split of a file, unpacked."""

    name: str
    file: str
    n: int
    n_samples: int
    sampling_rate_hz: float | None
    unit: Unit | None
    speed_hz: float | None


@dataclass(frozen=True, slots=True, eq=False)
class LayoutSource:
    """The rows of an unpacked file as records; see `palier.core.dataset.RecordSource`.

    Made by `unpack_layout`. The rows of a split lie one after the other as float32 in a file of the folder.
    """

    folder: Path
    name: str
    sha256: str
    parts: tuple[_Part, ...]
    facts: tuple[Mapping[str, Any], ...]
    """Fields of each record, its recording aside."""
    request: LayoutRequest
    description: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.facts)

    def record(self, index: int) -> LabelledRecord:
        """Return one record."""
        row, part = index, self.parts[0]
        for part in self.parts:
            if row < part.n:
                break
            row -= part.n
        samples = np.fromfile(self.folder / part.file, "<f4", part.n_samples, offset=4 * row * part.n_samples).astype(
            np.float32, copy=False
        )
        facts = dict(self.facts[index])
        speed_hz = facts.pop("speed_hz")
        recording = Recording(
            samples[None],
            Provenance(
                f"{self.name}/{part.name}/{row}", self.sha256, reader="hdf5_layout",
                speed_origin=None if speed_hz is None and part.speed_hz is None else "declared" if speed_hz else "file",
            ),
            sampling_rate_hz=self.request.sampling_rate_hz or part.sampling_rate_hz,
            unit=self.request.unit or part.unit,
            speed_hz=speed_hz or part.speed_hz,
        )  # fmt: skip
        return LabelledRecord(recording=recording, kind=self.request.kind, **facts)

    def close(self) -> None:
        """Remove what was unpacked."""
        shutil.rmtree(self.folder, ignore_errors=True)


def unpack_layout(
    path: Path, folder: Path, request: LayoutRequest, *, on_progress: Callable[[int, int], None] | None = None
) -> LayoutSource:
    """Unpack a file in a child process, and settle what its rows are.

    Parameters
    ----------
    path : Path
        An HDF5 file with one or more groups that hold ``signals`` of shape (record, time) and ``labels`` of shape
        (record), and maybe ``severities`` (levels, or numbers from 0 to 1) and ``metadata`` (a JSON object per row).
        Labels are indices of classes, keys, or English or French names.
    folder : Path
        Made for the unpacked signals, with room for 4 bytes per sample.
    request : LayoutRequest
    on_progress : callable, optional
        Called with the records unpacked and their number.

    Raises
    ------
    ReadError
        If the file is damaged, has another layout, or would unpack to an implausible size.
    ParameterError
        If a label or a severity is not known, or a key fits no row.
    UndeclaredError
        If nobody states the sampling rate.
    """
    shown = printable(str(path))
    _check_mark(path, shown)
    with output_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    with ExitStack() as undo:  # what is half unpacked is of no use, also after Ctrl-C
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        told = _ask_child(path, folder, shown, on_progress)
        parts = tuple(_Part(**p["part"]) for p in told["parts"])
        _check_rates(parts, request, shown)
        pairs = zip(told["parts"], parts, strict=True)
        facts = tuple(row for p, part in pairs for row in _rows(p, part, path, request))
        _check_keys(facts, request, shown)
        undo.pop_all()
    stated = {name: f"{key.kind}: {key.text}" for name, key in request.keys.items()}
    description: dict[str, Any] = {
        "origin": "imported HDF5 file", "file": path.name, "file_sha256": told["sha256"], "kind": request.kind,
        "stated": stated, "label_map": dict(request.label_map), "severity_map": dict(request.severity_map),
        "sampling_rate_hz": request.sampling_rate_hz, "unit": request.unit,
    }  # fmt: skip
    description |= {"licence": request.licence} if request.licence else {}
    return LayoutSource(folder, path.name, told["sha256"], parts, facts, request, description)


def _check_mark(path: Path, shown: str) -> None:
    try:
        if not path.is_file():
            raise ReadError(f"{shown}: is no file; name an HDF5 file")
        with path.open("rb") as file:
            head = file.read(len(_MARK))
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{shown}: cannot be read ({error.strerror}); check the path and its permissions") from error
    if head != _MARK:
        raise ReadError(f"{shown}: is no HDF5 file by its content; leave out --layout to import it as a recording")


def _ask_child(path: Path, folder: Path, shown: str, on_progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """Have the child unpack; it answers with lines of JSON: progress, and at last the facts or what is wrong."""
    request = {"path": os.path.abspath(path), "folder": os.path.abspath(folder), "shown": shown}  # noqa: PTH100
    limit_s = _BASE_S + path.stat().st_size / _BYTES_PER_S
    paths = os.pathsep.join(p for p in sys.path if p)
    child = subprocess.Popen(  # noqa: S603 - this very interpreter, and no word of the user's
        [sys.executable, "-P", "-c", _START, str(limit_s)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "HDF5_PLUGIN_PATH": os.devnull},
    )  # fmt: skip
    answer: dict[str, Any] | None = None
    timer = threading.Timer(limit_s, child.kill)
    timer.start()
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(request))
        child.stdin.close()
        for line in child.stdout:
            said = json.loads(line)
            if "done" in said and on_progress is not None:
                on_progress(said["done"], said["total"])
            answer = said
        child.wait()
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
    if answer is not None and "error" in answer:
        raise ReadError(answer["error"])
    if child.returncode != 0 or answer is None or "parts" not in answer:
        raise ReadError(
            f"{shown}: crashes the library that reads it, or takes longer than {limit_s:.0f} s; the file is damaged, "
            "or made to do harm: copy it again from its origin"
        )
    return answer


def _check_rates(parts: Sequence[_Part], request: LayoutRequest, shown: str) -> None:
    for part in parts:
        stated, declared = part.sampling_rate_hz, request.sampling_rate_hz
        if stated is None and declared is None:
            raise UndeclaredError(
                f"{shown}: nothing in it states the sampling rate of /{part.name}; declare it (--sampling-rate, in Hz)"
            )


def _rows(told: Mapping[str, Any], part: _Part, path: Path, request: LayoutRequest) -> list[dict[str, Any]]:
    rows = []
    metadata = told["metadata"] or [None] * part.n
    severities = told["severities"] or [None] * part.n
    for i, (label, severity, more) in enumerate(zip(told["labels"], severities, metadata, strict=True)):
        where = f"{path.name}, /{part.name}, row {i}"
        facts = _metadata(more, where)
        plain = {name: str(v) for name, v in facts.items() if isinstance(v, str | int | float)}
        place = Path(path.name, part.name, str(i))
        named = {name: key.value(place, plain) for name, key in request.keys.items()}
        grave, factor = _severity(severity, request, where)
        numbers = {n: number(named.get(n), what=n, of=where) for n in ("load", "temperature_c", "speed_rpm")}
        try:
            key = label_key(label, kind=request.kind, mapping=request.label_map)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error}") from error
        truth = {"file_label": label} | ({"metadata": facts} if facts else {})
        truth |= {} if severity is None else {"file_severity": severity}
        rows.append(
            {
                "record_id": re.sub(r"[^A-Za-z0-9._-]+", "-", f"{part.name}-{i:06d}"),
                "label": key,
                "severity": grave,
                "severity_value": factor,
                **{n: named.get(n) for n in ("bearing", "rig", "condition")},
                "load": numbers["load"],
                "load_unit": request.load_unit if numbers["load"] is not None else None,
                "temperature_c": numbers["temperature_c"],
                "speed_hz": None if numbers["speed_rpm"] is None else numbers["speed_rpm"] / 60,
                "source_split": part.name,
                "truth": truth,
            }
        )
    return rows


def _metadata(text: str | None, where: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        facts = json.loads(text, parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{where}: its metadata are no JSON ({error}); correct the file") from error
    if not isinstance(facts, dict):
        raise ReadError(f"{where}: its metadata are a {type(facts).__name__}; allowed is a JSON object")
    return facts


def _severity(told: str | float | None, request: LayoutRequest, where: str) -> tuple[Any, float | None]:
    """Return level and factor: text and whole numbers are names of levels, other numbers the factor."""
    try:
        if isinstance(told, float) and 0 <= told <= 1 and str(told) not in request.severity_map:
            return None, told
        return (None if told is None else severity_level(str(told), mapping=request.severity_map)), None
    except ParameterError as error:
        raise ParameterError(f"{where}: {error}") from error


def _check_keys(facts: Sequence[Mapping[str, Any]], request: LayoutRequest, shown: str) -> None:
    fields_of = {"speed_rpm": "speed_hz"}
    for name, key in request.keys.items():
        if all(row[fields_of.get(name, name)] is None for row in facts):
            raise ParameterError(f"{shown}: no row has a {name} by {key.kind} {key.text!r}; check the name or pattern")
    twice = len(facts) - len({row["record_id"] for row in facts})
    if twice:
        raise ReadError(f"{shown}: two splits have names that differ in signs alone; rename one of them")
