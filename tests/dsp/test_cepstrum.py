import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.cepstrum import lifter, power_cepstrum, prewhiten, remove_rahmonics
from palier.errors import ParameterError

RATE_HZ = 1000.0


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def echo(x: np.ndarray, strength: float, delay: int) -> np.ndarray:
    return x + strength * np.roll(x, delay, axis=-1)


@given(strength=st.floats(0.05, 0.9), delay=st.integers(20, 400))
def test_an_echo_adds_its_closed_form(strength: float, delay: int) -> None:
    x = noise(4000, seed=delay)
    before = power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum
    after = power_cepstrum(echo(x, strength, delay), sampling_rate_hz=RATE_HZ)
    expected = np.zeros(4000)
    for k in range(1, 200):
        for place in (k * delay % 4000, -k * delay % 4000):
            expected[place] -= (-strength) ** k / k
    # the mean is removed, and what stands in its place at 0 Hz differs by one bin in 4000
    np.testing.assert_allclose((after.cepstrum - before)[1:], expected[1:2001], atol=5e-3)
    assert after.quefrency_s[delay] == pytest.approx(delay / RATE_HZ)


def test_it_is_twice_the_real_cepstrum() -> None:
    x = noise(501) - noise(501).mean()
    bins = np.fft.rfft(x)
    bins[0] = np.abs(bins[1])
    expected = 2 * np.fft.irfft(np.log(np.abs(bins)), 501)[:251]
    np.testing.assert_allclose(power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum, expected, atol=1e-10)


@given(gain=st.floats(1e-6, 1e6), offset=st.floats(-10, 10))
def test_gain_moves_only_the_value_at_zero(gain: float, offset: float) -> None:
    x = noise(1000)
    a = power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum
    b = power_cepstrum(gain * (x + offset), sampling_rate_hz=RATE_HZ).cepstrum
    np.testing.assert_allclose(b[1:], a[1:], atol=1e-9)
    assert b[0] - a[0] == pytest.approx(2 * np.log(gain), abs=1e-9)


@given(shift=st.integers(0, 1000))
def test_a_circular_shift_changes_no_cepstrum_and_shifts_the_whitened(shift: int) -> None:
    x = noise(1000)
    moved = np.roll(x, shift)
    a, b = (power_cepstrum(y, sampling_rate_hz=RATE_HZ).cepstrum for y in (x, moved))
    np.testing.assert_allclose(a, b, atol=1e-10)
    np.testing.assert_allclose(prewhiten(moved), np.roll(prewhiten(x), shift), atol=1e-10)


@pytest.mark.parametrize("n", [2, 3, 100, 1001])
def test_whitening_flattens_the_amplitudes_and_keeps_the_phases(n: int) -> None:
    x = noise(n, seed=n) + 5 * np.sin(np.arange(n))
    y = prewhiten(x)
    before, after = np.fft.rfft(x)[1:], np.fft.rfft(y)[1:]
    np.testing.assert_allclose(np.abs(after), np.sqrt(n))
    np.testing.assert_allclose(after / np.abs(after), before / np.abs(before), atol=1e-9)
    assert np.sqrt(np.mean(y**2)) == pytest.approx(np.sqrt(1 - 1 / n))


@given(gain=st.floats(1e-6, 1e6))
def test_whitening_ignores_the_unit(gain: float) -> None:
    x = noise(500)
    np.testing.assert_allclose(prewhiten(gain * x), prewhiten(x), atol=1e-9)


def test_whitening_brings_out_impacts_below_a_line() -> None:
    x = 0.1 * noise(10_000) + 20 * np.sin(2 * np.pi * 0.0777 * np.arange(10_000))
    x[::500] += 3
    y = prewhiten(x)
    assert np.mean(y**4) / np.mean(y**2) ** 2 > 3.8 > 2 > np.mean(x**4) / np.mean(x**2) ** 2


def test_short_quefrencies_keep_the_resonance_and_long_ones_the_echo() -> None:
    x = echo(noise(4000), 0.8, 300)
    full = power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum
    short = power_cepstrum(
        lifter(x, sampling_rate_hz=RATE_HZ, keep="short", cutoff_s=0.2), sampling_rate_hz=RATE_HZ
    ).cepstrum
    long = power_cepstrum(
        lifter(x, sampling_rate_hz=RATE_HZ, keep="long", cutoff_s=0.2), sampling_rate_hz=RATE_HZ
    ).cepstrum
    np.testing.assert_allclose(short[:201], full[:201], atol=5e-3)
    np.testing.assert_allclose(short[201:], 0, atol=5e-3)
    np.testing.assert_allclose(long[1:201], 0, atol=5e-3)
    np.testing.assert_allclose(long[201:], full[201:], atol=5e-3)
    assert full[300] > 0.7


def test_both_sides_together_change_nothing() -> None:
    x = noise(1000) - noise(1000).mean()
    kinds = {"sampling_rate_hz": RATE_HZ, "cutoff_s": 0.1}
    short, long = (np.fft.rfft(lifter(x, keep=keep, **kinds))[1:] for keep in ("short", "long"))
    overall = np.exp(power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum[0] / 2)
    np.testing.assert_allclose(np.abs(short) * np.abs(long) / overall, np.abs(np.fft.rfft(x)[1:]), rtol=1e-9)


@pytest.mark.parametrize("keep", ["short", "long"])
@given(gain=st.floats(1e-3, 1e3))
def test_liftering_follows_the_gain(keep: str, gain: float) -> None:
    x = noise(500)
    kinds = {"sampling_rate_hz": RATE_HZ, "keep": keep, "cutoff_s": 0.05}
    np.testing.assert_allclose(lifter(gain * x, **kinds), gain * lifter(x, **kinds), rtol=1e-6, atol=gain * 1e-9)


def test_a_family_falls_to_the_noise_and_a_single_line_stays() -> None:
    n = 20_000
    t_s = np.arange(n) / RATE_HZ
    family = sum(np.cos(2 * np.pi * 25 * k * t_s + k) for k in range(1, 20))
    x = 0.05 * noise(n) + family + np.cos(2 * np.pi * 111.0 * t_s)
    y = remove_rahmonics(x, sampling_rate_hz=RATE_HZ, spacing_hz=25, width=0.05)
    before, after = np.abs(np.fft.rfft(x)), np.abs(np.fft.rfft(y))
    lines = np.arange(1, 19) * 500
    assert (after[lines] / before[lines]).max() < 0.05
    # one notch of 3 in 40 samples takes 7 % of its level over the noise
    level_db = 20 * np.log10(before[2220] / np.median(before))
    assert 20 * np.log10(before[2220] / after[2220]) == pytest.approx(0.075 * level_db, rel=0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum,
        prewhiten,
        lambda x: lifter(x, sampling_rate_hz=RATE_HZ, keep="short", cutoff_s=0.05),
        lambda x: remove_rahmonics(x, sampling_rate_hz=RATE_HZ, spacing_hz=30),
    ],
)
def test_batch_equals_loop_single_precision_agrees_and_silence_stays(call) -> None:
    x = noise(2, 3, 501)
    y = call(x)
    for i in np.ndindex(2, 3):
        np.testing.assert_allclose(y[i], call(x[i]), atol=1e-10)
    single = call(x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, y, atol=2e-3)
    assert not call(np.full((2, 400), 4.0, np.float32)).any()


def test_empty_bins_count_as_far_below_the_strongest() -> None:
    x = np.cos(2 * np.pi * 0.25 * np.arange(1000))
    c = power_cepstrum(x, sampling_rate_hz=RATE_HZ).cepstrum
    assert np.isfinite(c).all()
    assert np.isfinite(prewhiten(x)).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda x: power_cepstrum(x, sampling_rate_hz=0),
        lambda x: power_cepstrum(x[:1], sampling_rate_hz=1),
        lambda x: prewhiten(x[:1]),
        lambda x: lifter(x, sampling_rate_hz=1.0, keep="short", cutoff_s=50),
        lambda x: lifter(x, sampling_rate_hz=1.0, keep="short", cutoff_s=0),
        lambda x: remove_rahmonics(x, sampling_rate_hz=1.0, spacing_hz=0.02),
        lambda x: remove_rahmonics(x, sampling_rate_hz=1.0, spacing_hz=0.6),
        lambda x: remove_rahmonics(x, sampling_rate_hz=1.0, spacing_hz=0.1, width=1.0),
    ],
)
def test_what_cannot_be_is_refused(call) -> None:
    with pytest.raises(ParameterError):
        call(np.ones(100))
