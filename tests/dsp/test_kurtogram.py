import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import next_fast_len

from palier.dsp.kurtogram import fast_kurtogram
from palier.errors import ParameterError

RATE_HZ = 16_000.0
N = 2**15


def struck(
    resonance_hz: float, *, every: int = 400, level: float = 4.0, decay_hz: float = 400.0, n: int = N
) -> np.ndarray:
    """A resonance struck at a constant rate, without noise."""
    t_s = np.arange(400) / RATE_HZ
    knock = level * np.exp(-decay_hz * t_s) * np.sin(2 * np.pi * resonance_hz * t_s)
    hits = np.zeros(n)
    hits[np.arange(every // 2, n, every)] = 1
    return np.convolve(hits, knock)[:n]


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def naive(x: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Sum up the bins of one band at every moment that counts, one cosine and sine at a time."""

    def smooth(u: np.ndarray) -> np.ndarray:
        return 10 * u**3 - 15 * u**4 + 6 * u**5

    n = x.size
    m = int(np.ceil(0.01 * n))
    fade = np.ones(n)
    fade[:m] = smooth((np.arange(m) + 0.5) / m)
    fade[n - m :] = fade[:m][::-1]
    bins = np.fft.fft((x - x.mean()) * fade)
    k = np.arange(1, n // 2 + 1)
    low, high = low_hz * n / RATE_HZ + 0.5, high_hz * n / RATE_HZ + 0.5
    share = int(np.ceil(0.25 * (high - low) - 1e-9))
    rise = np.clip((k - low) / (2 * share) + 0.5, 0, 1) if low_hz > 0 else np.ones(k.size)
    fall = np.clip((high - k) / (2 * share) + 0.5, 0, 1) if high_hz < RATE_HZ / 2 else np.ones(k.size)
    bins = bins[k] * smooth(rise) * smooth(fall)
    moments = next_fast_len(2 * round(high - low), real=True)
    drop = int(np.ceil(0.01 * moments + 3 * moments / (high - low)))
    t = np.arange(drop, moments - drop) / moments
    square = np.abs(np.exp(2j * np.pi * np.outer(t, k)) @ bins) ** 2
    return float(np.mean(square**2) / np.mean(square) ** 2 - 2)


def test_every_band_has_the_kurtosis_of_the_direct_computation() -> None:
    x = noise(2304) + struck(5000, n=2304)  # 1152 bins: all bands hold whole numbers of them
    k = fast_kurtogram(x, sampling_rate_hz=RATE_HZ, levels=4)
    assert k.kurtosis.size == 1 + 2 + 3 + 4 + 6 + 8 + 12 + 16
    for low_hz, high_hz, value in zip(k.low_hz, k.high_hz, k.kurtosis, strict=True):
        assert value == pytest.approx(naive(x, low_hz, high_hz), abs=1e-9)


@pytest.mark.parametrize("resonance_hz", [1700.0, 3100.0, 5200.0, 6700.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_best_band_holds_the_resonance(resonance_hz: float, seed: int) -> None:
    x = struck(resonance_hz) + noise(N, seed=seed)
    k = fast_kurtogram(x, sampling_rate_hz=RATE_HZ, minimum_bandwidth_hz=400)
    low_hz, high_hz = k.best_band_hz
    assert low_hz < resonance_hz < high_hz
    assert high_hz - low_hz <= 2700
    assert k.kurtosis.max() > 3 * abs(k.kurtosis[0])


@pytest.mark.parametrize("seed", range(3))
def test_gaussian_noise_has_none(seed: int) -> None:
    k = fast_kurtogram(noise(N, seed=seed), sampling_rate_hz=RATE_HZ)
    bins = N / 2 / 2**k.level
    assert (np.abs(k.kurtosis) < 5 * 2 / np.sqrt(bins)).all()
    assert k.kurtosis[k.level < 3].std() < 0.05


@pytest.mark.parametrize("frequency_hz", np.linspace(3000.3, 3300.3, 7))
def test_a_sine_has_minus_one_and_strikes_no_other_band(frequency_hz: float) -> None:
    # a line that does not close in the record, 60 dB above the noise
    x = 1e3 * np.sin(2 * np.pi * frequency_hz * np.arange(N) / RATE_HZ) + noise(N)
    k = fast_kurtogram(x, sampling_rate_hz=RATE_HZ, levels=5)
    np.testing.assert_allclose(k.kurtosis[(k.low_hz < frequency_hz) & (k.high_hz > frequency_hz)], -1, atol=0.01)
    assert k.kurtosis.max() < 0.6


@pytest.mark.parametrize(
    ("levels", "counts"),
    [(0, [1]), (1, [1, 2]), (2, [1, 2, 3, 4]), (4, [1, 2, 3, 4, 6, 8, 12, 16])],
)
def test_the_tree_halves_and_thirds(levels: int, counts: list[int]) -> None:
    k = fast_kurtogram(noise(4000), sampling_rate_hz=RATE_HZ, levels=levels)
    level, rows = np.unique(k.level, return_counts=True)
    assert rows.tolist() == counts
    np.testing.assert_allclose(level, np.log2(counts))
    np.testing.assert_allclose(k.bandwidth_hz, RATE_HZ / 2 / 2**k.level)
    image = k.as_image()
    assert image.shape[0] == len(counts)
    for row, count in zip(image, counts, strict=True):
        np.testing.assert_array_equal(row[:: row.size // count], k.kurtosis[np.isclose(2**k.level, count)])


@pytest.mark.parametrize(
    ("least_hz", "narrowest_hz"), [(8000.0, 8000.0), (2000.0, 2000.0), (1400.0, 2000.0), (300.0, 8000 / 24)]
)
def test_no_band_is_narrower_than_asked(least_hz: float, narrowest_hz: float) -> None:
    k = fast_kurtogram(noise(N), sampling_rate_hz=RATE_HZ, minimum_bandwidth_hz=least_hz)
    assert k.bandwidth_hz.min() == pytest.approx(narrowest_hz)


@settings(max_examples=20)
@given(gain=st.floats(1e-9, 1e9), shift=st.integers(-150, 150), offset=st.floats(-5, 5))
def test_gain_and_offset_change_nothing_and_a_shift_little(gain: float, shift: int, offset: float) -> None:
    x = noise(4096) + struck(5000, n=4096, every=1000)
    a = fast_kurtogram(x, sampling_rate_hz=RATE_HZ, levels=3).kurtosis
    b = fast_kurtogram(gain * (x + offset), sampling_rate_hz=RATE_HZ, levels=3).kurtosis
    np.testing.assert_allclose(a, b, atol=1e-8)
    moved = fast_kurtogram(np.roll(x, shift), sampling_rate_hz=RATE_HZ, levels=3).kurtosis
    np.testing.assert_allclose(a, moved, rtol=0.1, atol=0.15)


@pytest.mark.parametrize("n", [4001, 4096, 4500])
def test_batch_equals_loop_and_single_precision_agrees(n: int) -> None:
    x = noise(2, 2, n) + struck(5000, n=n)
    whole = fast_kurtogram(x, sampling_rate_hz=RATE_HZ, levels=4)
    assert whole.best.shape == (2, 2)
    assert whole.best_band_hz.shape == (2, 2, 2)
    assert whole.as_image().shape == (2, 2, 8, 48)
    for i in np.ndindex(2, 2):
        one = fast_kurtogram(x[i], sampling_rate_hz=RATE_HZ, levels=4)
        np.testing.assert_allclose(whole.kurtosis[i], one.kurtosis, atol=1e-10)
        assert whole.best[i] == one.best
    for scale in (1e-12, 1.0, 1e12):  # fourth powers of neither underflow nor overflow
        single = fast_kurtogram((scale * x).astype(np.float32), sampling_rate_hz=RATE_HZ, levels=4)
        assert single.kurtosis.dtype == np.float32
        np.testing.assert_allclose(single.kurtosis, whole.kurtosis, atol=1e-3)


def test_silence_has_no_kurtosis() -> None:
    k = fast_kurtogram(np.full((2, 4096), 3.0, np.float32), sampling_rate_hz=RATE_HZ)
    assert not k.kurtosis.any()


@pytest.mark.parametrize(
    ("n", "kinds", "message"),
    [
        (4096, {"levels": 6}, "0 to 5"),
        (4096, {"levels": -1}, "0 to 5"),
        (100, {}, "longer waveform"),
        (0, {}, "longer waveform"),
        (4096, {"minimum_bandwidth_hz": 9000.0}, "8000 Hz"),
        (4096, {"minimum_bandwidth_hz": float("nan")}, "nan"),
    ],
)
def test_what_cannot_be_is_refused(n: int, kinds: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fast_kurtogram(np.ones(n), sampling_rate_hz=RATE_HZ, **kinds)


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="sampling_rate_hz"):
        fast_kurtogram(np.ones(4096), sampling_rate_hz=0)
