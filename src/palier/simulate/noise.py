"""Gaussian noise of a given colour."""

from typing import Literal, get_args

import numpy as np

from palier.core.shapes import Waveform
from palier.errors import ParameterError

__all__ = ["NOISE_COLOURS", "NoiseColour", "coloured_noise", "resonance_response"]

NoiseColour = Literal["white", "pink", "brown", "resonant"]

NOISE_COLOURS: tuple[NoiseColour, ...] = get_args(NoiseColour)


def resonance_response(frequency_hz: Waveform, *, resonances: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    r"""Acceleration response of a sum of single-degree-of-freedom modes to a unit impact.

    .. math:: H(f) = \sum_i g_i \frac{-(f/f_i)^2}{1-(f/f_i)^2 + 2j\zeta_i f/f_i}

    Parameters
    ----------
    frequency_hz : float, shape (frequency,)
    resonances : tuple of (hz, damping ratio, gain)
        Damping ratio between 0 and 1.

    Raises
    ------
    ParameterError
        If a mode is outside its range.

    Examples
    --------
    >>> f = np.array([0.0, 1000.0])
    >>> float(np.abs(resonance_response(f, resonances=((1000.0, 0.05, 1.0),)))[1].round(6))
    10.0
    """
    response = np.zeros(len(frequency_hz), complex)
    for hz, damping, gain in resonances:
        if not (hz > 0 and 0 < damping < 1):
            raise ParameterError(f"resonance {hz} Hz with damping ratio {damping}: both positive, the ratio below 1")
        ratio = frequency_hz / hz
        response += gain * -(ratio**2) / (1 - ratio**2 + 2j * damping * ratio)
    return response


def coloured_noise(
    n: int,
    *,
    colour: NoiseColour,
    sampling_rate_hz: float,
    rng: np.random.Generator,
    resonances: tuple[tuple[float, float, float], ...] = (),
) -> Waveform:
    """Gaussian noise with an r.m.s. of one.

    Parameters
    ----------
    n : int
    colour : {"white", "pink", "brown", "resonant"}
        Power falling by 0, 10, 20 dB per decade above 1 Hz; or white noise through `resonances` over a white floor.
    sampling_rate_hz : float
    rng : numpy.random.Generator
    resonances : tuple of (hz, damping ratio, gain)
        For ``"resonant"``.

    Raises
    ------
    ParameterError
        If the colour is another, or there are fewer than two samples.

    Examples
    --------
    >>> x = coloured_noise(4096, colour="pink", sampling_rate_hz=1000.0, rng=np.random.default_rng(0))
    >>> float(x.std().round(3))
    1.0
    """
    if colour not in NOISE_COLOURS:
        raise ParameterError(f"noise colour {colour!r}; allowed are {', '.join(NOISE_COLOURS)}")
    if n < 2 or not sampling_rate_hz > 0:
        raise ParameterError(f"{n} samples at {sampling_rate_hz} Hz; allowed are 2 and more at a positive rate")
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequency_hz = np.fft.rfftfreq(n, 1 / sampling_rate_hz)
    if colour == "resonant":
        shape = 0.2 + np.abs(resonance_response(frequency_hz, resonances=resonances))
    else:
        slope = {"white": 0.0, "pink": 0.5, "brown": 1.0}[colour]
        shape = np.maximum(frequency_hz, 1.0) ** -slope
    spectrum *= shape
    spectrum[0] = 0
    x = np.fft.irfft(spectrum, n)
    return np.asarray(x / x.std())
