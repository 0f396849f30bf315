import numpy as np
import pytest
from tests.data.dataset_cases import RATE_HZ, make_record

from palier.data import MemorySource
from palier.data.resampled_source import ResampledSource
from palier.errors import ParameterError


def test_records_come_at_the_rate_asked_for_with_everything_else_as_it_was() -> None:
    own = make_record(2)
    made = ResampledSource(MemorySource([own]), RATE_HZ / 2).record(0)
    assert made.recording.sampling_rate_hz == RATE_HZ / 2
    assert made.recording.n_samples == own.recording.n_samples // 2
    assert made.recording.samples.dtype == np.float32
    assert (made.label, made.bearing, made.recording.unit) == (own.label, own.bearing, own.recording.unit)
    assert "resampled from 1024 to 512 Hz" in made.recording.provenance.notes[-1]
    t_s = np.arange(5000) / RATE_HZ
    tone = np.sin(2 * np.pi * 40 * t_s).astype(np.float32)[None]
    from dataclasses import replace

    sung = replace(own, recording=replace(own.recording, samples=tone))
    half = ResampledSource(MemorySource([sung]), RATE_HZ / 2).record(0).recording.samples[0]
    np.testing.assert_allclose(half[100:-100], np.sin(2 * np.pi * 40 * np.arange(2500) / 512)[100:-100], atol=1e-3)


def test_a_record_of_that_rate_is_left_as_it_is() -> None:
    own = make_record(3)
    assert ResampledSource(MemorySource([own]), RATE_HZ).record(0) is own
    assert ResampledSource(MemorySource([own]), RATE_HZ).description["resampled_to_hz"] == RATE_HZ
    with pytest.raises(ParameterError, match="positive number"):
        ResampledSource(MemorySource([own]), 0.0)
