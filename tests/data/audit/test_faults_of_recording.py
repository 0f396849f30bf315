import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.data.audit.faults_of_recording import check_clipping, check_constant, check_dropouts, copied_channels
from palier.data.audit.grid import find_grid


def clipping(x):
    x = np.asarray(x).astype(np.float32)
    return check_clipping(x, source="a", grid=find_grid(x))


def test_a_constant_channel_is_fatal(rng):
    assert check_constant(np.full(100, 0.25, np.float32), source="a").severity == "fatal"
    assert check_constant(rng.normal(size=100).astype(np.float32), source="a") is None


@pytest.mark.parametrize("level", [1.5, 2.0, 2.5, 3.0])
def test_clipped_noise_is_counted_exactly(rng, level):
    x = rng.normal(size=50_000)
    found = clipping(np.clip(x, -level, level))
    assert found.values["n_clipped"] == np.count_nonzero(np.abs(x) >= level)
    assert found.values["share"] == pytest.approx(found.values["n_clipped"] / 50_000)


def test_clipping_of_one_end_is_named(rng):
    x = rng.normal(size=50_000)
    found = clipping(np.minimum(x, 2.0))
    assert found.values["n_low"] == 0
    assert found.values["n_high"] == np.count_nonzero(x >= 2)


def test_the_share_makes_it_fatal(rng):
    x = rng.normal(size=50_000)
    assert clipping(np.clip(x, -1.5, 1.5)).severity == "fatal"
    assert clipping(np.clip(x, -3.5, 3.5)).severity == "warning"


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_clipped_sine_of_a_converter_is_found(bits):
    t = np.arange(60_000)
    codes = np.round(1.2 * 2 ** (bits - 1) * np.sin(0.0101 * t)).clip(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    found = clipping(codes * 1e-3)
    assert found.values["converter_bits"] == bits
    assert found.values["n_clipped"] == np.count_nonzero(codes == codes.max()) + np.count_nonzero(codes == codes.min())


def test_one_sample_at_full_scale_of_a_converter_is_found(rng):
    codes = rng.normal(scale=500, size=50_000).round().clip(-3000, 3000)
    codes[777] = 2**14 - 1
    found = clipping(codes * 4.06e-4)
    assert found.values["n_clipped"] == 1
    assert found.values["converter_bits"] == 15
    assert found.severity == "warning"
    codes[777] -= 1
    assert clipping(codes * 4.06e-4) is None


@pytest.mark.parametrize("step", [0, 1e-4, 1e-3, 1e-2, 0.05])
@pytest.mark.parametrize("frequency", [0.00173, 0.0101, 0.1237, 0.4])
def test_the_crest_of_a_sine_is_no_clipping(step, frequency):
    x = np.sin(2 * np.pi * frequency * np.arange(100_000) + 0.1)
    assert clipping(x if step == 0 else np.round(x / step) * step) is None


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 1e-3, 0.02, 0.1, 0.5]), st.sampled_from(["normal", "laplace"]))
def test_unclipped_noise_is_never_called_clipped(seed, step, kind):
    x = getattr(np.random.default_rng(seed), kind)(size=20_000)
    assert clipping(x if step == 0 else np.round(x / step) * step * 1.37) is None


@given(st.floats(1e-6, 1e6))
def test_gain_changes_no_count(gain):
    x = np.clip(np.random.default_rng(4).normal(size=20_000), -2, 2)
    assert clipping(gain * x).values["n_clipped"] == clipping(x).values["n_clipped"]


@pytest.mark.parametrize(("value", "word"), [(0.0, "zero"), (0.3, "repeated")])
def test_a_dropout_is_found_where_it_is(rng, value, word):
    x = rng.normal(size=30_000).astype(np.float32)
    x[1000:1100] = value
    x[2000:2050] = value
    (found,) = check_dropouts(x, source="a")
    assert found.values["n_lost"] == 150
    assert found.values["longest"] == 100
    assert found.values["first"] == 1000
    assert word in found.text
    assert found.severity == "warning"


def test_many_lost_samples_are_fatal(rng):
    x = rng.normal(size=30_000).astype(np.float32)
    x[5000:10_000] = 0
    assert check_dropouts(x, source="a")[0].severity == "fatal"


def test_a_padded_tail_is_a_dropout(rng):
    x = np.concatenate((rng.normal(size=30_000), np.zeros(300))).astype(np.float32)
    assert check_dropouts(x, source="a")[0].values["first"] == 30_000


@pytest.mark.parametrize("step", [0.5, 1.0, 2.0])
def test_a_coarse_signal_has_no_dropouts(rng, step):
    assert check_dropouts((np.round(rng.normal(size=50_000) / step) * step).astype(np.float32), source="a") == ()


def test_a_slow_signal_of_few_steps_has_no_dropouts():
    x = np.round(20 * np.sin(2 * np.pi * 1e-4 * np.arange(100_000))).astype(np.float32)
    assert check_dropouts(x, source="a") == ()


def test_a_stopped_machine_is_noticed(rng):
    x = rng.normal(size=64_000).astype(np.float32)
    x[40_000:] *= 1e-3
    (found,) = check_dropouts(x, source="a")
    assert found.key == "signal_loss"
    assert found.values["first"] == 40_000


@pytest.mark.parametrize("factor", [1.0, -1.0, 9.80665, 1e-3])
def test_a_copied_channel_is_found_whatever_its_gain(rng, make, factor):
    x = rng.normal(size=(3, 20_000))
    x[2] = factor * x[0] + 0.3
    (found,) = copied_channels(make(x, channel_names=("p", "q", "r")))
    assert found.source == "a.wav:r"
    assert found.values["of"] == "p"
    assert found.values["factor"] == pytest.approx(factor, rel=1e-4)


def test_similar_channels_are_no_copies(rng, make):
    x = rng.normal(size=20_000)
    assert copied_channels(make(np.stack((x, x + 0.01 * rng.normal(size=20_000), np.zeros(20_000))))) == ()
