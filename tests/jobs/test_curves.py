"""Curves read what is there, and no line is lost where points are left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.adapters.curves import CurveFiles
from palier.data.curve_file import Curve, Matrix, read_curve, read_matrix, write_curves
from palier.diagnosis.result import PlotData
from palier.errors import NotFoundError, ParameterError, ReadError
from palier.jobs.curves import amplitude_curve, spectrogram, write_diagnosis_curves

RATE_HZ = 12_800.0


def sine(n, hz, amplitude=1.0):
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(n) / RATE_HZ)).astype(np.float32)


def nothing() -> None:
    pass


@pytest.mark.parametrize("n", [4096, 2**17, 2**18 + 12_345])
def test_a_sine_reads_its_amplitude(n):
    bins = min(n, 2**17)
    hz = round(1000 * bins / RATE_HZ) * RATE_HZ / bins
    curve = amplitude_curve(sine(n, hz, 0.3), RATE_HZ, unit="g", check=nothing)
    place = int(curve.values.argmax())
    assert place * curve.step == pytest.approx(hz, abs=curve.step / 2)
    assert curve.values[place] == pytest.approx(0.3, rel=1e-3)
    assert len(curve.values) == bins // 2 + 1


def test_the_spectrogram_shows_what_happens_when():
    """A tone that changes half-way is found in each half, at its level."""
    x = np.concatenate([sine(64_000, 1000.0, 0.5), sine(64_000, 3000.0, 0.05)])
    picture = spectrogram(x, RATE_HZ, check=nothing)
    assert picture.level_db.shape == (256, 400)
    assert picture.time_s[[0, -1]] == pytest.approx([0.02, 10.0], abs=0.03)
    for half, hz, db in ((slice(5, 190), 1000.0, -6.0), (slice(210, 395), 3000.0, -26.0)):
        level = picture.level_db[:, half].mean(axis=1)
        assert picture.frequency_hz[level.argmax()] == pytest.approx(hz, abs=RATE_HZ / 512)
        assert level.max() == pytest.approx(db, abs=1.5)


def test_every_sample_of_a_long_recording_counts_in_the_spectrogram():
    x = np.zeros(1_000_000, np.float32)
    x[345_678] = 1.0
    picture = spectrogram(x, RATE_HZ, check=nothing)
    column = int(picture.level_db.max(axis=0).argmax())
    assert picture.time_s[column] == pytest.approx(345_678 / RATE_HZ, abs=2.5 * 1_000_000 / RATE_HZ / 400)


def test_a_short_recording_has_no_spectrogram():
    assert spectrogram(np.ones(1000, np.float32), RATE_HZ, check=nothing) is None


def test_long_work_checks(tmp_path):
    checks = []
    empty = np.zeros(0, np.float32)
    plots = PlotData(sine(2**19, 1000.0), RATE_HZ, empty, empty, empty)
    write_diagnosis_curves(tmp_path, plots, unit=None, check=lambda: checks.append(1))
    assert len(checks) > 10
    x, _, _, _, x_unit, y_unit = CurveFiles().curve(tmp_path, "spectrum", first=None, last=None, points=100)
    assert (len(x), x_unit, y_unit) == (100, "Hz", None)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curves")
    values = np.random.default_rng(0).exponential(size=10_007).astype(np.float32)
    write_curves(folder, {"spectrum": Curve(5.0, 0.25, values, "Hz", "g")}, {})
    return folder, 5.0 + 0.25 * np.arange(10_007), values


@given(data=st.data())
def test_parts_keep_their_extremes(stored, data):
    folder, place, values = stored
    first = data.draw(st.floats(0, 2000))
    last = data.draw(st.floats(max(first, 5.0) + 1, 3000))
    points = data.draw(st.sampled_from([2, 3, 100, 2000, 20_000]))
    part = read_curve(folder, "spectrum", first=first, last=last, points=points)
    inside = (place >= first - 1e-6) & (place <= last + 1e-6)
    assert len(part.x) == min(points, inside.sum())
    assert part.exact == (inside.sum() <= points)
    assert part.high.max() == values[inside].max()
    assert part.low.min() == values[inside].min()
    assert part.x[part.high.argmax()] == place[inside][values[inside].argmax()], "a line is drawn in its place"
    assert (np.diff(part.x) > 0).all()
    assert (part.low <= part.high).all()


def test_what_is_not_there(stored, tmp_path):
    folder, _, _ = stored
    with pytest.raises(NotFoundError, match="no 'cepstrum' here; there are spectrum"):
        read_curve(folder, "cepstrum", first=None, last=None, points=100)
    with pytest.raises(NotFoundError, match="there are none"):
        read_matrix(folder, "spectrogram")
    with pytest.raises(NotFoundError, match="not there any more"):
        read_curve(tmp_path, "spectrum", first=None, last=None, points=100)
    with pytest.raises(ParameterError, match="nothing lies between 9000 and 9001"):
        read_curve(folder, "spectrum", first=9000, last=9001, points=100)
    with pytest.raises(ParameterError, match="points is 1"):
        read_curve(folder, "spectrum", first=None, last=None, points=1)
    (tmp_path / "curves.npz").write_bytes(b"PK")
    with pytest.raises(ReadError, match="damaged"):
        read_curve(tmp_path, "spectrum", first=None, last=None, points=100)


def test_a_picture_comes_back(tmp_path):
    made = Matrix(np.arange(3.0), np.arange(2.0), np.arange(6, dtype=np.float32).reshape(2, 3))
    write_curves(tmp_path, {}, {"spectrogram": made})
    for told, expected in zip(
        CurveFiles().matrix(tmp_path, "spectrogram"), (made.time_s, made.frequency_hz, made.level_db), strict=True
    ):
        np.testing.assert_array_equal(told, expected)
