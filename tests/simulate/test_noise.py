import numpy as np
import pytest
from scipy.signal import freqs, welch

from palier.errors import ParameterError
from palier.simulate.noise import coloured_noise, resonance_response


@pytest.mark.parametrize(("colour", "db_per_decade"), [("white", 0.0), ("pink", -10.0), ("brown", -20.0)])
def test_the_slope_is_that_of_the_colour(colour: str, db_per_decade: float) -> None:
    x = coloured_noise(400_000, colour=colour, sampling_rate_hz=10_000.0, rng=np.random.default_rng(0))
    f, p = welch(x, fs=10_000.0, nperseg=8192)
    inside = (f > 20) & (f < 4000)
    slope = np.polyfit(np.log10(f[inside]), 10 * np.log10(p[inside]), 1)[0]
    assert slope == pytest.approx(db_per_decade, abs=0.5)
    assert x.std() == pytest.approx(1)


def test_resonant_noise_peaks_at_its_modes() -> None:
    modes = ((1000.0, 0.02, 1.0), (3000.0, 0.02, 1.0))
    x = coloured_noise(
        200_000, colour="resonant", sampling_rate_hz=10_000.0, rng=np.random.default_rng(0), resonances=modes
    )
    f, p = welch(x, fs=10_000.0, nperseg=4096)
    for hz, _, _ in modes:
        near = p[np.abs(f - hz) < 30].max()
        assert near > 20 * np.median(p)


def test_a_mode_is_the_transfer_function_scipy_computes() -> None:
    hz, damping = 1200.0, 0.04
    w0 = 2 * np.pi * hz
    f = np.linspace(1, 5000, 200)
    _, h = freqs([1, 0, 0], [1, 2 * damping * w0, w0**2], worN=2 * np.pi * f)
    np.testing.assert_allclose(resonance_response(f, resonances=((hz, damping, 1.0),)), h, rtol=1e-9)


@pytest.mark.parametrize("mode", [(0.0, 0.1, 1.0), (100.0, 0.0, 1.0), (100.0, 1.0, 1.0)])
def test_impossible_modes_are_refused(mode: tuple[float, float, float]) -> None:
    with pytest.raises(ParameterError, match="resonance"):
        resonance_response(np.array([1.0]), resonances=(mode,))


def test_what_no_noise_can_be_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ParameterError, match="samples"):
        coloured_noise(1, colour="white", sampling_rate_hz=1.0, rng=rng)
