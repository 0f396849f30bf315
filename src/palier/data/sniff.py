"""What a file is, told by its content; its name is only a hint."""

import re

from palier.data.source import Source

__all__ = ["content_of", "foreign_content"]

_HDF5 = b"\x89HDF\r\n\x1a\n"

#: Content that is no recording, by its first bytes.
_FOREIGN = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PK\x05\x06", "an empty archive"),
    (b"PK\x03\x04", "a zip archive or an Office document without NumPy arrays"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"OggS", "an Ogg sound file"),
    (b"fLaC", "a FLAC sound file"),
    (b"ID3", "an MP3 sound file"),
    (b"FORM", "an AIFF sound file"),
    (b"SQLite", "a database"),
    (b"TDSh", "the index of a TDMS file, not the data"),
    (b"version https://git-lfs", "a Git LFS pointer: the data themselves were not fetched"),
    (b"\x80\x02", "a Python pickle, which is never opened because it can run code"),
    (b"\x80\x03", "a Python pickle, which is never opened because it can run code"),
    (b"\x80\x04", "a Python pickle, which is never opened because it can run code"),
    (b"\x80\x05", "a Python pickle, which is never opened because it can run code"),
)

_BOMS_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def content_of(source: Source) -> str | None:
    """Return the name of the module in ``readers/`` for the format whose marks the content bears, or ``None``.

    What is in a gzip file shows only when it is unpacked; the reader of text tables does that.
    """
    head = source.head
    if head[124:128] in (b"\x00\x01IM", b"\x01\x00MI"):
        return "matlab"
    if _is_matlab73(head):
        return "matlab73"
    # HDF5 may be preceded by a user block of 512·2^k bytes.
    if any(head[at : at + 8] == _HDF5 for at in (0, 512, 1024, 2048)):
        return "hdf5"
    if head[:4] in (b"RIFF", b"RF64", b"RIFX") and head[8:12] == b"WAVE":
        return "wav"
    if head[:6] == b"\x93NUMPY" or (head[:4] == b"PK\x03\x04" and _first_member(head).endswith(b".npy")):
        return "numpy_files"
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"TDSm":
        return "tdms"
    if head[:2] == b"\x1f\x8b":
        return "delimited"
    if re.match(rb"    -1 *\r?\n(?= *\d)[ \d]{6}(?:[bB\s]|$)", head):
        return "uff58"
    return "delimited" if foreign_content(source) is None and _is_text(head) else None


def foreign_content(source: Source) -> str | None:
    """Return what else the content is known to be, in words, or ``None``."""
    head = source.head
    for mark, words in _FOREIGN:
        if head.startswith(mark) and not (len(mark) == 2 and mark.isalpha() and _is_text(head)):
            return words
    start = head[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page (a download that failed?)"
    if start.startswith((b"<?xml", b"<svg")):
        return "an XML document"
    if start.startswith(b"{") or re.match(rb'\[\s*[{"\[]', start):
        return "a JSON document"
    return None


def _is_matlab73(head: bytes) -> bool:
    return head.startswith(b"MATLAB 7.3 MAT-file") or (head[124:128] == b"\x00\x02IM" and head[512:520] == _HDF5)


def _first_member(head: bytes) -> bytes:
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length]


def _is_text(head: bytes) -> bool:
    if head.startswith(_BOMS_UTF16):
        return True
    control = sum(head.count(bytes([c])) for c in range(32) if c not in (9, 10, 12, 13, 26))
    return control == 0
