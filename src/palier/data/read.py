"""The door: a path in, a `Recording` out."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from palier.core.recording import Declared, Recording
from palier.data.resolve import to_recording
from palier.data.sniff import content_of, foreign_content
from palier.data.source import Source, open_source, printable
from palier.errors import ParameterError

__all__ = ["SUPPORTED_SUFFIXES", "find_recordings", "read_here", "read_recording", "reader_names"]


@dataclass(frozen=True, slots=True)
class _Format:
    """A kind of file. A new one is a module in ``readers/`` with a function ``candidates``, and a row here."""

    name: str
    module: str
    """In ``readers/``; also what `content_of` calls it."""
    words: str
    suffixes: tuple[str, ...]
    isolated: bool = False
    """Read in a child process, for damaged files can crash the library that reads it."""


@dataclass(frozen=True, slots=True)
class _KnownSet:
    """A published data set. A new one is a module in ``readers/`` with a function ``refine``, and a row here."""

    name: str
    words: str
    format: str
    """Name of the format that its files have."""


_FORMATS = (
    _Format("matlab", "matlab", "MATLAB 5 to 7", (".mat",)),
    _Format("matlab", "matlab73", "MATLAB 7.3", (".mat",), isolated=True),
    _Format(
        "delimited",
        "delimited",
        "CSV, TSV and other text tables, also .gz",
        (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"),
    ),
    _Format("wav", "wav", "WAV", (".wav",)),
    _Format("numpy", "numpy_files", "NumPy", (".npy", ".npz")),
    _Format("hdf5", "hdf5", "HDF5", (".h5", ".hdf5", ".hdf"), isolated=True),
    _Format("parquet", "parquet", "Parquet", (".parquet", ".pq"), isolated=True),
    _Format("uff58", "uff58", "universal files (UFF 58)", (".uff", ".unv", ".uff58")),
    _Format("tdms", "tdms", "TDMS", (".tdms",)),
)

_KNOWN_SETS = (
    _KnownSet("cwru", "Case Western Reserve University bearing records", "matlab"),
    _KnownSet("hit_sm_mfs", "HIT-SM bearing records", "matlab"),
    _KnownSet("mfpt", "MFPT bearing records", "matlab"),
    _KnownSet("femto", "FEMTO (PRONOSTIA) snapshots", "delimited"),
    _KnownSet("gearbox_openei", "OpenEI gearbox records", "delimited"),
)

#: Endings of the files that `find_recordings` takes from a folder.
SUPPORTED_SUFFIXES: tuple[str, ...] = tuple(dict.fromkeys(suffix for f in _FORMATS for suffix in f.suffixes))


def reader_names() -> tuple[str, ...]:
    """Return the names that `read_recording` takes as `format`.

    Examples
    --------
    >>> reader_names()
    ('matlab', 'delimited', 'wav', 'numpy', 'hdf5', 'parquet', 'uff58', 'tdms', 'cwru', 'hit_sm_mfs', 'mfpt',
     'femto', 'gearbox_openei')
    """
    return tuple(dict.fromkeys(row.name for row in (*_FORMATS, *_KNOWN_SETS)))


def read_recording(
    path: str | Path,
    *,
    declared: Declared = Declared(),  # noqa: B008 - frozen
    format: str | None = None,  # noqa: A002 - the plain word
    channels: Literal["one", "all"] = "one",
    shown: str | None = None,
) -> Recording:
    """Read a recording from a file.

    What the file is, its content tells; its name is only a hint. Of several fitting channels one is taken by a stated
    rule, and `Provenance.notes` says which and why. What the user declares wins over what the file says, and a
    contradiction is noted. What neither says is ``None``: nothing is guessed.

    Parameters
    ----------
    path : str or Path
        A regular file of at most 2 GiB.
    declared : Declared
        What the user states: sampling rate, unit, speed, channel, bearing.
    format : str, optional
        One of `reader_names`, to use that reader instead of the one the content suggests.
    channels : {"one", "all"}
        One channel, or all that have the same length, rate and unit as that one.
    shown : str, optional
        What messages call the file, instead of its path.

    Returns
    -------
    Recording
        Samples in float32.

    Raises
    ------
    ReadError
        If the file cannot be read as a recording.
    DeclarationError
        If a declared value is impossible, such as a channel that does not exist.
    ParameterError
        If `format` is no name of a reader.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pump.csv")
    ...     _ = path.write_text("time [ms],acc [g]\\n0,0.5\\n0.5,-0.25\\n1,0.125\\n")
    ...     recording = read_recording(path)
    >>> recording.sampling_rate_hz, recording.unit, recording.samples.tolist()
    (2000.0, 'g', [[0.5, -0.25, 0.125]])
    """
    if format is not None and format not in reader_names():
        raise ParameterError(f"format {printable(format)!r} is not known; there are {', '.join(reader_names())}")
    with open_source(Path(path), shown=None if shown is None else printable(shown)) as source:
        if _format_of(source, format).isolated:
            from palier.data.isolated import read_isolated

            return read_isolated(source, declared, format, channels)
        return read_here(source, declared, format, channels)


def find_recordings(paths: Iterable[str | Path]) -> list[Path]:
    """Return the files that `paths` name, with folders replaced by the recordings in them and in their sub-folders.

    From folders only files with one of `SUPPORTED_SUFFIXES` are taken, sorted by name, hidden ones left out, and links
    to folders are not followed. A folder without recordings stays in the list, so that reading it says so.

    Examples
    --------
    >>> find_recordings(["a.mat"])
    [PosixPath('a.mat')]
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = _recordings_in(path) if path.is_dir() else []
        found.update(dict.fromkeys(inside or [path]))
    return list(found)


def _recordings_in(folder: Path) -> list[Path]:
    files = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        files += [Path(root, n) for n in sorted(names) if n.lower().endswith(SUPPORTED_SUFFIXES) and n[0] != "."]
    return files


def read_here(source: Source, declared: Declared, reader: str | None, channels: Literal["one", "all"]) -> Recording:
    """Read a recording in this process, whatever its format; `read_recording` decides where."""
    row = _format_of(source, reader)
    found = _function(row.module, "candidates")(source)
    for known_set in _KNOWN_SETS:
        if known_set.format != row.name or reader not in (None, known_set.name):
            continue
        refined = _function(known_set.name, "refine")(source, found, forced=reader is not None)
        if refined is not None:
            found = refined
            break
        if reader is not None:
            raise source.error(f"does not bear the marks of {known_set.words}; leave the format to palier")
    found = replace(found, notes=(*_about_the_name(source, row), *found.notes))
    return to_recording(source, found, declared, channels=channels)


def _about_the_name(source: Source, row: _Format) -> tuple[str, ...]:
    ending = next((s for s in SUPPORTED_SUFFIXES if source.name.lower().endswith(s)), None)
    if ending is None or ending in row.suffixes:
        return ()
    return (f"the name ends in {ending}, but the content is {row.words}: it was read as that",)


def _format_of(source: Source, reader: str | None) -> _Format:
    """Return the format that the content shows, which must be the one that the user names, if any."""
    wanted = next((s.format for s in _KNOWN_SETS if s.name == reader), reader)
    content = content_of(source)
    row = next((f for f in _FORMATS if f.module == content), None)
    if row is not None and wanted in (None, row.name):
        return row
    if row is None:
        is_what = foreign_content(source) or "no recording that palier knows: its content bears no known mark"
    else:
        is_what = f"a {row.words} file by its content"
    allowed = "; ".join(f.words for f in _FORMATS if wanted in (None, f.name))
    raise source.error(f"is {is_what}; allowed is {allowed}: convert it")


def _function(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(f"palier.data.readers.{module}"), name)
    return function
