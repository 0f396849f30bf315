"""A lock between processes that a killed process cannot keep."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["LockedError", "locked"]

_PAUSE_S = 0.02


class LockedError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the lock file `path`, which is made if it is not there, and whose folder must be.

    The system releases the lock when the process ends, however it ends. Threads exclude each other too.

    Parameters
    ----------
    path : Path
    patience_s : float
        How long to wait for it, in seconds.

    Raises
    ------
    LockedError
        If it is still held by somebody else after that.
    OSError
        If the file cannot be made.
    """
    until = time.monotonic() + patience_s
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        ours = False
        try:
            ours = _take(descriptor) and _is_still(descriptor, path)
        finally:
            if not ours:
                os.close(descriptor)
        if ours:
            break
        if time.monotonic() >= until:
            raise LockedError(str(path))
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        os.close(descriptor)  # which releases it


def _is_still(descriptor: int, path: Path) -> bool:
    """Say whether the locked file still bears the name; its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _take(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
