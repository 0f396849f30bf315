import hashlib
from collections import Counter

import numpy as np
import pytest
import scipy.fft

from palier.errors import ParameterError
from palier.features import feature_set, registered, signal_context

RATE_HZ, N = 20_480.0, 20_480


@pytest.fixture
def transforms(monkeypatch):
    """Every Fourier transform that is called: its name, what went in, and the length."""
    calls: list[tuple[str, str, int]] = []

    def counted(name, real):
        def call(x, n=None, *args, **kwargs):
            x = np.ascontiguousarray(x)
            calls.append((name, hashlib.sha256(x.tobytes()).hexdigest(), n or x.shape[-1]))
            return real(x, n, *args, **kwargs)

        return call

    for module in (scipy.fft, np.fft):
        for name in ("fft", "ifft", "rfft", "irfft"):
            monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    return calls


def context(seed: int = 0):
    x = np.random.default_rng(seed).standard_normal((3, N))
    return signal_context(
        x, sampling_rate_hz=RATE_HZ, speed_hz=np.array([55.0, 60.0, 61.0]), line_orders={"bpfo": 3.6, "bpfi": 5.4}
    )


@pytest.mark.parametrize("name", ["standard-1", "journal-1", "all-1", "log-spectrum-1"])
def test_no_transform_is_computed_twice(name: str, transforms) -> None:
    c = context()
    for f in feature_set(name).features:
        c.block(f.block)
    assert transforms
    assert max(Counter(transforms).values()) == 1
    assert sum(call[0] == "rfft" and call[2] == N for call in transforms) == 1


def test_the_older_set_takes_four_transforms(transforms) -> None:
    c = context()
    for f in feature_set("standard-1").features:
        c.block(f.block)
    # forward; of the envelope, there and back; of the log spectrum; of the bands of the bispectrum
    assert Counter(name for name, _, _ in transforms) == {"rfft": 2, "ifft": 2, "irfft": 1}


def test_features_do_not_depend_on_the_order_in_which_they_are_asked_for() -> None:
    features = list(registered())
    a, b = context(), context()
    for f in features:
        a.block(f.block)
    for f in reversed(features):
        b.block(f.block)
    for f in features:
        np.testing.assert_array_equal(a.block(f.block), b.block(f.block))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": np.ones(100)}, "waveforms of 100 samples"),
        ({"samples": np.r_[np.nan, np.ones(600)]}, "NaN or infinite"),
        ({"sampling_rate_hz": 0.0}, "sampling_rate_hz is 0"),
        ({"sampling_rate_hz": np.inf}, "sampling_rate_hz is inf"),
        ({"speed_hz": -1.0}, "a speed is not positive"),
        ({"line_orders": {"bpfo": -3.0}}, "line_orders are"),
    ],
)
def test_what_cannot_be_is_refused(change, message: str) -> None:
    arguments = {"samples": np.random.default_rng(0).standard_normal(1000), "sampling_rate_hz": 1000.0, **change}
    with pytest.raises(ParameterError, match=message):
        signal_context(arguments.pop("samples"), **arguments)


@pytest.mark.parametrize("n", [1000, 1001, 1025, 20_480])
def test_the_spectrum_under_a_hann_window_needs_no_second_transform(n: int) -> None:
    c = signal_context(np.random.default_rng(n).standard_normal((2, n)), sampling_rate_hz=1000.0)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(c.n) / c.n)
    expected = np.abs(np.fft.rfft(c.x * window)) ** 2 * 2 / (c.n * np.sum(window**2))
    if c.n % 2 == 0:
        expected[:, -1] /= 2
    np.testing.assert_allclose(c.power[:, 1:], expected[:, 1:], rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(c.total_power, np.sum((c.x * window) ** 2, axis=-1) / np.sum(window**2), rtol=2e-2)


@pytest.mark.parametrize("n", [1, 127, 128, 1000])
def test_the_mean_product_is_that_of_double_precision(n: int) -> None:
    from palier.features.context import mean_product

    a, b = np.random.default_rng(n).standard_normal((2, 3, n), dtype=np.float32)
    np.testing.assert_allclose(mean_product(a, b), np.mean(a.astype(float) * b, axis=-1), rtol=1e-5, atol=1e-6)
