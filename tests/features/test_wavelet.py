import numpy as np
import pytest
import pywt

from palier.features import signal_context
from palier.features.packets import packet_energy_spread, packet_entropy, packet_kurtosis
from palier.features.wavelet import (
    wavelet_entropy,
    wavelet_kurtosis,
    wavelet_share_d1,
    wavelet_share_d2,
    wavelet_share_d3,
)

RATE_HZ = 20_480.0


def context(x: np.ndarray):
    return signal_context(x, sampling_rate_hz=RATE_HZ)


def test_shares_are_those_of_pywavelets() -> None:
    x = np.random.default_rng(0).standard_normal(16_384)
    energy = np.array([np.sum(w**2) for w in pywt.wavedec(x - x.mean(), "db4", mode="periodization", level=5)])
    c = context(x)
    ours = [wavelet_share_d1(c)[0], wavelet_share_d2(c)[0], wavelet_share_d3(c)[0]]
    assert ours == pytest.approx((energy / energy.sum())[:-4:-1].tolist(), rel=1e-4)


def test_an_orthogonal_transform_keeps_the_energy_of_white_noise_in_proportion_to_bandwidth() -> None:
    c = context(np.random.default_rng(0).standard_normal((20, 20_480)))
    assert wavelet_share_d1(c).mean() == pytest.approx(1 / 2, rel=0.02)
    assert wavelet_share_d2(c).mean() == pytest.approx(1 / 4, rel=0.02)
    assert wavelet_share_d3(c).mean() == pytest.approx(1 / 8, rel=0.03)
    shares = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32])
    assert wavelet_entropy(c).mean() == pytest.approx(-np.sum(shares * np.log(shares)) / np.log(6), rel=0.01)


def test_impacts_raise_the_kurtosis_of_their_octave_alone() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(20_480)
    t_s = np.arange(60) / RATE_HZ
    for place in range(500, 20_000, 2000):
        x[place : place + 60] += 6 * np.sin(2 * np.pi * 7000 * t_s) * np.hanning(60)
    assert wavelet_kurtosis(context(x))[0] > 4
    from palier.features.wavelet import _details

    by_level = context(x).block(_details)[0, :, 1]
    assert by_level[:4].argmax() == 0
    assert by_level[2] < 3.5


def test_packets_are_those_of_pywavelets() -> None:
    x = np.random.default_rng(0).standard_normal(16_384).cumsum()
    x -= np.linspace(x[0], x[-1], x.size)
    tree = pywt.WaveletPacket(x - x.mean(), "db4", mode="periodization", maxlevel=3)
    energy = np.array([np.sum(node.data**2) for node in tree.get_level(3, "natural")])
    s = np.maximum(energy / energy.sum(), 1e-12)
    c = context(x)
    assert packet_entropy(c)[0] == pytest.approx(-np.sum(s * np.log(s)) / np.log(8), rel=1e-3)
    assert packet_energy_spread(c)[0] == pytest.approx((10 * np.log10(s)).std(), rel=1e-3)


def test_packets_of_gaussian_noise_are_gaussian() -> None:
    c = context(np.random.default_rng(0).standard_normal((20, 20_480)))
    assert packet_kurtosis(c).mean() == pytest.approx(3, abs=0.05)
    assert packet_entropy(c).mean() == pytest.approx(1, abs=1e-3)
