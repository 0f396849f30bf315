"""The child that reads what could crash: it answers as the parent would, and its death is an error and no more."""

import threading
from pathlib import Path

import h5py
import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data import isolated
from palier.data.read import read_here, read_recording
from palier.data.source import open_source
from palier.errors import DeclarationError, ReadError

X = np.random.default_rng(0).standard_normal((2, 1000)).astype(np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs.update(
            {"fs": 1000.0, "speed_rpm": 600, "start_time": "2024-05-01T10:00:00+02:00", "bearing": "6205"}
        )
        file["m"] = X
        file["m"].attrs["unit"] = "um"
    return tmp_path / "a.h5"


def test_both_sides_say_the_same(path: Path) -> None:
    there = read_recording(path, channels="all", declared=Declared(speed_hz=11.0))
    with open_source(path) as source:
        here = read_here(source, Declared(speed_hz=11.0), None, "all")
    np.testing.assert_array_equal(there.samples, here.samples)
    assert not there.samples.flags.writeable
    for name in ("provenance", "sampling_rate_hz", "unit", "channel_names", "speed_hz", "start_time", "bearing_name"):
        assert getattr(there, name) == getattr(here, name)


def test_errors_keep_their_kind_and_words(path: Path) -> None:
    with pytest.raises(DeclarationError, match="there is no channel 'q'"):
        read_recording(path, declared=Declared(channel="q"))
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ReadError, match="damaged or truncated HDF5") as caught:
        read_recording(path)
    assert str(caught.value).startswith(str(path))


def test_relative_paths_and_a_changed_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_recording(path)
    monkeypatch.chdir(path.parent)
    assert read_recording("a.h5").provenance.source == "a.h5"
    with pytest.raises(DeclarationError, match=r"^a\.h5: "):
        read_recording("a.h5", declared=Declared(channel="q"))


def test_a_dead_child_is_an_error_and_the_next_file_gets_a_new_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_START", "import os; os.abort()")
    isolated._Child.running().close()
    with pytest.raises(ReadError, match=r"crashes the library that reads it \(SIGABRT\)"):
        read_recording(path)
    monkeypatch.setattr(isolated, "_START", "import sys; sys.stdin.readline(); raise RuntimeError('what it was')")
    with pytest.raises(ReadError, match=r"cannot be read \(RuntimeError: what it was"):
        read_recording(path)
    monkeypatch.undo()
    assert read_recording(path).n_samples == 1000


def test_a_child_that_hangs_is_ended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_START", "import time; time.sleep(1000)")
    monkeypatch.setattr(isolated, "_BASE_S", 0.2)
    isolated._Child.running().close()
    with pytest.raises(ReadError, match="within the time allowed"):
        read_recording(path)
    monkeypatch.undo()
    assert read_recording(path).n_samples == 1000


def test_memory_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    if not Path("/proc/self/statm").exists():
        pytest.skip("the address space cannot be measured here")
    greedy = """
import sys, numpy as np
from palier.data.isolated import _limit_memory
sys.stdin.readline()
_limit_memory(1000)
np.ones(2**28)
"""
    monkeypatch.setattr(isolated, "_START", greedy)
    isolated._Child.running().close()
    with pytest.raises(ReadError, match="Unable to allocate"):
        read_recording(path)
    monkeypatch.undo()
    isolated._Child.running().close()


def test_threads_take_turns(path: Path) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(read_recording(path).n_samples)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1000] * 8
