"""Packs: any window exactly, whatever its borders; whole or not at all."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.core.recording import Provenance, Recording
from palier.data import pack as packs
from palier.data.pack import open_pack, write_pack
from palier.errors import ParameterError, ReadError


def recording(n: int, channels: int = 2, seed: int = 0) -> Recording:
    x = np.random.default_rng(seed).normal(size=(channels, n)).astype(np.float32)
    return Recording(
        x,
        Provenance("pump.wav", "ab" * 32, "wav", ("a note",), ("x", "y", "z"), "file"),
        sampling_rate_hz=12_000.0,
        unit="g",
        channel_names=tuple("xyzuv"[:channels]),
        speed_hz=29.5,
        start_time=datetime(2026, 11, 23, 8, tzinfo=UTC),
        bearing_name="6205",
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Packs of lengths around the borders of blocks, with what is in them."""
    place = tmp_path_factory.mktemp("packs")
    made = {}
    for n in (1, 2, 15, 16, 17, 255, 256, 257, 4096, 5000, 70_001):
        r = recording(n, seed=n)
        write_pack(r, place / str(n))
        made[n] = r.samples, open_pack(place / str(n))
    return made


@settings(max_examples=300)
@given(data=st.data())
def test_each_step_has_the_extremes_of_its_samples(opened, data):
    n = data.draw(st.sampled_from(sorted(opened)))
    samples, pack = opened[n]
    channel = data.draw(st.integers(0, 1))
    first = data.draw(st.integers(0, n - 1))
    last = data.draw(st.integers(first + 1, n))
    points = data.draw(st.sampled_from([1, 2, 3, 7, 50, 2000]))
    position, low, high = pack.envelope(channel, first, last, points)
    assert 1 <= len(position) <= points
    assert position[0] == first
    x = samples[channel]
    edges = [*position.tolist(), last]
    assert all(a < b for a, b in pairwise(edges))
    np.testing.assert_array_equal(low, [x[a:b].min() for a, b in pairwise(edges)])
    np.testing.assert_array_equal(high, [x[a:b].max() for a, b in pairwise(edges)])
    assert low.dtype == high.dtype == np.float32


@settings(max_examples=100)
@given(data=st.data())
def test_extremes_of_any_stretch(opened, data):
    samples, pack = opened[70_001]
    first = data.draw(st.integers(0, 70_000))
    last = data.draw(st.integers(first + 1, 70_001))
    assert pack._extremes(1, first, last) == (samples[1, first:last].min(), samples[1, first:last].max())


def test_steps_are_nearly_even(opened):
    position, _, _ = opened[70_001][1].envelope(0, 17, 69_990, 100)
    widths = np.diff(position)
    assert widths.max() <= 1.5 * widths.min()


def test_samples_and_recording_come_back(tmp_path):
    r = recording(5000, channels=3)
    write_pack(r, tmp_path / "p", about={"declared": {"unit": "g"}})
    pack = open_pack(tmp_path / "p")
    assert pack.channels == ("x", "y", "z")
    assert pack.about == {"declared": {"unit": "g"}}
    np.testing.assert_array_equal(pack.samples(2, 100, 3000), r.samples[2, 100:3000])
    back = pack.recording()
    np.testing.assert_array_equal(back.samples, r.samples)
    assert not back.samples.flags.writeable
    for name in ("provenance", "sampling_rate_hz", "unit", "channel_names", "speed_hz", "start_time", "bearing_name"):
        assert getattr(back, name) == getattr(r, name)


def test_writing_goes_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "_AT_ONCE", 16**2)
    r = recording(70_001)
    said = []
    write_pack(r, tmp_path / "p", on_progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (140_002, 140_002)
    assert np.diff([d for d, _ in said]).max() <= 256
    _, low, high = open_pack(tmp_path / "p").envelope(1, 3, 70_000, 10)
    assert low.min() == r.samples[1, 3:70_000].min()
    assert high.max() == r.samples[1, 3:70_000].max()


def test_a_writer_that_is_stopped_leaves_nothing(tmp_path):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pack(recording(100), tmp_path / "p", on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_pack_is_replaced_whole(tmp_path):
    write_pack(recording(100), tmp_path / "p")
    old = open_pack(tmp_path / "p")
    write_pack(recording(50, seed=1), tmp_path / "p")
    assert old.n_samples == 100
    assert old.samples(0, 0, 100).shape == (100,)
    assert open_pack(tmp_path / "p").n_samples == 50
    assert [f.name for f in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: p.envelope(0, 0, 0, 10), "samples 0 to 0"),
        (lambda p: p.envelope(0, -1, 5, 10), "samples -1 to 5"),
        (lambda p: p.samples(0, 0, 101), "samples 0 to 101"),
        (lambda p: p.samples(2, 0, 5), "no channel 2; there are 0 to 1"),
        (lambda p: p.envelope(0, 0, 5, 0), "points is 0"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path, call, words):
    write_pack(recording(100), tmp_path / "p")
    with pytest.raises(ParameterError, match=words):
        call(open_pack(tmp_path / "p"))


def test_damage_is_said(tmp_path: Path):
    folder = tmp_path / "p"
    with pytest.raises(ReadError, match="not there any more"):
        open_pack(folder)
    write_pack(recording(100), folder)
    samples = folder / "samples.f32"
    samples.write_bytes(samples.read_bytes()[:-4])
    with pytest.raises(ReadError, match=r"samples.f32 has 796 bytes instead of 800; import|is damaged"):
        open_pack(folder)
    (folder / "pack.json").write_text('{"version": 99}')
    with pytest.raises(ReadError, match="version 99"):
        open_pack(folder)
    (folder / "pack.json").write_text("{")
    with pytest.raises(ReadError, match="damaged"):
        open_pack(folder)
