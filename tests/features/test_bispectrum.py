import numpy as np
import pytest

from palier.features import signal_context
from palier.features.bispectrum import (
    _bicoherence,
    _pairs,
    bicoherence_1x_1x,
    bicoherence_1x_2x,
    bicoherence_half,
    bicoherence_max,
    bicoherence_mean,
    bispectral_entropy,
)

RATE_HZ, N = 5120.0, 10_240
T_S = np.arange(N) / RATE_HZ


def context(x: np.ndarray, speed_hz: float = 50.0):
    return signal_context(x, sampling_rate_hz=RATE_HZ, speed_hz=speed_hz)


def naive(x: np.ndarray, speed_hz: float, first: float, second: float) -> float:
    """Segment average of plain Fourier sums over Hann segments of six turns."""
    length = round(6 * RATE_HZ / speed_hz)
    window = np.hanning(length)
    sums = []
    for start in range(0, x.size - length, length // 4):
        part = x[start : start + length] * window
        t = np.arange(length) / RATE_HZ
        sums.append([np.sum(part * np.exp(-2j * np.pi * o * speed_hz * t)) for o in (first, second, first + second)])
    a, b, c = np.array(sums).T
    return float(abs(np.mean(a * b * np.conj(c))) ** 2 / (np.mean(abs(a * b) ** 2) * np.mean(abs(c) ** 2)))


def coupled(rng: np.random.Generator, *, tied: bool, speed_hz: float = 50.0) -> np.ndarray:
    """Two lines whose phases wander, and their sum line, either tied to both or wandering on its own."""
    wander = [np.cumsum(rng.standard_normal(N)) * 0.02 for _ in range(3)]
    a, b = (2 * np.pi * o * speed_hz * T_S + w for o, w in zip((1, 2), wander, strict=False))
    third = a + b if tied else 2 * np.pi * 3 * speed_hz * T_S + wander[2]
    return np.cos(a) + np.cos(b) + np.cos(third) + 0.1 * rng.standard_normal(N)


def test_tied_phases_are_told_from_free_ones() -> None:
    rng = np.random.default_rng(0)
    tied = np.stack([coupled(rng, tied=True) for _ in range(10)])
    free = np.stack([coupled(rng, tied=False) for _ in range(10)])
    assert (bicoherence_1x_2x(context(tied)) > 0.8).all()
    assert np.median(bicoherence_1x_2x(context(free))) < 0.3


@pytest.mark.parametrize("speed_hz", [43.3, 50.0, 57.9])
@pytest.mark.parametrize("tied", [True, False])
def test_it_agrees_with_plain_fourier_sums(speed_hz: float, tied: bool) -> None:
    x = coupled(np.random.default_rng(3), tied=tied, speed_hz=speed_hz)
    assert bicoherence_1x_2x(context(x, speed_hz))[0] == pytest.approx(naive(x, speed_hz, 1, 2), abs=0.12)


def test_noise_reads_about_three_over_the_number_of_revolutions() -> None:
    x = np.random.default_rng(0).standard_normal((60, N))
    got = bicoherence_mean(context(x)).mean()
    assert 2 / 100 < got < 4.5 / 100
    assert (bicoherence_max(context(x)) < 0.4).all()
    assert (bispectral_entropy(context(x)) > 0.9).all()


def test_a_whirl_is_told_from_an_exact_half() -> None:
    shaft = np.sin(2 * np.pi * 50 * T_S + 1)
    noise = 0.02 * np.random.default_rng(0).standard_normal(N)
    half, whirl = shaft + np.sin(2 * np.pi * 25 * T_S) + noise, shaft + np.sin(2 * np.pi * 22.5 * T_S) + noise
    assert bicoherence_half(context(half))[0] > 0.99
    assert bicoherence_half(context(whirl))[0] < 0.1


def test_shaft_lines_are_resolved() -> None:
    x = sum(np.sin(2 * np.pi * 50 * k * T_S + k) for k in (1, 2)) + 0.1 * np.random.default_rng(0).standard_normal(N)
    b = context(x).block(_bicoherence)[0, 0]
    assert bicoherence_1x_1x(context(x))[0] > 0.99
    between = [b[i] for i, pair in enumerate(_pairs()) if pair in {(6, 6), (6, 8), (10, 10)}]  # 1.5×, 2.5×: nothing
    assert max(between) < 0.4


def test_it_is_bounded_whatever_comes() -> None:
    rng = np.random.default_rng(0)
    wild = np.stack(
        [np.sin(2 * np.pi * 50 * T_S), rng.standard_cauchy(N).clip(-1e4, 1e4), np.sign(np.sin(2 * np.pi * 50 * T_S))]
    )
    b = context(wild).block(_bicoherence)[:, 0]
    assert (b >= 0).all()
    assert (b <= 1).all()


def test_too_few_revolutions_or_no_speed_is_undefined() -> None:
    x = np.random.default_rng(0).standard_normal(N)
    for speed_hz in (np.nan, 5.0, 1000.0):
        assert np.isnan(bicoherence_max(context(x, speed_hz))[0])
