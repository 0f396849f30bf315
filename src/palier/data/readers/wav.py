"""WAV files: 8, 16, 24 and 32 bits, float and double, also beyond 4 GiB headers (RF64).

Whole numbers are scaled to ±1 of full scale, as sound programs do; what that is in g only the user knows, so the unit
stays undeclared.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from palier.data.candidates import Candidates, Channel
from palier.data.facts import Facts, Stated
from palier.data.source import BLOCK_BYTES, FileStream, Source

__all__ = ["candidates"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_CODING_WORDS = {2: "ADPCM", 6: "A-law", 7: "µ-law", 17: "ADPCM", 49: "GSM", 85: "MP3"}
_UNKNOWN_SIZE = 0xFFFFFFFF
_MAX_CHUNKS = 1000
_MAX_CHANNELS = 256


@dataclass(frozen=True, slots=True)
class _Layout:
    coding: int
    n_channels: int
    rate_hz: int
    bits: int

    @property
    def sample_bytes(self) -> int:
        return (self.bits + 7) // 8


def candidates(source: Source) -> Candidates:
    """Return the channels of a WAV file."""
    order = ">" if source.head[:4] == b"RIFX" else "<"
    layout: _Layout | None = None
    data_size_64: int | None = None
    position = 12
    for _ in range(_MAX_CHUNKS):
        mark, size = _chunk(source, order, position)
        start = position + 8
        if mark == b"ds64" and size >= 24:
            data_size_64 = struct.unpack("<Q", FileStream(source.file, start + 8).read(8))[0]
        elif mark == b"fmt ":
            layout = _layout(source, order, start, size)
        elif mark == b"data":
            if layout is None:
                raise source.error("is damaged: its data come before their description (fmt); copy the file again")
            if size == _UNKNOWN_SIZE and data_size_64 is not None:
                size = data_size_64
            return _found(source, order, layout, start, size)
        position = start + size + size % 2
    raise source.error(f"holds more than {_MAX_CHUNKS} chunks and no data; it is no sound recording")


def _chunk(source: Source, order: str, position: int) -> tuple[bytes, int]:
    header = FileStream(source.file, position).read(8)
    if len(header) < 8:
        raise source.error("is truncated: it ends before its data chunk; copy the file again")
    return header[:4], struct.unpack(f"{order}I", header[4:])[0]


def _layout(source: Source, order: str, start: int, size: int) -> _Layout:
    header = FileStream(source.file, start).read(min(size, 40))
    if len(header) < 16:
        raise source.error("is truncated inside its description (fmt); copy the file again")
    coding, n_channels, rate_hz, _, frame_bytes, bits = struct.unpack(f"{order}HHIIHH", header[:16])
    if coding == _EXTENSIBLE and len(header) >= 26:
        coding = struct.unpack(f"{order}H", header[24:26])[0]
    layout = _Layout(coding, n_channels, rate_hz, bits)
    allowed = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}
    if coding not in allowed:
        word = _CODING_WORDS.get(coding, f"number {coding}")
        raise source.error(f"is coded as {word}; allowed are plain whole numbers (PCM) and floats: convert it")
    if bits not in allowed[coding]:
        words = ", ".join(map(str, allowed[coding]))
        raise source.error(f"has {bits} bits per sample; allowed are {words}: convert it")
    if not 1 <= n_channels <= _MAX_CHANNELS or frame_bytes != n_channels * layout.sample_bytes:
        raise source.error(
            f"contradicts itself: {n_channels} channels of {bits} bits in frames of {frame_bytes} bytes; it is damaged"
        )
    return layout


def _found(source: Source, order: str, layout: _Layout, start: int, size: int) -> Candidates:
    if start + size > source.size:
        raise source.error(
            f"is truncated: its header states {size} bytes of samples, {source.size - start} are there; "
            "copy the file again"
        )
    n_samples = size // (layout.n_channels * layout.sample_bytes)
    facts = Facts(sampling_rate_hz=Stated(float(layout.rate_hz), "WAV header"))
    notes: tuple[str, ...] = ()
    if layout.coding == _PCM:
        notes = (f"{layout.bits}-bit samples were scaled to ±1 of full scale; their unit is not in the file",)
    channels = tuple(
        Channel(f"ch{i}", n_samples, partial(_blocks, source, order, layout, start, n_samples, i))
        for i in range(layout.n_channels)
    )
    return Candidates("wav", channels if n_samples else (), facts, notes)


def _blocks(
    source: Source, order: str, layout: _Layout, start: int, n_samples: int, channel: int
) -> Iterator[np.ndarray]:
    width = layout.sample_bytes
    frame_bytes = layout.n_channels * width
    per_block = max(1, BLOCK_BYTES // frame_bytes)
    stream = FileStream(source.file, start)
    for first in range(0, n_samples, per_block):
        data = stream.read(min(per_block, n_samples - first) * frame_bytes)
        frames = np.frombuffer(data, np.uint8)[: len(data) // frame_bytes * frame_bytes]
        own = frames.reshape(-1, frame_bytes)[:, channel * width : (channel + 1) * width]
        yield _numbers(np.ascontiguousarray(own), order, layout)


def _numbers(own: np.ndarray, order: str, layout: _Layout) -> np.ndarray:
    """Turn the bytes of one channel, shape (time, bytes), into numbers."""
    if layout.coding == _FLOAT:
        return own.view(f"{order}f{layout.sample_bytes}")[:, 0]
    if layout.bits == 8:
        return (own[:, 0].astype(np.float32) - 128) / 128  # the one unsigned width
    # Left-aligned in 32 bits, so that one scale serves 16, 24 and 32.
    wide = np.zeros((len(own), 4), np.uint8)
    if order == "<":
        wide[:, 4 - layout.sample_bytes :] = own
    else:
        wide[:, : layout.sample_bytes] = own
    return wide.view(f"{order}i4")[:, 0] * np.float64(2.0**-31)
