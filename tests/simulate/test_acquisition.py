import numpy as np
import pytest
from scipy import signal

from palier.errors import ParameterError
from palier.simulate import LAYERS, acquire, one_over_f
from palier.simulate.acquisition import FULL_SCALE
from palier.simulate.lines import Line, Ramp, sum_of_lines

RATE_HZ, N = 20_480.0, 102_400


def streams(seed=0) -> dict[str, np.random.Generator]:
    return {name: np.random.default_rng([seed, i]) for i, name in enumerate(LAYERS)}


def through(x=None, *, only=(), seed=0, snr_db=None):
    x = np.zeros(N, np.float32) if x is None else x
    switches = {name: name in only for name in LAYERS}
    return acquire(x, sampling_rate_hz=RATE_HZ, streams=streams(seed), switches=switches, snr_db=snr_db)


def test_the_chain_has_the_layers_of_the_design_in_their_order() -> None:
    assert list(LAYERS) == [
        "transfer_path", "thermal_drift", "mains", "one_over_f", "sensor_noise", "impulses", "sensor_drift",
        "aliasing", "converter",
    ]  # fmt: skip
    assert [name for name, layer in LAYERS.items() if not layer.default] == ["transfer_path"]


def test_with_every_layer_off_nothing_happens() -> None:
    x = np.random.default_rng(0).standard_normal(N, dtype=np.float32)
    y, draws = through(x)
    np.testing.assert_array_equal(x, y)
    assert draws == {}


@pytest.mark.parametrize("name", LAYERS)
def test_switching_one_layer_off_leaves_the_draws_of_the_others(name) -> None:
    x = np.zeros(4096, np.float32)
    _, every = acquire(x, sampling_rate_hz=RATE_HZ, streams=streams(), switches={"transfer_path": True})
    _, others = acquire(x, sampling_rate_hz=RATE_HZ, streams=streams(), switches={"transfer_path": True, name: False})
    assert {k: v for k, v in every.items() if k not in (name, "converter")} == {
        k: v for k, v in others.items() if k != "converter"
    }


def test_mains_is_at_exactly_50_or_60_hertz() -> None:
    seen = set()
    for seed in range(12):
        y, draws = through(only=("mains",), seed=seed)
        f, power = np.fft.rfftfreq(N, 1 / RATE_HZ), np.abs(np.fft.rfft(y)) ** 2
        assert f[power.argmax()] in (50.0, 60.0)  # 5 s: both lie on a bin
        own = sum(power[round(k * draws["mains"]["hz"] * 5)] for k in (1, 2, 3))
        assert own / power.sum() > 1 - 1e-6
        seen.add(float(f[power.argmax()]))
    assert seen == {50.0, 60.0}


def test_the_slope_of_one_over_f_is_minus_one() -> None:
    slopes, levels = [], []
    for seed in range(20):
        x = one_over_f(N, rng=np.random.default_rng(seed))
        f, density = signal.welch(x, RATE_HZ, nperseg=8192)
        band = (f > 10) & (f < 9000)
        slopes.append(np.polyfit(np.log(f[band]), np.log(density[band]), 1, w=np.sqrt(1 / f[band]))[0])
        levels.append(x.astype(float).std())
    assert np.mean(slopes) == pytest.approx(-1.0, abs=0.1)
    assert np.sqrt(np.mean(np.square(levels))) == pytest.approx(1.0, rel=0.1)


def test_sensor_noise_has_the_stated_level_or_ratio() -> None:
    y, draws = through(only=("sensor_noise",))
    assert y.astype(float).std() == pytest.approx(draws["sensor_noise"]["rms"], rel=0.02)
    tone = np.sin(2 * np.pi * 60 * np.arange(N) / RATE_HZ).astype(np.float32)
    z, _ = through(tone, only=("sensor_noise",), snr_db=10.0)
    assert 10 * np.log10(tone.var() / (z - tone).var()) == pytest.approx(10.0, abs=0.1)


def test_a_tone_from_above_nyquist_appears_folded() -> None:
    present = 0
    for seed in range(120):
        y, draws = through(only=("aliasing",), seed=seed)
        truth = draws["aliasing"]
        present += truth["present"]
        if truth["present"]:
            t_s = np.arange(N) / RATE_HZ
            direct = truth["amplitude"] * np.sin(2 * np.pi * truth["true_hz"] * t_s + truth["phase_rad"])
            np.testing.assert_allclose(y, direct, atol=2e-5)  # what a sampler makes of the true tone
            assert truth["true_hz"] > RATE_HZ / 2 > truth["seen_hz"]
    assert 4 <= present <= 22  # one in ten of 120


def test_quantisation_comes_last_and_clips() -> None:
    x = np.linspace(-2 * FULL_SCALE, 2 * FULL_SCALE, N, dtype=np.float32)
    y, draws = through(x, only=("converter",))
    step = draws["converter"]["step"]
    assert step == 2 * FULL_SCALE / 2**16
    codes = y / np.float32(step)
    np.testing.assert_allclose(codes, np.rint(codes), atol=2e-3)
    assert y.min() == -FULL_SCALE
    assert y.max() <= FULL_SCALE - step / 2
    inside = np.abs(x) < FULL_SCALE - step
    assert np.abs(y - x)[inside].max() <= step / 2 * 1.01
    wanted = np.rint(x / np.float32(step))
    assert draws["converter"]["clipped_samples"] == np.count_nonzero((wanted < -(2**15)) | (wanted > 2**15 - 1))


def test_impulses_are_where_the_truth_says() -> None:
    y, draws = through(only=("impulses",), seed=3)
    for seed in range(20):
        y, draws = through(only=("impulses",), seed=seed)
        outside = np.ones(N, bool)
        for at_s in draws["impulses"]["times_s"]:
            start = round(at_s * RATE_HZ)
            outside[start : start + 25] = False
        assert not y[outside].any()


def test_the_housing_lifts_its_modes() -> None:
    x = np.random.default_rng(1).standard_normal(N, dtype=np.float32)
    y, draws = through(x, only=("transfer_path",))
    f = np.fft.rfftfreq(N, 1 / RATE_HZ)
    gain = np.abs(np.fft.rfft(y)) / np.abs(np.fft.rfft(x))
    for hz, _, _ in draws["transfer_path"]["modes"]:
        assert gain[np.abs(f - hz).argmin()] > 1.5
    assert gain[1] == pytest.approx(1.0, abs=0.05)


def test_an_unknown_layer_is_refused() -> None:
    with pytest.raises(ParameterError, match="no layer hum"):
        acquire(np.zeros(8, np.float32), sampling_rate_hz=8.0, streams=streams(), switches={"hum": True})
    with pytest.raises(ParameterError, match="2 and more"):
        one_over_f(1, rng=np.random.default_rng(0))


@pytest.mark.parametrize("speed", [Ramp(60.0, 60.0), Ramp(57.0, 63.0)])
@pytest.mark.parametrize("n", [1, 7, 1000, 4096])
def test_a_sum_of_lines_is_the_sum_of_its_sines(speed, n) -> None:
    lines = [
        Line(0.5, 0.3, order=1.0),
        Line(0.2, 1.1, order=0.45),
        Line(0.1, 2.0, hz=50.0),
        Line(0.3, 0.0, order=2.0, hz=-1.0),
    ]
    t_s = np.arange(n) / RATE_HZ
    turns = speed.start_hz * t_s + (speed.end_hz - speed.start_hz) / (2 * n / RATE_HZ) * t_s**2
    direct = sum(s.amplitude * np.sin(s.phase_rad + 2 * np.pi * (s.order * turns + s.hz * t_s)) for s in lines)
    np.testing.assert_allclose(sum_of_lines(lines, speed=speed, n=n, sampling_rate_hz=RATE_HZ), direct, atol=2e-6)
