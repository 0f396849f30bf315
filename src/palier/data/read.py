"""The door for recordings: find the reader, choose the channel, apply what was declared."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Literal, cast

import numpy as np

from palier.core.recording import Declared, Provenance, Recording
from palier.data.contents import Channel, Contents
from palier.data.hostile import check_regular_file, check_size, translated
from palier.errors import ParameterError, ReadError

__all__ = ["SUPPORTED_SUFFIXES", "find_recordings", "read_contents", "read_recording", "reader_names"]

#: Formats by key: the module that reads one, and the endings it usually has.
_FORMATS: dict[str, tuple[str, ...]] = {
    "matlab": (".mat",),
    "delimited": (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"),
    "wav": (".wav",),
    "numpy_files": (".npy", ".npz"),
    "hdf5": (".h5", ".hdf5"),
    "parquet": (".parquet",),
    "uff58": (".uff", ".unv"),
    "tdms": (".tdms",),
}

#: Known data sets by key: the module that recognises one, and the format it refines.
_DATA_SETS = {
    "cwru": "matlab",
    "hit_sm_mfs": "matlab",
    "mfpt": "matlab",
    "femto": "delimited",
    "gearbox_openei": "delimited",
}

SUPPORTED_SUFFIXES: tuple[str, ...] = tuple(s for suffixes in _FORMATS.values() for s in suffixes)

#: The file's rate and the declared one are called the same within this.
_SAME_RATE = 1e-4


def reader_names() -> tuple[str, ...]:
    """Keys that ``format`` accepts."""
    return (*_FORMATS, *_DATA_SETS)


def find_recordings(paths: Iterable[Path]) -> list[Path]:
    """Replace each folder by the recordings in it, found by their endings, sorted; files stay as they are.

    Raises
    ------
    ReadError
        If a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            Path(folder) / name
            for folder, _, names in os.walk(path)
            for name in names
            if name.lower().endswith(SUPPORTED_SUFFIXES)
        )
        if not inside:
            raise ReadError(f"{path}: no recording in this folder; allowed endings are {', '.join(SUPPORTED_SUFFIXES)}")
        found += inside
    return found


def read_recording(
    path: Path,
    *,
    declared: Declared = Declared(),  # noqa: B008 - frozen
    format: str | None = None,  # noqa: A002 - the user's word
    channels: Literal["one", "all"] = "one",
) -> Recording:
    """Read a recording.

    Parameters
    ----------
    path : Path
    declared : Declared
        What the user states; it wins over the file, and a contradiction is noted.
    format : str, optional
        One of `reader_names`; recognised from the content when not given.
    channels : {"one", "all"}
        One chosen channel, or all that have its length and rate.

    Raises
    ------
    ReadError
        If there is no readable waveform: missing, truncated, text among numbers, NaN, complex, too large, …
    ParameterError
        If the format or the channel does not exist.
    """
    path = Path(path)
    contents, reader = read_contents(path, format=format)
    chosen, notes = _choose(path, contents, declared.channel)
    if channels == "all":
        taken = [c for c in contents.channels if c.n_samples == chosen.n_samples and c.unit == chosen.unit]
        taken.sort(key=lambda c: c is not chosen)
        check_size(path, 4 * chosen.n_samples * len(taken), "the recording")
    else:
        taken = [chosen]
    samples = _samples(path, taken)
    stated = replace(
        contents,
        sampling_rate_hz=chosen.sampling_rate_hz or contents.sampling_rate_hz,
        unit=chosen.unit or contents.unit,
    )
    return Recording(
        samples=samples,
        provenance=Provenance(
            source=path.name,
            sha256=_sha256(path),
            reader=reader,
            notes=(*notes, *contents.notes, *_contradictions(stated, declared)),
            channels_available=tuple(c.name for c in contents.channels),
            speed_origin="declared" if declared.speed_hz else "file" if contents.speed_hz else None,
        ),
        sampling_rate_hz=declared.sampling_rate_hz or _positive(stated.sampling_rate_hz),
        unit=declared.unit or stated.unit,
        channel_names=tuple(c.name for c in taken),
        speed_hz=declared.speed_hz or _positive(contents.speed_hz),
        start_time=contents.start_time,
        bearing_name=declared.bearing_name or contents.bearing_name,
    )


def read_contents(path: Path, *, format: str | None = None) -> tuple[Contents, str]:  # noqa: A002 - the user's word
    """Return what a file holds, without its samples, and the key of the reader."""
    if format is not None and format not in reader_names():
        raise ParameterError(f"format {format!r} is not known; allowed are {', '.join(reader_names())}")
    check_regular_file(path)
    base = _sniff(path) if format is None else _DATA_SETS.get(format, format)
    contents = cast("Contents", import_module(f"palier.data.readers.{base}").read(path))
    for key in [format] if format in _DATA_SETS else [k for k, b in _DATA_SETS.items() if b == base and format is None]:
        known = import_module(f"palier.data.readers.{key}").recognise(path, contents)
        if known is not None:
            return known, str(key)
        if format is not None:
            raise ReadError(f"{path.name}: it does not bear the marks of the data set {key}; leave --format out")
    return contents, base


def _sniff(path: Path) -> str:
    """Tell the format by the content, and only then by the ending."""
    with translated(path, "any file"), path.open("rb") as file:
        head = file.read(520)
    name = path.name.lower()
    if head[:8] == b"\x89HDF\r\n\x1a\n":
        return "matlab" if name.endswith(".mat") else "hdf5"
    if head[:6] == b"MATLAB" or (name.endswith(".mat") and head[:2] not in {b"\x1f\x8b", b"PK"}):
        return "matlab"
    if head[:4] in {b"RIFF", b"RIFX"}:
        return "wav"
    if head[:6] == b"\x93NUMPY" or (head[:2] == b"PK" and name.endswith(".npz")):
        return "numpy_files"
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"TDSm":
        return "tdms"
    if head.lstrip()[:2] == b"-1" and name.endswith((".uff", ".unv")):
        return "uff58"
    other = {b"\x89PNG": "a PNG picture", b"%PDF": "a PDF", b"PK\x03\x04": "a ZIP archive", b"\xff\xd8\xff\xe0": "a JPEG"}
    if head[:4] in other:
        raise ReadError(
            f"{path.name}: {other[head[:4]]}, not a recording; allowed are {', '.join(SUPPORTED_SUFFIXES)}"
        )
    for key, suffixes in _FORMATS.items():
        if name.endswith(suffixes):
            if key not in {"delimited", "uff58"}:
                raise ReadError(f"{path.name}: named {path.suffix}, but its content is not; export it again")
            return key
    if head[:2] == b"\x1f\x8b" or b"\x00" not in head:
        return "delimited"
    raise ReadError(f"{path.name}: of no known format; allowed are {', '.join(SUPPORTED_SUFFIXES)}")


def _choose(path: Path, contents: Contents, wanted: str | None) -> tuple[Channel, tuple[str, ...]]:
    names = [c.name for c in contents.channels]
    if wanted is not None:
        lowered = [n.lower() for n in names]
        if wanted.lower() in lowered:
            return contents.channels[lowered.index(wanted.lower())], ()
        if wanted.isdigit() and int(wanted) < len(names):
            return contents.channels[int(wanted)], ()
        raise ParameterError(f"{path.name}: no channel {wanted!r}; there are {', '.join(names)}")
    if contents.preferred is not None:
        chosen = contents.channels[names.index(contents.preferred)]
    else:
        longest = max(c.n_samples for c in contents.channels)
        chosen = next(c for c in contents.channels if c.n_samples == longest)
    if len(names) == 1:
        return chosen, ()
    others = ", ".join(n for n in names if n != chosen.name)
    return chosen, (f"channel {chosen.name} taken ({contents.why}); there are also {others}",)


def _samples(path: Path, taken: list[Channel]) -> np.ndarray:
    samples = np.empty((len(taken), taken[0].n_samples), np.float32)
    for row, channel in zip(samples, taken, strict=True):
        values = np.asarray(channel.load())
        if values.shape != row.shape:
            raise ReadError(f"{path.name}: channel {channel.name} has {values.size} samples, {row.size} were announced")
        finite = np.isfinite(values)
        if not finite.all():
            bad = np.flatnonzero(~finite)
            raise ReadError(
                f"{path.name}: channel {channel.name} has {len(bad)} NaN or infinite values, the first at sample "
                f"{bad[0]}; cut them out or interpolate them knowingly"
            )
        with np.errstate(over="ignore"):
            row[:] = values
        if not np.isfinite(row).all():
            raise ReadError(f"{path.name}: channel {channel.name} exceeds single precision; scale it to its unit")
    return samples


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < float("inf") else None


def _contradictions(stated: Contents, declared: Declared) -> tuple[str, ...]:
    notes = []
    for what, said, own, unit in (
        ("sampling rate", declared.sampling_rate_hz, stated.sampling_rate_hz, "Hz"),
        ("speed", declared.speed_hz, stated.speed_hz, "Hz"),
    ):
        tolerance = _SAME_RATE if what == "sampling rate" else 0.02
        if said is not None and own is not None and abs(said / own - 1) > tolerance:
            notes.append(f"CONTRADICTION: declared {what} {said:g} {unit}, but the file says {own:g} {unit}")
    if declared.unit is not None and stated.unit is not None and declared.unit != stated.unit:
        notes.append(f"CONTRADICTION: declared unit {declared.unit}, but the file says {stated.unit}")
    return tuple(notes)


def _sha256(path: Path) -> str:
    with translated(path, "any file"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
