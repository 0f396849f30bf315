"""MATLAB files: what savemat writes is the witness, and files that MATLAB itself wrote oddly."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.io import savemat

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.errors import ReadError

X = np.linspace(-1, 1, 64)


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def matrix(name: bytes, data: bytes, *, n: int, array_class: int = 6, kind: int = 9) -> bytes:
    body = element(6, struct.pack("<II", array_class, 0)) + element(5, struct.pack("<ii", n, 1)) + element(1, name)
    return element(14, body + element(kind, data))


def header(order: bytes = b"\x00\x01IM") -> bytes:
    return b"MATLAB 5.0 MAT-file".ljust(124) + order


@pytest.mark.parametrize("dtype", ["f8", "f4", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
@pytest.mark.parametrize("compress", [False, True])
def test_every_number_class(dtype: str, compress: bool, tmp_path: Path) -> None:
    x = np.arange(100).astype(dtype)
    savemat(tmp_path / "a.mat", {"x": x}, do_compression=compress)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.mat").samples[0], x.astype(np.float32))


@pytest.mark.parametrize("shape", [(64, 1), (1, 64), (1, 1, 64)])
def test_vectors_of_any_orientation(shape: tuple[int, ...], tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": X.reshape(shape)})
    np.testing.assert_array_equal(read_recording(tmp_path / "a.mat").samples[0], X.astype(np.float32))


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_the_columns_or_rows_of_a_matrix_are_channels(compress: bool, turned: bool, tmp_path: Path) -> None:
    m = np.random.default_rng(0).standard_normal((100_000, 3))  # more than one block
    savemat(tmp_path / "a.mat", {"m": m.T if turned else m}, do_compression=compress)
    recording = read_recording(tmp_path / "a.mat", channels="all")
    assert recording.channel_names == ("m[0]", "m[1]", "m[2]")
    np.testing.assert_array_equal(recording.samples, m.T.astype(np.float32))
    one = read_recording(tmp_path / "a.mat", declared=Declared(channel="m[2]"))
    np.testing.assert_array_equal(one.samples[0], m[:, 2].astype(np.float32))


@given(x=arrays("f8", st.integers(2, 50), elements=st.floats(-1e6, 1e6)), compress=st.booleans())
def test_what_scipy_writes_is_read(x: np.ndarray, compress: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("m") / "a.mat"
    savemat(path, {"x": x}, do_compression=compress)
    np.testing.assert_array_equal(read_recording(path).samples[0], x.astype(np.float32))


def test_the_fields_of_a_structure_are_channels(tmp_path: Path) -> None:
    inner = {"z": X[:40], "fs": 1000.0}
    savemat(tmp_path / "a.mat", {"rig": {"x": X, "y": X + 1, "inner": inner, "name": "pump"}})
    recording = read_recording(tmp_path / "a.mat", channels="all")
    assert recording.channel_names == ("rig.x", "rig.y")
    assert recording.provenance.channels_available == ("rig.x", "rig.y", "rig.inner.z")
    assert recording.sampling_rate_hz == 1000.0


def test_time_stamps_are_no_channel_and_give_the_rate(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"t": np.arange(64) / 2048, "x": X, "short": X[:10]})
    recording = read_recording(tmp_path / "a.mat")
    assert recording.sampling_rate_hz == 2048.0
    assert recording.channel_names == ("x",)
    assert "channel x: the longest of 2 channels; declare a channel to take another" in recording.provenance.notes


def test_big_endian_files(tmp_path: Path) -> None:
    body = struct.pack(">IIII", 6, 8, 6, 0) + struct.pack(">IIii", 5, 8, 64, 1) + struct.pack(">I", (1 << 16) | 1)
    body += b"x\0\0\0" + struct.pack(">II", 9, 512) + X.astype(">f8").tobytes()
    (tmp_path / "a.mat").write_bytes(header(b"\x01\x00MI") + struct.pack(">II", 14, len(body)) + body)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.mat").samples[0], X.astype(np.float32))


def test_one_damaged_variable_does_not_hide_the_others(tmp_path: Path) -> None:
    damaged = matrix(b"ans", b"", n=1)  # one number promised, none there: so is the first variable of CWRU 99.mat
    good = matrix(b"x", X.tobytes(), n=64)
    (tmp_path / "a.mat").write_bytes(header() + damaged + good)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.mat").samples[0], X.astype(np.float32))
    (tmp_path / "a.mat").write_bytes(header() + damaged)
    with pytest.raises(ReadError, match=r"found: variable at byte 128 \(damaged\)"):
        read_recording(tmp_path / "a.mat")


def test_a_size_that_only_the_header_claims_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    import zlib

    huge = struct.pack("<II", 14, 2**31 - 8) + matrix(b"x", bytes(64), n=8)[8:]
    packed = zlib.compress(huge)
    (tmp_path / "a.mat").write_bytes(header() + struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(ReadError, match="decompression bomb"):
        read_recording(tmp_path / "a.mat")


def test_damaged_compressed_numbers_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": np.random.default_rng(0).standard_normal(5000)}, do_compression=True)
    data = bytearray(path.read_bytes())
    data[-3] ^= 0xFF  # the checksum of the only variable
    path.write_bytes(data)
    with pytest.raises(ReadError, match="variable x cannot be unpacked"):
        read_recording(path)


def test_numbers_beyond_single_precision_are_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": np.array([1.0, 1e300, 2.0])})
    with pytest.raises(ReadError, match="1 of 3 samples"):
        read_recording(tmp_path / "a.mat")
