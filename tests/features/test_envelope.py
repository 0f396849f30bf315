import numpy as np
import pytest
from scipy import signal

from palier.dsp import squared_envelope
from palier.features import signal_context
from palier.features.envelope import envelope_kurtosis, envelope_peak, envelope_rms, modulation_frequency

RATE_HZ = 20_480.0
T_S = np.arange(20_480) / RATE_HZ


def context(x: np.ndarray):
    return signal_context(x, sampling_rate_hz=RATE_HZ)


def test_an_amplitude_modulated_carrier_has_its_textbook_values() -> None:
    c = context((1 + 0.5 * np.sin(2 * np.pi * 31 * T_S)) * 2 * np.sin(2 * np.pi * 3000 * T_S))
    assert envelope_rms(c)[0] == pytest.approx(2 * np.sqrt(1 + 0.125), rel=2e-3)
    assert envelope_peak(c)[0] == pytest.approx(3.0, rel=2e-3)
    assert modulation_frequency(c)[0] == pytest.approx(31, abs=0.1)
    # <(1+m sin)^4> / <(1+m sin)^2>² with m = 1/2
    assert envelope_kurtosis(c)[0] == pytest.approx((1 + 3 * 0.25 + 3 / 8 / 16) / (1 + 0.125) ** 2, rel=5e-3)


def test_gaussian_noise_has_the_kurtosis_of_rayleighs_envelope() -> None:
    c = context(np.random.default_rng(0).standard_normal((30, 20_480)))
    assert envelope_kurtosis(c).mean() == pytest.approx(2.0, abs=0.02)
    assert envelope_rms(c).mean() == pytest.approx(np.sqrt(2 * 0.8), rel=0.01)  # four fifths of the power, times two


def test_the_envelope_is_that_of_the_band() -> None:
    x = np.random.default_rng(1).standard_normal(20_480) + 20 * np.sin(2 * np.pi * 50 * T_S)
    c = context(x)
    rival = squared_envelope(x - x.mean(), sampling_rate_hz=RATE_HZ, band_hz=c.envelope_band_hz)
    ours = c.squared_envelope.mean() * c.scale[0] ** 2
    assert ours == pytest.approx(rival.samples.mean(), rel=0.02)
    hilbert = (
        np.abs(
            signal.hilbert(
                signal.sosfiltfilt(signal.butter(8, c.envelope_band_hz, "bandpass", fs=RATE_HZ, output="sos"), x)
            )
        )
        ** 2
    )
    assert ours == pytest.approx(hilbert[500:-500].mean(), rel=0.03)


def test_a_strong_slow_line_does_not_reach_the_envelope() -> None:
    noise = np.random.default_rng(1).standard_normal(20_480)
    alone, with_shaft = context(noise), context(noise + 20 * np.sin(2 * np.pi * 50.5 * T_S))
    assert envelope_rms(with_shaft)[0] == pytest.approx(envelope_rms(alone)[0], rel=0.02)
    assert envelope_kurtosis(with_shaft)[0] == pytest.approx(envelope_kurtosis(alone)[0], rel=0.05)


def test_the_depth_of_a_modulation_is_read() -> None:
    c = context((1 + 0.2 * np.sin(2 * np.pi * 40 * T_S)) * np.sin(2 * np.pi * 3000.4 * T_S))
    k = round(40 / c.envelope_bin_hz)
    # squared: 1 + m²/2 + 2m sin(…) + …; relative to its mean
    assert c.envelope_amplitude[0, k - 1 : k + 2].max() == pytest.approx(0.4 / 1.02, rel=0.05)
