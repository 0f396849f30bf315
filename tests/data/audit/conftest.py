"""Recordings made for the audit's tests."""

import numpy as np
import pytest

from palier.core.recording import Provenance, Recording


@pytest.fixture
def rng():
    return np.random.default_rng(20260101)


@pytest.fixture
def make():
    """Wrap samples (one row per channel) in a recording that declares everything."""

    def recording(x, *, source="a.wav", notes=(), **changes):
        declared = {"sampling_rate_hz": 12_000.0, "unit": "g", "speed_hz": 29.93, "bearing_name": "6205"}
        samples = np.atleast_2d(np.asarray(x)).astype(np.float32)
        return Recording(samples, Provenance(source, "0" * 64, notes=notes), **(declared | changes))

    return recording


@pytest.fixture
def machine():
    """A motor that turns at `speed_hz` on mains of `supply_hz`: both show as lines over coloured noise."""

    def waveform(
        rng, *, rate_hz=12_000.0, duration_s=10.0, speed_hz=29.12, supply_hz=60.0, orders=range(1, 41), colour=1
    ):
        n = round(rate_hz * duration_s)
        t_s = np.arange(n) / rate_hz
        shape = 1 / np.maximum(np.fft.rfftfreq(n, 1 / rate_hz) / 100, 0.2) ** (colour / 2)
        x = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * shape, n)
        for order in orders:
            amplitude = 0.3 / np.sqrt(max(order, 1)) * rng.uniform(0.5, 1.5)
            x += amplitude * np.sin(2 * np.pi * order * speed_hz * t_s + rng.uniform(0, 6.28))
        for k in (2, 4, 6, 8, 10, 12):
            x += 0.1 * np.sin(2 * np.pi * k * supply_hz * t_s + rng.uniform(0, 6.28))
        return x

    return waveform
