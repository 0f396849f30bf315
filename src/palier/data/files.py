"""Files and folders that appear whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from palier.errors import OutputError

__all__ = ["file_sha256", "output_errors", "publish_folder", "replacing", "synchronise", "write_whole"]

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about writing `path` into an OutputError that says what to do."""
    try:
        yield
    except OSError as error:
        if isinstance(error, OutputError) or type(error).__module__.startswith("palier."):
            raise
        raise OutputError(f"{path} cannot be written ({_why(error)})") from error


def _why(error: OSError) -> str:
    text = error.strerror or (str(error).splitlines() or [type(error).__name__])[0]
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return f"{text}: the disk or the quota is full; make room and call again: what is finished is kept"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{text}; choose a folder that you may write to"
    return f"{text}; choose another folder, or check the disk"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, which takes its place when the block ends well and is removed otherwise."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with output_errors(path):
        try:
            yield temporary
            synchronise(temporary)
            temporary.replace(path)
        finally:
            if temporary.is_dir():
                shutil.rmtree(temporary)
            else:
                temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def synchronise(path: Path) -> None:
    """Have the system put a file, or the entries of a folder, on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file's bytes, read in pieces."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish_folder(made: Path, target: Path) -> None:
    """Move a finished folder to its place in one step; a folder that was there is replaced and removed.

    Where the system can exchange two names (Linux), the target exists at every moment. Elsewhere the old folder is
    moved to ``.NAME.previous`` first, where a killed process leaves it.

    Raises
    ------
    OutputError
        If it cannot be moved.
    """
    with output_errors(target):
        synchronise(made)
        if not target.exists():
            made.rename(target)
        elif _exchange(made, target):
            _remove(made)
        else:
            previous = target.with_name(f".{target.name}.previous")
            shutil.rmtree(previous, ignore_errors=True)
            target.rename(previous)
            made.rename(target)
            _remove(previous)
        synchronise(target.parent)


def _remove(folder: Path) -> None:
    """Remove a folder; of a link to one, the link alone."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step, or say that this system cannot."""
    import ctypes

    library = ctypes.CDLL(None) if os.name == "posix" else None
    rename = getattr(library, "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0
