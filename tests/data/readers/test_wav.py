"""WAV files; scipy and the standard library write and read them as witnesses."""

import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from palier.data.read import read_recording
from palier.errors import ReadError


def riff(form: bytes, data: bytes, *, mark: bytes = b"RIFF", order: str = "<", before: bytes = b"") -> bytes:
    body = b"WAVE" + before + b"fmt " + struct.pack(f"{order}I", len(form)) + form
    body += b"data" + struct.pack(f"{order}I", len(data)) + data
    return mark + struct.pack(f"{order}I", len(body)) + body


@pytest.mark.parametrize(
    ("bits", "stored", "value"),
    [
        (8, b"\x00\x80\xff", [-1.0, 0.0, 127 / 128]),
        (16, b"\x00\x80\x00\x00\xff\x7f", [-1.0, 0.0, 32767 / 32768]),
        (24, b"\x00\x00\x80\x00\x00\x00\xff\xff\x7f", [-1.0, 0.0, 8388607 / 8388608]),
        (32, b"\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00\x40", [-1.0, 0.0, 0.5]),
    ],
)
def test_full_scale_is_one(bits: int, stored: bytes, value: list[float], tmp_path: Path) -> None:
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000 * bits // 8, bits // 8, bits)
    (tmp_path / "a.wav").write_bytes(riff(form, stored))
    recording = read_recording(tmp_path / "a.wav")
    np.testing.assert_array_equal(recording.samples[0], np.array(value, np.float32))
    assert recording.unit is None
    assert any("scaled to ±1 of full scale" in note for note in recording.provenance.notes)


def test_scipy_reads_the_same(tmp_path: Path) -> None:
    x = np.random.default_rng(3).integers(-(2**15), 2**15, (70_000, 3), dtype=np.int16)
    wavfile.write(tmp_path / "a.wav", 44_100, x)
    recording = read_recording(tmp_path / "a.wav", channels="all")
    rate_hz, witness = wavfile.read(tmp_path / "a.wav")
    assert recording.sampling_rate_hz == rate_hz
    np.testing.assert_array_equal(recording.samples, witness.T.astype(np.float32) / 2**15)


def test_big_endian_extensible_and_long_headers(tmp_path: Path) -> None:
    x = np.array([0.5, -0.25, 0.125])
    form = struct.pack(">HHIIHH", 3, 1, 100, 400, 4, 32)
    (tmp_path / "a.wav").write_bytes(riff(form, x.astype(">f4").tobytes(), mark=b"RIFX", order=">"))
    np.testing.assert_array_equal(read_recording(tmp_path / "a.wav").samples[0], x)

    guid = struct.pack("<H", 1) + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 100, 300, 3, 24, 22, 24, 4) + guid
    (tmp_path / "a.wav").write_bytes(riff(form, b"\x00\x00\x40\x00\x00\xc0"))
    np.testing.assert_array_equal(read_recording(tmp_path / "a.wav").samples[0], [0.5, -0.5])

    form = struct.pack("<HHIIHH", 3, 1, 100, 400, 4, 32)
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, 0, 12, 3, 0)
    long = riff(form, x.astype("<f4").tobytes(), mark=b"RF64", before=ds64).replace(
        b"data" + struct.pack("<I", 12), b"data\xff\xff\xff\xff"
    )
    (tmp_path / "a.wav").write_bytes(long)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.wav").samples[0], x)


def test_other_chunks_are_stepped_over(tmp_path: Path) -> None:
    form = struct.pack("<HHIIHH", 1, 1, 100, 200, 2, 16)
    odd = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    (tmp_path / "a.wav").write_bytes(riff(form, struct.pack("<3h", 1, 2, 3), before=odd))
    assert read_recording(tmp_path / "a.wav").n_samples == 3


def test_data_before_their_description(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\x14\0\0\0WAVEdata\x08\0\0\0" + bytes(8))
    with pytest.raises(ReadError, match="before their description"):
        read_recording(tmp_path / "a.wav")
