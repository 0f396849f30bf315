"""Arrays that were computed from data once, kept on disk for whoever asks again: features, spectra."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np

from palier.data.files import output_errors
from palier.data.locking import LockedError, locked
from palier.data.schema import SCHEMA_VERSION, canonical_json
from palier.errors import OutputError, ParameterError

__all__ = ["DEFAULT_LIMIT_BYTES", "CacheInfo", "CacheKey", "DerivedCache", "default_cache_folder"]

#: 2 GiB.
DEFAULT_LIMIT_BYTES: Final = 2**31
_PATIENCE_S: Final = 30.0
_DIGEST_BYTES: Final = 32
#: When it is full, so much of the limit is kept.
_KEPT_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Everything that an array depends on: when any of it changes, it is computed anew.

    Raises
    ------
    ParameterError
        If the parameters have no JSON form, or a text is empty.

    Examples
    --------
    >>> a = CacheKey("features", content="ab12", parameters={"window_s": 1.0}, schema_version=1, code_version="3")
    >>> b = CacheKey("features", content="ab12", parameters={"window_s": 0.5}, schema_version=1, code_version="3")
    >>> len(a.digest), a.digest == b.digest
    (64, False)
    """

    kind: str
    """Name of the computation."""
    content: str
    """Hash of what goes in, such as a dataset's content hash."""
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """JSON values."""
    schema_version: int = SCHEMA_VERSION
    """Of datasets."""
    code_version: str = ""
    """Of the code that computes: raise it when its results change."""
    digest: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if not self.kind or not self.content:
            raise ParameterError(f"cache key {self.kind!r} of {self.content!r}: neither may be empty")
        facts = [self.kind, self.content, self.parameters, self.schema_version, self.code_version]
        object.__setattr__(self, "digest", sha256(canonical_json(facts).encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds."""

    folder: Path
    n_entries: int
    n_bytes: int
    limit_bytes: int


def default_cache_folder() -> Path:
    """Return ``PALIER_CACHE_DIR``, or palier's folder among the user's caches."""
    named = os.environ.get("PALIER_CACHE_DIR")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "palier"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "palier" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier"


class DerivedCache:
    """A folder of arrays, shared by any number of processes and threads.

    Each entry is one ``.npy`` file, followed by its SHA-256: one that was damaged is thrown away and computed anew.
    Nothing is ever unpickled. When the entries exceed the limit, those that were used longest ago go.

    Parameters
    ----------
    folder : Path
        Made when it is first written to.
    limit_bytes : int
        Most bytes of all entries; an array that is larger on its own is returned and not kept.

    Raises
    ------
    ParameterError
        If the limit is negative.

    Examples
    --------
    >>> import tempfile
    >>> key = CacheKey("mean", content="ab12")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = DerivedCache(Path(folder), limit_bytes=10_000)
    ...     first = cache.get_or_compute(key, lambda: np.arange(3.0))
    ...     again = cache.get_or_compute(key, lambda: np.zeros(3))
    >>> again.tolist()
    [0.0, 1.0, 2.0]
    """

    __slots__ = ("folder", "limit_bytes")

    def __init__(self, folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        if limit_bytes < 0:
            raise ParameterError(f"limit_bytes is {limit_bytes}; allowed are 0 and more")
        self.folder, self.limit_bytes = Path(folder), limit_bytes

    @classmethod
    def default(cls) -> "DerivedCache":
        """Return the user's cache, of the default size."""
        return cls(default_cache_folder(), DEFAULT_LIMIT_BYTES)

    def get_or_compute(self, key: CacheKey, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the array of a key; where it is not kept, or damaged, compute and keep it.

        Two processes that miss one key at once both compute it. A cache that cannot be written does not stop the work:
        the array is returned all the same.

        Raises
        ------
        ParameterError
            If what was computed holds Python objects.
        """
        path = self._path(key)
        found = _read(path)
        if found is not None:
            return found
        array = np.asarray(compute())
        if array.dtype.hasobject:
            raise ParameterError(f"{key.kind}: an array of {array.dtype} cannot be kept; allowed are numbers and texts")
        data = _packed(array)
        if len(data) <= self.limit_bytes:
            try:
                self._keep(path, data)
            except OutputError:
                return array
        return array

    def info(self) -> CacheInfo:
        """Return what the cache holds."""
        sizes = [size for _, size, _ in self._entries()]
        return CacheInfo(self.folder, len(sizes), sum(sizes), self.limit_bytes)

    def clear(self) -> int:
        """Remove every entry; return how many there were.

        Raises
        ------
        OutputError
            If the folder may not be written to, or others keep writing to it.
        """
        if not self.folder.is_dir():
            return 0
        with self._alone():
            n = 0
            for path, _, _ in self._entries():
                path.unlink(missing_ok=True)
                n += 1
            self._note(0)
        return n

    def _path(self, key: CacheKey) -> Path:
        return self.folder / key.digest[:2] / f"{key.digest}.npy"

    def _keep(self, path: Path, data: bytes) -> None:
        with output_errors(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{uuid4().hex}.part")
            try:
                temporary.write_bytes(data)
                with self._alone():
                    before = path.stat().st_size if path.exists() else 0
                    total = self._noted() + len(data) - before
                    if total > self.limit_bytes:
                        total = self._make_room(path, len(data)) + len(data)
                    temporary.replace(path)
                    self._note(total)
            finally:
                temporary.unlink(missing_ok=True)

    def _make_room(self, coming: Path, n_bytes: int) -> int:
        """Remove entries until there is room for one more, then some; return the size of what is left."""
        entries = sorted((e for e in self._entries() if e[0] != coming), key=lambda e: e[2])
        total = sum(size for _, size, _ in entries)
        goal = max(0, min(int(self.limit_bytes * _KEPT_SHARE), self.limit_bytes - n_bytes))
        for path, size, _ in entries:
            if total <= goal:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with output_errors(self.folder), locked(self.folder / "lock", patience_s=_PATIENCE_S):
                yield
        except LockedError:
            raise OutputError(f"{self.folder}: others have been writing for {_PATIENCE_S:g} s; try again") from None

    def _entries(self) -> Iterator[tuple[Path, int, float]]:
        """Give path, size and time of last use of each entry."""
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            for path in folder.glob("*.npy"):
                try:
                    found = path.stat()
                except FileNotFoundError:
                    continue
                yield path, found.st_size, found.st_mtime

    def _noted(self) -> int:
        """Return the size of all entries as it was noted last; counted where it never was."""
        try:
            return int((self.folder / "total").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return sum(size for _, size, _ in self._entries())

    def _note(self, total: int) -> None:
        temporary = self.folder / "total.part"  # under the lock: nobody else writes it
        temporary.write_text(str(total), encoding="ascii")
        temporary.replace(self.folder / "total")


def _packed(array: np.ndarray) -> bytes:
    stream = BytesIO()
    np.save(stream, np.ascontiguousarray(array) if array.ndim else array, allow_pickle=False)
    data = stream.getvalue()
    return data + sha256(data).digest()


def _read(path: Path) -> np.ndarray | None:
    """Return an entry and note that it was used, or None; one that is damaged is removed."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = memoryview(data)[:-_DIGEST_BYTES]
    if len(data) <= _DIGEST_BYTES or sha256(body).digest() != data[-_DIGEST_BYTES:]:
        with suppress(OSError):  # a folder that is read-only
            path.unlink(missing_ok=True)
        return None
    with suppress(OSError):  # another process removed it, or the folder is read-only: what was read is right
        os.utime(path)
    return np.asarray(np.load(BytesIO(body), allow_pickle=False))
