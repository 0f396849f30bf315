"""One file on disk, opened so that nothing about it can hang, and read in bounds."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from palier.errors import ReadError

__all__ = [
    "BLOCK_BYTES",
    "MAX_BYTES",
    "MAX_EXPANSION",
    "ByteStream",
    "FileStream",
    "Inflated",
    "Source",
    "check_expansion",
    "open_source",
    "printable",
    "read_exactly",
]

T = TypeVar("T")

#: Largest file, and largest channel once unpacked, that palier reads: 2 GiB.
MAX_BYTES = 2**31
#: How much of a file is looked at to tell what it is.
HEAD_BYTES = 4096
#: Size of the pieces in which files are read.
BLOCK_BYTES = 2**20
#: Compressed data beyond 64 MiB may be at most so many times larger unpacked; real recordings stay below 20.
MAX_EXPANSION = 100
_FREE_EXPANSION_BYTES = 2**26


def printable(text: str, *, limit: int = 200) -> str:
    """Return `text` on one line that any terminal can show.

    Examples
    --------
    >>> printable("a\\nb")
    'a�b'
    """
    shown = "".join(c if c.isprintable() else "�" for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A regular file that is open for reading."""

    path: Path
    """As the user gave it."""
    shown: str
    """The same, printable."""
    name: str
    """Last part of the path, printable."""
    size: int
    """Bytes."""
    head: bytes
    """The first bytes."""
    file: BufferedReader = field(repr=False)
    _open: ExitStack = field(repr=False)

    def keep(self, opened: AbstractContextManager[T]) -> T:
        """Enter a context that lasts as long as the file is open."""
        return self._open.enter_context(opened)

    def error(self, what: str) -> ReadError:
        """Return the error that says `what` of this file."""
        return ReadError(f"{self.shown}: {what}")

    def sha256(self) -> str:
        """Return the hex digest of the file's bytes, read in pieces."""
        import hashlib

        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()


class ByteStream(Protocol):
    """Bytes that come in order."""

    def read(self, n_bytes: int, /) -> bytes:
        """Return up to `n_bytes`; fewer only at the end."""
        ...

    def skip(self, n_bytes: int, /) -> None:
        """Leave out `n_bytes`."""
        ...


def read_exactly(stream: ByteStream, n_bytes: int) -> bytes:
    """Return `n_bytes`, or raise EOFError."""
    data = stream.read(n_bytes)
    if len(data) != n_bytes:
        raise EOFError
    return data


class FileStream:
    """A part of a file; several may share one open file."""

    __slots__ = ("_file", "position")

    def __init__(self, file: BinaryIO, position: int) -> None:
        self._file = file
        self.position = position

    def read(self, n_bytes: int, /) -> bytes:
        """Return up to `n_bytes`; fewer only at the end of the file."""
        self._file.seek(self.position)
        data = self._file.read(n_bytes)
        self.position += len(data)
        return data

    def skip(self, n_bytes: int, /) -> None:
        """Leave out `n_bytes`."""
        self.position += n_bytes


class Inflated:
    """The content of a zlib-compressed part of a file, never more of it at once than asked for."""

    __slots__ = ("_inflater", "_left", "_source", "position")

    def __init__(self, file: BinaryIO, position: int, n_bytes: int) -> None:
        import zlib

        self._inflater = zlib.decompressobj()
        self._source = FileStream(file, position)
        self._left = n_bytes
        self.position = 0

    def read(self, n_bytes: int, /) -> bytes:
        """Return up to `n_bytes`; fewer only at the end. Raises zlib.error where the data are damaged."""
        pieces: list[bytes] = []
        while n_bytes > 0 and not self._inflater.eof:
            packed = self._inflater.unconsumed_tail
            if not packed and self._left:
                packed = self._source.read(min(self._left, 65536))
                self._left -= len(packed) or self._left
            piece = self._inflater.decompress(packed, n_bytes)
            if not piece and not self._inflater.unconsumed_tail and not self._left:
                break
            pieces.append(piece)
            n_bytes -= len(piece)
        data = b"".join(pieces)
        self.position += len(data)
        return data

    def skip(self, n_bytes: int, /) -> None:
        """Leave out `n_bytes`."""
        while n_bytes > 0:
            data = self.read(min(n_bytes, BLOCK_BYTES))
            if not data:
                raise EOFError
            n_bytes -= len(data)

    def finish(self) -> None:
        """Verify the checksum where the end is near; raises zlib.error or EOFError where it fails."""
        for _ in range(16):
            if not self.read(65536):
                break
        if not self._left and not self._inflater.eof:
            raise EOFError


def check_expansion(source: Source, what: str, *, packed_bytes: int, unpacked_bytes: int) -> None:
    """Refuse data that unpack to an implausible or unbearable size, before they are unpacked."""
    if unpacked_bytes > MAX_BYTES:
        raise source.error(
            f"{what} would need {unpacked_bytes / 2**30:.1f} GiB unpacked; allowed are 2 GiB: cut the recording"
        )
    if unpacked_bytes > _FREE_EXPANSION_BYTES and unpacked_bytes > MAX_EXPANSION * packed_bytes:
        raise source.error(
            f"{what} would unpack from {packed_bytes} to {unpacked_bytes} bytes, which no recording does (allowed is "
            f"{MAX_EXPANSION} times): it looks like a decompression bomb; if it is genuine, save it uncompressed"
        )


@contextmanager
def open_source(path: Path, *, shown: str | None = None) -> Iterator[Source]:
    """Open a regular file of an allowed size; messages call it `shown`.

    Raises
    ------
    ReadError
        If there is no such file, it is a folder, a device or a pipe, it may not be read, it is empty, or larger than
        2 GiB.
    """
    shown = printable(str(path)) if shown is None else shown
    try:
        found = path.stat()
        _check_kind(shown, found)
        # Non-blocking, so that a pipe put in the file's place meanwhile cannot hang the open.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        file = open(os.open(path, flags), "rb")  # noqa: PTH123, SIM115 - from a descriptor; closed below
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{shown}: {_why(error)}") from error
    with file, ExitStack() as opened:
        found = os.fstat(file.fileno())
        _check_kind(shown, found)
        try:
            head = file.read(HEAD_BYTES)
        except OSError as error:
            raise ReadError(f"{shown}: {_why(error)}") from error
        yield Source(path, shown, printable(path.name), found.st_size, head, file, opened)


def _check_kind(shown: str, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ReadError(f"{shown}: is a folder that holds no recording; name a file, or a folder with recordings")
    if not stat.S_ISREG(found.st_mode):
        kind = "a pipe" if stat.S_ISFIFO(found.st_mode) else "a socket" if stat.S_ISSOCK(found.st_mode) else "a device"
        raise ReadError(f"{shown}: is {kind}; only regular files can be read: save the recording to a file first")
    if found.st_size == 0:
        raise ReadError(f"{shown}: is empty (0 bytes); was the recording or the copy interrupted?")
    if found.st_size > MAX_BYTES:
        raise ReadError(
            f"{shown}: has {found.st_size / 2**30:.2f} GiB; allowed are 2 GiB: cut the recording or save one channel"
        )


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "may not be read (no permission); give this user read access to it"
    if isinstance(error, FileNotFoundError):
        return "does not exist; check the path"
    if isinstance(error, NotADirectoryError):
        return "does not exist: a part of the path is a file, not a folder; check the path"
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "is a symbolic link that leads back to itself; name the file itself"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return "is no possible path: it is too long"
    if isinstance(error, OSError):
        return f"cannot be opened ({error.strerror}); check the path and the disk"
    return "is no possible path: it holds a character that paths cannot hold"
