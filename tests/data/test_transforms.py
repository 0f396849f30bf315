import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from palier.data.transforms import NOISE_KINDS, NoiseSpec, apply_noise, record_rng
from palier.errors import ParameterError

RATE_HZ = 20_480.0
TEXTS = ("clean", "white:10dB", "pink:5dB", "brown:0dB", "mains:20dB", "mains:3dB:60Hz", "impulsive:5/s", "dropouts:2%",
         "clipping:0.5", "gain:-6dB")  # fmt: skip


def wave(n=20_480, seed=0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (np.sin(2 * np.pi * 60 * np.arange(n) / RATE_HZ) + 0.1 * rng.standard_normal(n) + 0.4).astype(np.float32)


def noisy(text: str, x=None, seed=0) -> np.ndarray:
    return apply_noise(
        wave() if x is None else x,
        spec=NoiseSpec.parse(text),
        sampling_rate_hz=RATE_HZ,
        rng=np.random.default_rng(seed),
    )


def test_every_kind_is_written_and_read_back() -> None:
    assert {NoiseSpec.parse(t).kind for t in TEXTS} == set(NOISE_KINDS)
    for text in TEXTS:
        assert NoiseSpec.parse(str(NoiseSpec.parse(text))) == NoiseSpec.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hum:3dB", "allowed are clean; white:10dB"),
        ("white", "allowed for white is white:10dB"),
        ("white:10", "allowed for white"),
        ("mains:20dB:55Hz", "allowed for mains"),
        ("dropouts:95%", "allowed are 0 to 90"),
        ("clipping:2", "allowed are 0.01 to 1"),
        ("white:500dB", "allowed are -60 to 120"),
        ("clean:3", "allowed for clean"),
    ],
)
def test_what_is_no_variant_is_refused(text, message) -> None:
    with pytest.raises(ParameterError, match=message):
        NoiseSpec.parse(text)


@given(st.sampled_from(["white", "pink", "brown", "mains"]), st.floats(-10, 40), st.integers(0, 100))
def test_the_ratio_is_that_of_the_record_without_its_mean(kind, ratio_db, seed) -> None:
    x = wave(4096, seed)
    added = noisy(f"{kind}:{ratio_db:.1f}dB", x, seed).astype(float) - x
    measured_db = 10 * np.log10(x.astype(float).var() / (added**2).mean())
    assert measured_db == pytest.approx(round(ratio_db, 1), abs=0.6)  # 4096 Gaussian samples scatter by 0.1 dB


@pytest.mark.parametrize("text", TEXTS)
def test_shape_type_batch_and_source_are_kept(text) -> None:
    x = np.stack([wave(seed=i) for i in range(6)]).reshape(2, 3, -1)
    before = x.copy()
    y = noisy(text, x)
    assert y.shape == x.shape
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(noisy(text, x), y)
    if text != "clean":
        assert not np.array_equal(noisy(text, x), x)


@pytest.mark.parametrize("text", [t for t in TEXTS if t != "clean"])
def test_a_gain_changes_nothing_but_the_level(text) -> None:
    x = wave()
    np.testing.assert_allclose(noisy(text, 8 * x), 8 * noisy(text, x), rtol=2e-4, atol=1e-3)


@pytest.mark.parametrize(("kind", "slope"), [("white", 0.0), ("pink", -1.0), ("brown", -2.0)])
def test_colours_have_their_slope(kind, slope) -> None:
    x = wave(204_800)
    f, density = signal.welch(noisy(f"{kind}:0dB", x) - x, RATE_HZ, nperseg=4096)
    band = (f > 20) & (f < 8000)
    fit = np.polyfit(np.log(f[band]), np.log(density[band]), 1, w=np.sqrt(1 / f[band]))[0]
    assert fit == pytest.approx(slope, abs=0.1)


@pytest.mark.parametrize(("text", "hz"), [("mains:0dB", 50.0), ("mains:0dB:60Hz", 60.0)])
def test_mains_is_exactly_there(text, hz) -> None:
    x = wave(102_400)
    power = np.abs(np.fft.rfft(noisy(text, x) - x)) ** 2
    assert power.argmax() == round(hz * 5)
    assert power[round(hz * 5)] / power.sum() == pytest.approx(1 / (1 + 0.4**2 + 0.25**2), rel=1e-3)


def test_dropouts_read_zero_for_their_share_of_the_time() -> None:
    y = noisy("dropouts:10%")
    lost = y == 0
    assert lost.sum() == 2048
    edges = np.flatnonzero(np.diff(np.concatenate(([0], lost.astype(int), [0]))))
    lengths = edges[1::2] - edges[::2]
    assert lengths.max() < 5 * 0.01 * RATE_HZ  # gaps of at most 10 ms, some of them touching


def test_clipping_cuts_at_its_share_of_the_largest_deviation() -> None:
    x = wave()
    y = noisy("clipping:0.5", x)
    mean = x.mean(dtype=float)
    assert np.abs(y - mean).max() == pytest.approx(0.5 * np.abs(x - mean).max(), rel=1e-4)
    inside = np.abs(x - mean) < 0.49 * np.abs(x - mean).max()
    np.testing.assert_array_equal(y[inside], x[inside])


def test_impulses_come_as_often_as_asked() -> None:
    x = wave(204_800)
    added = np.abs(noisy("impulsive:20/s", x) - x)
    starts = np.count_nonzero((added[1:] > 4 * x.std()) & (added[:-1] <= 4 * x.std()))
    assert 150 <= starts <= 250  # 200 expected in 10 s, some of them touching


def test_a_gain_is_a_gain() -> None:
    x = wave()
    np.testing.assert_allclose(noisy("gain:20dB", x), 10 * x, rtol=1e-6)


def test_each_record_has_a_stream_of_its_own() -> None:
    spec = NoiseSpec.parse("white:10dB")
    draws = {
        record_rng(s, r, t).random() for s in (0, 1) for r in ("a", "b") for t in (spec, NoiseSpec.parse("white:9dB"))
    }
    assert len(draws) == 8
    assert record_rng(0, "a", spec).random() == record_rng(0, "a", NoiseSpec("white", 10.0)).random()


def test_too_little_is_refused() -> None:
    with pytest.raises(ParameterError, match="2 and more"):
        noisy("white:10dB", np.zeros(1, np.float32))
