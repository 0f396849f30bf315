"""The text of a file: unpacked, in one encoding, with one kind of line end, never all of it at once."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from palier.data.source import BLOCK_BYTES, MAX_BYTES, MAX_EXPANSION, Source

__all__ = ["Text"]

_SAMPLE_BYTES = 2**16
_MAX_LINE_BYTES = 2**20
_FREE_EXPANSION_BYTES = 2**26


class Text:
    """The text of a file, plain or in gzip."""

    __slots__ = ("_codec", "_old_line_ends", "_packed", "_source", "note", "row_delimiter", "sample_is_all")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._packed = source.head.startswith(b"\x1f\x8b")
        self._codec: str | None = None
        self._old_line_ends = False
        self.row_delimiter: str | None = None
        self.sample_is_all = True
        self.note: str | None = None
        if self._packed != source.name.lower().endswith(".gz"):
            self.note = "the content is gzip-compressed" if self._packed else "the content is not compressed"
            self.note += f", whatever the name {source.name} says"

    def sample(self) -> str:
        """Return the first 64 KiB as text."""
        start = next(self._bytes(_SAMPLE_BYTES), b"")
        self.sample_is_all = len(start) < _SAMPLE_BYTES
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._codec = "utf-16"
            start = start[: len(start) // 2 * 2]
        elif b"\0" in start:
            kind = "holds a compressed binary file" if self._packed else "is a binary file"
            raise self._source.error(f"{kind}; if it is a recording, unpack it and name its --format")
        text = self._decoded(start)
        self._old_line_ends = "\r" in text and "\n" not in text
        return text.replace("\r", "\n" if self._old_line_ends else "").removeprefix("\ufeff")

    def _decoded(self, data: bytes) -> str:
        for codec in (self._codec or "utf-8", "cp1252"):
            try:
                return data.decode(codec)
            except UnicodeDecodeError as error:
                # The sample may end inside a character.
                if error.start >= len(data) - 4 and not self.sample_is_all:
                    return data[: error.start].decode(codec)
        return data.decode("latin-1")

    def blocks(self, n_skipped: int) -> Iterator[bytes]:
        """Yield whole lines from line `n_skipped` on, in ASCII-compatible pieces of about 1 MiB."""
        carry = b""
        for data in self._normal():
            while n_skipped:
                end = data.find(b"\n")
                if end < 0:
                    data = b""
                    break
                data = data[end + 1 :]
                n_skipped -= 1
            carry += data
            block, mark, carry = carry.rpartition(b"\n")
            if mark:
                yield block + mark
            elif len(carry) > _MAX_LINE_BYTES:
                raise self._source.error("has a line longer than 1 MiB; put one sample per line")
        if carry:
            yield carry

    def _normal(self) -> Iterator[bytes]:
        row_mark = None if self.row_delimiter is None else self.row_delimiter.encode()
        ended = False
        for data in self._utf8():
            if self._old_line_ends:
                data = data.replace(b"\r", b"\n")
            elif b"\r" in data:
                data = data.replace(b"\r", b"")
            if row_mark is not None:
                if ended and data.strip():
                    raise self._source.error("has several long rows; put one sample per line, one column per channel")
                line, mark, rest = data.partition(b"\n")
                if rest.strip():
                    raise self._source.error("has several long rows; put one sample per line, one column per channel")
                ended = bool(mark)
                data = line.replace(row_mark, b"\n")
            yield data

    def _utf8(self) -> Iterator[bytes]:
        first = True
        if self._codec is None:
            for data in self._bytes(BLOCK_BYTES):
                yield data.removeprefix(b"\xef\xbb\xbf") if first else data
                first = False
            return
        from codecs import getincrementaldecoder

        decoder = getincrementaldecoder(self._codec)("replace")
        for data in self._bytes(BLOCK_BYTES):
            yield decoder.decode(data).encode()

    def _bytes(self, size: int) -> Iterator[bytes]:
        """Yield the unpacked content in pieces of `size`."""
        self._source.file.seek(0)
        if not self._packed:
            while data := self._source.file.read(size):
                yield data
            return
        total = 0
        allowed = min(MAX_BYTES, max(_FREE_EXPANSION_BYTES, MAX_EXPANSION * self._source.size))
        try:
            unpacked: BinaryIO = gzip.GzipFile(fileobj=self._source.file)  # type: ignore[assignment]  # reads as one
            while data := unpacked.read(size):
                total += len(data)
                if total > allowed:
                    raise self._source.error(
                        f"unpacks to more than {allowed} bytes from {self._source.size}, which no recording does; it "
                        "looks like a decompression bomb: if it is genuine, unpack it first"
                    )
                yield data
        except EOFError as error:
            raise self._source.error("is a truncated gzip file; copy the file again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self._source.error("is a damaged gzip file; copy the file again") from error
