"""NumPy files; numpy writes them."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.errors import ReadError


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("packed", [None, False, True])
def test_matrices_in_either_order(order: str, turned: bool, packed: bool | None, tmp_path: Path) -> None:
    m = np.random.default_rng(0).standard_normal((90_000, 2)).astype(np.float32)
    stored = np.array(m.T if turned else m, order=order)
    if packed is None:
        np.save(tmp_path / "m", stored)
        path = tmp_path / "m.npy"
    else:
        (np.savez_compressed if packed else np.savez)(tmp_path / "m", m=stored)
        path = tmp_path / "m.npz"
    recording = read_recording(path, channels="all")
    assert recording.channel_names == ("m[0]", "m[1]")
    np.testing.assert_array_equal(recording.samples, m.T)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f8", "<i2", ">i4", "u1", "<u8"])
def test_number_types(dtype: str, tmp_path: Path) -> None:
    x = np.arange(100).astype(dtype)
    np.save(tmp_path / "x", x)
    np.testing.assert_array_equal(read_recording(tmp_path / "x.npy").samples[0], x.astype(np.float32))


def test_the_fields_of_records_are_channels(tmp_path: Path) -> None:
    records = np.zeros(50, [("t", "f8"), ("ax", "f4"), ("label", "U3")])
    records["t"] = np.arange(50) / 500
    records["ax"] = np.arange(50)
    np.save(tmp_path / "r", records)
    recording = read_recording(tmp_path / "r.npy")
    assert recording.channel_names == ("ax",)
    assert recording.sampling_rate_hz == 500.0
    np.testing.assert_array_equal(recording.samples[0], np.arange(50))


def test_an_archive_names_its_channels_and_single_values(tmp_path: Path) -> None:
    np.savez(tmp_path / "r", vib_m_s2=np.ones(50), other=np.ones(50), dt=1 / 4096, rpm=1500, bearing="6205-2RS")
    recording = read_recording(tmp_path / "r.npz", declared=Declared(channel="vib_m_s2"))
    assert recording.unit == "m/s^2"
    assert recording.sampling_rate_hz == 4096.0
    assert recording.speed_hz == 25.0
    assert recording.bearing_name == "6205-2RS"
    assert recording.provenance.speed_origin == "file"


def test_an_object_array_in_an_archive_is_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "sprung",))  # type: ignore[return-value]

    np.savez(tmp_path / "r", x=np.array([Trap()] * 3, dtype=object))
    with pytest.raises(ReadError, match="Python objects"):
        read_recording(tmp_path / "r.npz")
    assert not (tmp_path / "sprung").exists()


def test_members_that_are_no_arrays_are_left_alone(tmp_path: Path) -> None:
    np.savez(tmp_path / "r", x=np.ones(50))
    with zipfile.ZipFile(tmp_path / "r.npz", "a") as archive:
        archive.writestr("../evil.txt", "text")
    assert read_recording(tmp_path / "r.npz").n_samples == 50
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_table_of_contents_beyond_reason(tmp_path: Path) -> None:
    path = tmp_path / "r.npz"
    np.savez(path, x=np.ones(50))
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ReadError, match="table of contents of 2147483648 bytes"):
        read_recording(path)
