"""Pieces of signal that were unpacked, kept up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Event, Lock

import numpy as np

from palier.errors import ParameterError

__all__ = ["CacheCount", "WindowCache"]


@dataclass(frozen=True, slots=True)
class CacheCount:
    """What happened so far, and what is kept now."""

    hits: int
    misses: int
    entries: int
    n_bytes: int


class _Loading:
    """A piece that one thread is loading and others may be waiting for."""

    __slots__ = ("array", "done")

    def __init__(self) -> None:
        self.done = Event()
        self.array: np.ndarray | None = None


class WindowCache:
    """Least recently used first out, safe under threads; of several that miss one piece at once, one loads it.

    Parameters
    ----------
    limit_bytes : int
        Arrays kept never take more; one that is larger on its own is handed out and not kept. 0 keeps nothing.

    Raises
    ------
    ParameterError
        If the limit is negative.

    Examples
    --------
    >>> cache = WindowCache(limit_bytes=64)
    >>> first = cache.get_or_load("a", lambda: np.zeros(8))
    >>> cache.get_or_load("a", lambda: np.ones(8)) is first, cache.count().n_bytes
    (True, 64)
    """

    __slots__ = ("_arrays", "_hits", "_loading", "_lock", "_misses", "_n_bytes", "limit_bytes")

    def __init__(self, *, limit_bytes: int) -> None:
        if limit_bytes < 0:
            raise ParameterError(f"limit_bytes is {limit_bytes}; allowed are 0 and more")
        self.limit_bytes = limit_bytes
        self._lock = Lock()
        self._arrays: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._loading: dict[Hashable, _Loading] = {}
        self._n_bytes = self._hits = self._misses = 0

    def get_or_load(self, key: Hashable, load: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the array of a key; if it is not kept, load it. It is read-only.

        What `load` raises is raised to the thread that called it; others that waited for it load for themselves.
        """
        while True:
            with self._lock:
                array = self._arrays.get(key)
                if array is not None:
                    self._arrays.move_to_end(key)
                    self._hits += 1
                    return array
                loading = self._loading.get(key)
                if loading is None:
                    mine = self._loading[key] = _Loading()
                    self._misses += 1
                    break
            loading.done.wait()
            if loading.array is not None:
                with self._lock:
                    self._hits += 1
                return loading.array
        try:
            array = load()
            array.flags.writeable = False
            mine.array = array
            self._keep(key, array)
        finally:
            with self._lock:
                del self._loading[key]
            mine.done.set()
        return array

    def count(self) -> CacheCount:
        """Return what happened so far."""
        with self._lock:
            return CacheCount(self._hits, self._misses, len(self._arrays), self._n_bytes)

    def clear(self) -> None:
        """Forget everything that is kept."""
        with self._lock:
            self._arrays.clear()
            self._n_bytes = 0

    def _keep(self, key: Hashable, array: np.ndarray) -> None:
        if array.nbytes > self.limit_bytes:
            return
        with self._lock:
            old = self._arrays.pop(key, None)
            self._n_bytes += array.nbytes - (0 if old is None else old.nbytes)
            self._arrays[key] = array
            while self._n_bytes > self.limit_bytes:
                _, gone = self._arrays.popitem(last=False)
                self._n_bytes -= gone.nbytes
