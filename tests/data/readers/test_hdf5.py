"""HDF5 files; h5py writes them."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.errors import ReadError

X = np.random.default_rng(0).standard_normal(5000).astype(np.float32)


def test_attributes_are_inherited_from_groups(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["speed_rpm"] = 1500
        for name, rate_hz in (("slow", 1000.0), ("fast", 50_000.0)):
            group = file.create_group(name)
            group.attrs["sampling_rate_hz"] = rate_hz
            group.create_dataset("acc", data=X)
            group["acc"].attrs["units"] = "m/s^2"
    for name, rate_hz in (("slow", 1000.0), ("fast", 50_000.0)):
        recording = read_recording(tmp_path / "a.h5", declared=Declared(channel=f"{name}/acc"))
        assert recording.sampling_rate_hz == rate_hz
        assert recording.speed_hz == 25.0
        assert recording.unit == "m/s^2"
    both = read_recording(tmp_path / "a.h5", channels="all")
    assert both.samples.shape[0] == 1
    assert any("left out" in note for note in both.provenance.notes)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("chunks", [None, True])
def test_matrices(turned: bool, chunks: bool | None, tmp_path: Path) -> None:
    m = np.stack([X, X + 1, X + 2], axis=0 if turned else 1)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("m", data=m, chunks=chunks, compression="lzf" if chunks else None)
        file["m"].attrs["channel_names"] = ["x", "y", "z"]
    recording = read_recording(tmp_path / "a.h5", channels="all")
    assert recording.channel_names == ("x", "y", "z")
    np.testing.assert_array_equal(recording.samples, [X, X + 1, X + 2])


def test_a_time_dataset_gives_the_rate(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["time"] = np.arange(5000) * 0.5
        file["time"].attrs["unit"] = "ms"
        file["x"] = X
    recording = read_recording(tmp_path / "a.h5")
    assert recording.sampling_rate_hz == 2000.0
    assert recording.provenance.channels_available == ("x",)


def test_links_that_lead_elsewhere_or_in_circles(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = X
    os.mkfifo(tmp_path / "pipe.h5")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["g/x"] = X
        file["g/back"] = h5py.SoftLink("/")
        file["g/again"] = file["g"]
        file["broken"] = h5py.SoftLink("/nowhere")
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/secret")
        file["hanging"] = h5py.ExternalLink("pipe.h5", "/x")
    recording = read_recording(tmp_path / "a.h5")
    assert recording.provenance.channels_available == ("g/x",)


def test_numbers_kept_in_another_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "raw.bin").write_bytes(X.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", shape=X.shape, dtype="f4", external=[("raw.bin", 0, X.nbytes)])
    with pytest.raises(ReadError, match="in another file"):
        read_recording(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        layout = h5py.VirtualLayout(shape=X.shape, dtype="f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", shape=X.shape)
        file.create_virtual_dataset("x", layout)
    with pytest.raises(ReadError, match="in another file"):
        read_recording(tmp_path / "a.h5")


def test_numbers_never_written_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", shape=(10**12,), dtype="f4", chunks=(1000,))
    with pytest.raises(ReadError, match="never written"):
        read_recording(tmp_path / "a.h5")


def test_an_unsupported_filter_is_named_a_remedy(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=np.arange(1000), chunks=(100,), scaleoffset=0)
    with pytest.raises(ReadError, match="h5repack"):
        read_recording(tmp_path / "a.h5")


def test_a_user_block_may_precede(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", userblock_size=1024) as file:
        file["x"] = X
    np.testing.assert_array_equal(read_recording(tmp_path / "a.h5").samples[0], X)


def test_matlab_73_structures_text_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["rig/x"] = X.astype(float)[None, :]
        file["rig/x"].attrs["MATLAB_class"] = np.bytes_("double")
        file["rig/unit"] = np.array([[ord(c)] for c in "m/s^2"], np.uint16)
        file["rig/unit"].attrs["MATLAB_class"] = np.bytes_("char")
        file["flags"] = np.ones((1, 5000), np.uint8)
        file["flags"].attrs["MATLAB_class"] = np.bytes_("logical")
        file.create_dataset("cells", (1, 3), dtype=h5py.ref_dtype)
        file["cells"].attrs["MATLAB_class"] = np.bytes_("cell")
        file["nothing"] = np.zeros(2, np.uint64)
        file["nothing"].attrs.update({"MATLAB_class": np.bytes_("double"), "MATLAB_empty": np.uint8(1)})
        file["#refs#/hidden"] = X
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    recording = read_recording(path)
    assert recording.provenance.reader == "matlab"
    assert recording.provenance.channels_available == ("rig/x",)
    assert recording.unit == "m/s^2"
    np.testing.assert_array_equal(recording.samples[0], X)
