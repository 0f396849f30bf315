import numpy as np
import pytest

from palier.data.audit.summary import summarise


def test_a_summary_holds_what_classes_are_compared_by(make, rng):
    t_s = np.arange(120_000) / 12_000
    x = np.stack((0.5 * rng.normal(size=120_000) + np.sin(2 * np.pi * 100 * t_s) + 1, rng.normal(size=120_000)))
    s = summarise(make(x), label="good")
    assert s.level == pytest.approx(np.sqrt(0.25 + 0.5), rel=0.01)
    assert s.level_db == pytest.approx(10 * np.log10(0.75), abs=0.1)
    assert s.offset_ratio == pytest.approx(1 / np.sqrt(0.75), rel=0.01)
    assert s.power.sum() == pytest.approx(1)
    assert np.abs(s.lines_hz - 100).min() < 0.02
    assert len(s.sha256) == len(s.peaks) == 2


def test_a_summary_stays_small(make, rng):
    s = summarise(make(rng.normal(size=(2, 500_000))), label=None)
    size = s.power.nbytes + s.lines_hz.nbytes + sum(p.hashes.nbytes + p.positions.nbytes for p in s.peaks)
    assert size < 40_000


@pytest.mark.parametrize("x", [np.zeros(5000), np.ones(3)])
def test_constant_and_tiny_recordings_are_summarised(make, x):
    s = summarise(make(x, sampling_rate_hz=None), label=None)
    assert s.level_db is None
    assert len(s.power) == len(s.lines_hz) == 0
