"""Waveforms from packs; the last few stay open."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np

from palier.data.pack import Pack, open_pack

__all__ = ["PackReader"]

#: Packs that stay open in each process; an open one costs its header and no file descriptor.
_OPEN = 32


class PackReader:
    """Reads packs for any number of threads; see `palier.app.ports.WaveformReader`.

    A pack never changes, so that its path names its content.
    """

    def __init__(self, *, most_open: int = _OPEN) -> None:
        self._most = most_open
        self._packs: OrderedDict[Path, Pack] = OrderedDict()
        self._lock = Lock()

    def envelope(
        self, pack: Path, *, channel: int, first: int, last: int, points: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return sample positions, minima and maxima of at most `points` steps over ``[first, last)``."""
        return self._opened(pack).envelope(channel, first, last, points)

    def samples(self, pack: Path, *, channel: int, first: int, last: int) -> np.ndarray:
        """Return the samples themselves, float32."""
        return self._opened(pack).samples(channel, first, last)

    def _opened(self, path: Path) -> Pack:
        with self._lock:
            pack = self._packs.get(path)
            if pack is not None:
                self._packs.move_to_end(path)
                return pack
        pack = open_pack(path)
        with self._lock:
            self._packs[path] = pack
            while len(self._packs) > self._most:
                self._packs.popitem(last=False)
        return pack
