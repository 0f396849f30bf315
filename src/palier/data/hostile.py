"""The one place where what goes wrong inside a file parser becomes a clear error."""

import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from palier.errors import ReadError

__all__ = ["MAX_BYTES", "check_regular_file", "check_size", "translated"]

#: Largest file, and largest decompressed content of one channel, that is read.
MAX_BYTES = 2 * 1024**3

#: What the parsers raise on damaged files, found by fuzzing them; each is a fault of the file, not of palier.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@contextmanager
def translated(path: Path, kind: str) -> Iterator[None]:
    """Turn a parser's exception into a ReadError that says what the file was taken for.

    Only the parsing itself goes inside: code of palier's own that fails must stay visible.
    """
    try:
        yield
    except ReadError:
        raise
    except PermissionError as error:
        raise ReadError(f"{path.name}: no permission to read it; change its permissions or its owner") from error
    except _PARSER_ERRORS as error:
        detail = " ".join(str(error).split())[:160] or type(error).__name__
        raise ReadError(
            f"{path.name}: not readable as {kind} ({detail}); the file is truncated, damaged or of another format: "
            "export it again, or name its format with --format"
        ) from error


def check_regular_file(path: Path) -> int:
    """Return the size of a regular file, or say what else is there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file; check the name and the folder") from None
    except PermissionError:
        raise ReadError(f"{path}: no permission to look at it; change its permissions or its owner") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be opened ({error.strerror}); give an ordinary file") from error
    except ValueError as error:  # a NUL in the name
        raise ReadError(f"{str(path)!r}: not a file name ({error})") from error
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(f"{path}: a folder, not a recording; name the files in it, or give the folder to a command")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{path}: a pipe or device, not a file; save it to a file first")
    if status.st_size == 0:
        raise ReadError(f"{path.name}: the file is empty; record or export it again")
    check_size(path, status.st_size, "the file")
    return status.st_size


def check_size(path: Path, n_bytes: int, what: str) -> None:
    """Refuse more than `MAX_BYTES` before anything of that size is read."""
    if n_bytes > MAX_BYTES:
        raise ReadError(
            f"{path.name}: {what} is {n_bytes / 1024**3:.1f} GiB; allowed are {MAX_BYTES / 1024**3:g} GiB: "
            "cut the recording into shorter ones"
        )
