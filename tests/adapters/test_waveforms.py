"""Packs stay open for the next window, and only so many of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from palier.adapters.waveforms import PackReader
from palier.app.ports import WaveformReader
from palier.core.recording import Provenance, Recording
from palier.data.pack import write_pack
from palier.errors import ReadError


@pytest.fixture
def packs(tmp_path):
    made = {}
    for i in range(4):
        x = np.random.default_rng(i).normal(size=(2, 5000)).astype(np.float32)
        write_pack(Recording(x, Provenance("x", "0" * 64)), tmp_path / str(i))
        made[tmp_path / str(i)] = x
    return made


def test_windows_of_many_packs_from_many_threads(packs):
    reader: WaveformReader = PackReader(most_open=2)

    def look(k: int) -> bool:
        path, x = list(packs.items())[k % 4]
        first = 7 * k
        position, low, high = reader.envelope(path, channel=1, first=first, last=4900, points=50)
        same = np.array_equal(reader.samples(path, channel=0, first=first, last=first + 9), x[0, first : first + 9])
        return (
            same
            and position[0] == first
            and low.min() == x[1, first:4900].min()
            and high.max() == x[1, first:4900].max()
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(200)))
    assert len(reader._packs) == 2


def test_an_open_pack_outlives_its_folder(packs, tmp_path):
    reader = PackReader()
    path = next(iter(packs))
    before = reader.samples(path, channel=0, first=0, last=10)
    for file in path.iterdir():
        file.unlink()
    path.rmdir()
    np.testing.assert_array_equal(reader.samples(path, channel=0, first=0, last=10), before)
    with pytest.raises(ReadError, match="import the recording again"):
        reader.samples(tmp_path / "none", channel=0, first=0, last=10)
