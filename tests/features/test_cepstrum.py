import numpy as np
import pytest

from palier.dsp import power_cepstrum
from palier.features import signal_context
from palier.features.cepstrum import cepstral_peak, cepstral_quefrency

RATE_HZ = 10_240.0


def test_an_echo_has_the_height_of_its_strength() -> None:
    # ln |1 + a exp(-iωτ)|² has its first rahmonic at height a
    x = np.random.default_rng(0).standard_normal((10, 20_480))
    echo = x + 0.6 * np.roll(x, 300, axis=-1)
    c = signal_context(echo, sampling_rate_hz=RATE_HZ)
    assert cepstral_peak(c).mean() == pytest.approx(0.6, abs=0.05)
    np.testing.assert_allclose(cepstral_quefrency(c), 300 / RATE_HZ)


def test_a_family_of_lines_shows_at_the_reciprocal_of_its_spacing() -> None:
    t_s = np.arange(20_480) / RATE_HZ
    x = sum(np.cos(2 * np.pi * 32 * k * t_s) for k in range(1, 150))
    x = x + 0.5 * np.random.default_rng(0).standard_normal(20_480)
    c = signal_context(x, sampling_rate_hz=RATE_HZ)
    assert cepstral_quefrency(c)[0] == pytest.approx(1 / 32, rel=0.01)
    rival = power_cepstrum(x, sampling_rate_hz=RATE_HZ)
    near = rival.cepstrum[300:340]
    assert rival.quefrency_s[300 + near.argmax()] == pytest.approx(1 / 32, rel=0.01)


def test_quefrency_zero_never_counts() -> None:
    # a gain moves only the value at quefrency 0: were it a candidate, a gain would change the peak
    x = np.random.default_rng(0).standard_normal(20_480)
    quiet, loud = (signal_context(g * x, sampling_rate_hz=RATE_HZ) for g in (1e-6, 1e6))
    assert cepstral_peak(quiet)[0] == pytest.approx(cepstral_peak(loud)[0], rel=1e-4)
    assert cepstral_quefrency(loud)[0] >= 2e-3 - 1 / RATE_HZ
    assert cepstral_peak(loud)[0] < 0.2
