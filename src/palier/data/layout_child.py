"""The child process of `palier.data.hdf5_layout`: it alone opens the file."""

import json
import math
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from palier.data.facts import facts_from
from palier.data.files import file_sha256
from palier.data.source import printable
from palier.errors import PalierError, ReadError

__all__ = ["serve"]

#: Address space of the child beyond what its libraries take.
_MEMORY_BYTES: Final = 2**30
_BLOCK_BYTES: Final = 2**25
_MOST_RECORDS: Final = 10_000_000
_MOST_TEXT: Final = 2**16
#: Beyond 64 MiB, signals may unpack to at most so many times what they take on disk.
_MOST_EXPANSION: Final = 100
_FREE_BYTES: Final = 2**26
_MOST_CHUNK_BYTES: Final = 2**28
#: deflate, shuffle, Fletcher checksum, scale-offset, LZF: nothing that loads a plug-in.
_FILTERS: Final = frozenset({1, 2, 3, 6, 32000})
#: What h5py raises on damaged files.
_ERRORS: Final = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError)


def serve() -> None:
    """Unpack the file that standard input names; say on standard output what is in it."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get among the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    request = json.loads(sys.stdin.read())
    path, folder, shown = Path(request["path"]), Path(request["folder"]), request["shown"]
    _bound(float(sys.argv[1]))

    def tell(said: dict[str, Any]) -> None:
        answers.write(json.dumps(said) + "\n")
        answers.flush()

    try:
        tell({"parts": _unpacked(path, folder, shown, tell), "sha256": file_sha256(path)})
    except PalierError as error:
        tell({"error": str(error)})
    except _ERRORS as error:
        line = (str(error).splitlines() or [""])[0]
        tell({"error": f"{shown}: is a damaged HDF5 file ({printable(line, limit=120)}); copy the file again"})


def _bound(limit_s: float) -> None:
    """Bound memory and time, where the system can."""
    try:
        import resource
    except ImportError:
        return  # not on this system: the checks remain
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit_s), math.ceil(limit_s) + 1))
    import h5py

    assert h5py.version.hdf5_version
    try:
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = taken + _MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard < 0 else min(soft, hard), hard))


def _unpacked(path: Path, folder: Path, shown: str, tell: Any) -> list[dict[str, Any]]:
    import h5py

    with h5py.File(path, "r", locking=False) as file:
        groups = {name: group for name in file if (group := _own(file, name, shown)) is not None}
        splits = {n: g for n, g in sorted(groups.items()) if isinstance(g, h5py.Group) and "signals" in g}
        if not splits:
            found = ", ".join(printable(n, limit=40) for n in list(file)[:10]) or "nothing"
            raise ReadError(
                f"{shown}: no group holds `signals` and `labels`; allowed is /<split>/signals (record, time) and "
                f"/<split>/labels (record), and there is {found}: import other files without --layout"
            )
        checked = {name: _checked(group, name, shown) for name, group in splits.items()}
        total = sum(signals.shape[0] for signals, _ in checked.values())
        done, parts = 0, []
        for k, (name, (signals, labels)) in enumerate(checked.items()):
            attributes = [*_attributes(signals), *_attributes(splits[name]), *_attributes(file)]
            stated = facts_from(attributes)
            with (folder / f"{k}.f32").open("wb") as out:
                for rows in _blocks(signals, name, shown):
                    rows.tofile(out)
                    done += len(rows)
                    tell({"done": done, "total": total})
            n = signals.shape[0]
            part = {
                "name": name, "file": f"{k}.f32", "n": n, "n_samples": signals.shape[1],
                "sampling_rate_hz": stated.sampling_rate_hz and stated.sampling_rate_hz.value,
                "unit": stated.unit and stated.unit.value, "speed_hz": stated.speed_hz and stated.speed_hz.value,
            }  # fmt: skip
            more = {key: _column(splits[name], key, n, name, shown) for key in ("severities", "metadata")}
            parts.append({"part": part, "labels": _values(labels, f"/{name}/labels", shown), **more})
    return parts


def _own(group: Any, name: str, shown: str) -> Any:
    """Return a member that lies in this very file."""
    import h5py

    if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
        raise ReadError(f"{shown}: /{printable(name, limit=60)} is a link to another file; copy its content in")
    return group.get(name)


def _checked(group: Any, name: str, shown: str) -> tuple[Any, Any]:
    import h5py

    signals, labels = _own(group, "signals", shown), _own(group, "labels", shown)
    where = f"{shown}: /{printable(name, limit=60)}"
    if not isinstance(labels, h5py.Dataset) or not isinstance(signals, h5py.Dataset):
        raise ReadError(f"{where} holds signals but no labels; both are needed")
    if signals.dtype.kind not in "iuf" or len(signals.shape or ()) != 2 or 0 in signals.shape:
        raise ReadError(
            f"{where}/signals has shape {signals.shape} and type {signals.dtype}; allowed are numbers (record, time), "
            "neither of them 0: one channel per record"
        )
    if labels.shape != signals.shape[:1]:
        raise ReadError(f"{where}/labels has shape {labels.shape}; allowed is one per signal, ({signals.shape[0]},)")
    if signals.shape[0] > _MOST_RECORDS:
        raise ReadError(f"{where}/signals has {signals.shape[0]} records; allowed are up to {_MOST_RECORDS}")
    for dataset, what in ((signals, "signals"), (labels, "labels")):
        _check_storage(dataset, f"{where}/{what}")
    return signals, labels


def _check_storage(dataset: Any, where: str) -> None:
    stored, unpacked = dataset.id.get_storage_size(), dataset.nbytes
    if dataset.is_virtual or dataset.external:
        raise ReadError(f"{where}: its numbers are in another file; copy them in")
    if stored == 0:
        raise ReadError(f"{where}: its numbers were never written")
    if unpacked > _FREE_BYTES and unpacked > _MOST_EXPANSION * stored:
        raise ReadError(
            f"{where} would unpack from {stored} to {unpacked} bytes, which no recordings do: it looks like a "
            "decompression bomb; if it is genuine, save it uncompressed"
        )
    if dataset.chunks is None:
        return
    if math.prod(dataset.chunks) * dataset.dtype.itemsize > _MOST_CHUNK_BYTES:
        raise ReadError(f"{where}: its chunks are larger than 256 MiB; repack it with h5repack")
    made = dataset.id.get_create_plist()
    if any(made.get_filter(i)[0] not in _FILTERS for i in range(made.get_nfilters())):
        raise ReadError(f"{where}: its compression is not supported; repack it with h5repack -f GZIP=6")


def _blocks(signals: Any, name: str, shown: str) -> Any:
    n, n_samples = signals.shape
    step = max(1, _BLOCK_BYTES // (max(signals.dtype.itemsize, 4) * n_samples))
    if signals.chunks is not None:  # whole chunks at a time, or each is unpacked again and again
        most = max(1, 4 * _BLOCK_BYTES // (max(signals.dtype.itemsize, 4) * n_samples))
        step = max(step, min(signals.chunks[0], most))
    for first in range(0, n, step):
        with np.errstate(over="ignore"):
            rows = signals[first : first + step].astype("<f4")
        bad = ~np.isfinite(rows).all(axis=1)
        if bad.any():
            row = first + int(bad.argmax())
            raise ReadError(f"{shown}: /{name}/signals, row {row}: holds NaN or infinite samples; cut or correct it")
        yield rows


def _column(group: Any, key: str, n: int, name: str, shown: str) -> list[Any] | None:
    import h5py

    dataset = _own(group, key, shown) if key in group else None
    if dataset is None:
        return None
    where = f"/{printable(name, limit=60)}/{key}"
    if not isinstance(dataset, h5py.Dataset) or dataset.shape != (n,):
        shape = getattr(dataset, "shape", None)
        raise ReadError(f"{shown}: {where} has shape {shape}; allowed is one per signal, ({n},)")
    _check_storage(dataset, f"{shown}: {where}")
    return _values(dataset, where, shown)


def _values(dataset: Any, where: str, shown: str) -> list[Any]:
    """Return texts, whole numbers or numbers; a float that is whole is one only among others that are not."""
    kind = dataset.dtype.kind
    if kind not in "iufSOUb":
        raise ReadError(f"{shown}: {where} has the type {dataset.dtype}; allowed are numbers and text")
    values = dataset[()]
    if kind in "iub":
        return [int(v) for v in values]
    if kind == "f":
        if not np.isfinite(values).all():
            raise ReadError(f"{shown}: {where} holds NaN or infinite numbers; correct the file")
        whole = where.endswith("labels") and bool((values == np.round(values)).all())
        return [int(v) if whole else float(v) for v in values]
    return [_text(v, where, shown) for v in values]


def _text(value: Any, where: str, shown: str) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ReadError(f"{shown}: {where} holds something other than text of up to {_MOST_TEXT} characters")
    return value


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in thing.attrs:
        if thing.attrs.get_id(name).get_storage_size() <= 4096:
            value = thing.attrs[name]
            value = value.ravel()[0] if isinstance(value, np.ndarray) and value.size == 1 else value
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            if isinstance(value, str):
                found.append((name, value))
            elif isinstance(value, int | float | np.integer | np.floating):
                found.append((name, float(value)))
    return found
