"""Levels of bands: third octaves, and a spectrum of a fixed number of bands for models that look at all of it."""

from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.errors import ParameterError
from palier.features.context import SignalContext, signal_context
from palier.features.registry import feature, feature_family

__all__ = [
    "LOG_SPECTRUM_BANDS",
    "THIRD_OCTAVES",
    "log_spectrum",
    "log_spectrum_hz",
    "log_spectrum_orders",
    "spectral_kurtosis_frequency",
    "spectral_kurtosis_max",
    "third_octave_levels",
]

#: Nominal and exact centre frequencies, Hz: base ten, as IEC 61260-1 has them.
THIRD_OCTAVES: Final = {
    nominal: 1000.0 * 10 ** ((index - 30) / 10)
    for index, nominal in enumerate(
        ("16", "20", "25", "31.5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500",
         "630", "800", "1000", "1250", "1600", "2000", "2500", "3150", "4000", "5000", "6300", "8000"),
        start=12,
    )
}  # fmt: skip
_HALF_BAND: Final = 10 ** (1 / 20)
LOG_SPECTRUM_BANDS: Final = 256
_FLOOR: Final = 1e-12  # of the mean square, per band: what is below counts as this
_BREAK_HZ: Final = 500.0
_BREAK_ORDER: Final = 8.0
_TOP_ORDER: Final = 64.0
_KURTOSIS_CELLS: Final = 32


def third_octave_name(nominal: str) -> str:
    """Return the name of the feature of a band."""
    return f"third_octave_{nominal.replace('.', 'p')}_hz"


@feature_family(
    names=tuple(third_octave_name(n) for n in THIRD_OCTAVES),
    unit="u", domain="bands", low=0, undefined="where the band reaches above Nyquist",
)  # fmt: skip
def third_octave_levels(c: SignalContext) -> Float[np.ndarray, "waveform band"]:
    r"""Root mean square in a band a third of an octave wide.

    .. math:: \sqrt{\sum_{f_c / G \le f_k < f_c G} P_k}, \qquad
              f_c = 1000 \cdot 10^{n/10}\,\mathrm{Hz},\quad G = 10^{1/20}

    Named by the nominal centre frequency. Bins are shared between the bands that an edge cuts through, so that the
    squares of all bands add up to the power between 14 Hz and 8.9 kHz. These are ideal bands of a spectrum, not the
    filters of a sound level meter. Bands below :math:`10 f_s / N` hold few bins and scatter.

    References
    ----------
    IEC 61260-1:2014 (centre frequencies and band edges).

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sqrt(2) * np.sin(2 * np.pi * 1000 * np.arange(20_000) / 20_000)
    >>> levels = third_octave_levels(signal_context(x, sampling_rate_hz=20_000))[0]
    >>> list(THIRD_OCTAVES)[levels.argmax()], float(levels.max().round(3))
    ('1000', 1.0)
    """
    centres = np.array(list(THIRD_OCTAVES.values()))
    power = c.band_power(centres / _HALF_BAND, centres * _HALF_BAND)
    return np.asarray(np.sqrt(np.maximum(power, 0)) * c.scale[:, None])


def _cell_kurtosis(c: SignalContext) -> np.ndarray:
    """Return the kurtosis of the envelope in equal bands from 0 to Nyquist, and the middle of each."""
    width = (c.bins.shape[1] - 1) // _KURTOSIS_CELLS
    rows = []
    for first in range(1, 1 + _KURTOSIS_CELLS * width, width):
        square = c.envelope_of_bins(first, width)
        drop = max(1, round(0.02 * width))
        square = square[:, drop:-drop]
        mean = np.maximum(square.mean(axis=-1, keepdims=True), np.float32(1e-30))
        rows.append(np.mean((square / mean) ** 2, axis=-1, dtype=np.float64) - 2)
    return np.stack(rows, axis=-1)


@feature(unit="1", domain="bands", low=-1)
def spectral_kurtosis_max(c: SignalContext) -> np.ndarray:
    r"""Largest spectral kurtosis: how impulsive the most impulsive of 32 bands is.

    .. math:: \max_m \frac{\langle |z_m|^4 \rangle}{\langle |z_m|^2 \rangle^2} - 2

    with :math:`z_m` the complex envelope of the *m*-th of 32 equal bands up to the Nyquist frequency. 0 for Gaussian
    noise, −1 for a line, large for rare impacts. The largest of 32 is above 0 even for noise, by about
    :math:`4/\sqrt{N/64}`. For the best band of all widths use `palier.dsp.fast_kurtogram`.

    References
    ----------
    J. Antoni, "The spectral kurtosis: a useful tool for characterising non-stationary signals", MSSP 20 (2006) 282–307,
    doi:10.1016/j.ymssp.2004.09.001.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> bool(spectral_kurtosis_max(signal_context(x, sampling_rate_hz=10_000))[0] < 0.3)
    True
    """
    return np.asarray(c.block(_cell_kurtosis).max(axis=-1))


@feature(unit="Hz", domain="bands", low=0)
def spectral_kurtosis_frequency(c: SignalContext) -> np.ndarray:
    r"""Middle of the band of largest spectral kurtosis: where impacts ring.

    .. math:: \arg\max_m \frac{\langle |z_m|^4 \rangle}{\langle |z_m|^2 \rangle^2}

    There is always a largest one: read it only where `spectral_kurtosis_max` is well above 0.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 0.1 * np.random.default_rng(0).standard_normal(40_000)
    >>> x.reshape(-1, 4000)[:, :40] += np.sin(2 * np.pi * 0.32 * np.arange(40))
    >>> bool(abs(spectral_kurtosis_frequency(signal_context(x, sampling_rate_hz=10_000))[0] - 3200) < 200)
    True
    """
    width_hz = (c.bins.shape[1] - 1) // _KURTOSIS_CELLS * c.bin_hz
    return np.asarray((c.block(_cell_kurtosis).argmax(axis=-1) + 0.5) * width_hz + c.bin_hz)


def log_spectrum(
    samples: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    n_bands: int = LOG_SPECTRUM_BANDS,
    axis: Literal["hz", "order"] = "hz",
    speed_hz: float | Float[np.ndarray, "*batch"] = np.nan,
) -> Float[np.ndarray, "*batch band"]:
    r"""Levels of a fixed number of bands, in decibels: the whole spectrum as one vector.

    .. math:: L_b = 10 \lg \frac{\sum_{f_k \in b} P_k}{f_{b+1} - f_b}

    Half of the bands are equally wide up to 500 Hz (or 8×), where shaft and film show; the rest grow by a constant
    factor up to the Nyquist frequency (or 64×), like the bands of hearing. Bands narrower than a bin share its power.

    Parameters
    ----------
    samples : float, shape (..., time)
        Any unit *u*.
    sampling_rate_hz : float
        Hz, above 1000.
    n_bands : int
        8 to 4096.
    axis : {"hz", "order"}
        Bands of frequency, or of orders of the shaft: these follow the speed.
    speed_hz : float, shape (...) or scalar
        For orders.

    Returns
    -------
    float64, shape (..., band)
        dB re u²/Hz; a band without power counts as 120 dB below the mean square per band. Bands above the Nyquist
        frequency count as empty, without a speed all bands of orders are NaN.

    Raises
    ------
    ParameterError
        If a parameter is out of range, or a waveform is constant throughout.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((2, 20_480))
    >>> s = log_spectrum(x, sampling_rate_hz=20_480, n_bands=64)
    >>> s.shape, round(float(s[:, 32:].mean()))
    ((2, 64), -40)
    """
    if not 8 <= n_bands <= 4096:
        raise ParameterError(f"n_bands is {n_bands}; allowed are 8 to 4096")
    if axis not in ("hz", "order"):
        raise ParameterError(f"axis is {axis!r}; allowed are hz, order")
    c = signal_context(samples, sampling_rate_hz=sampling_rate_hz, speed_hz=speed_hz)
    levels = _levels_hz(c, n_bands) if axis == "hz" else _levels_orders(c, n_bands)
    return levels.reshape(*samples.shape[:-1], n_bands)


def _edges(n_bands: int, turn: float, top: float) -> np.ndarray:
    half = n_bands // 2
    return np.concatenate([np.linspace(0, turn, half + 1), np.geomspace(turn, top, n_bands - half + 1)[1:]])


def _levels_hz(c: SignalContext, n_bands: int) -> np.ndarray:
    if c.nyquist_hz <= _BREAK_HZ:
        raise ParameterError(
            f"sampling_rate_hz is {c.sampling_rate_hz}; bands of Hz need more than {2 * _BREAK_HZ:g}: use orders"
        )
    edges = _edges(n_bands, _BREAK_HZ, c.nyquist_hz)
    return _decibels(c, c.band_power(edges[:-1], edges[1:]), np.diff(edges))


def _levels_orders(c: SignalContext, n_bands: int) -> np.ndarray:
    edges = _edges(n_bands, _BREAK_ORDER, _TOP_ORDER) * c.speed_hz[:, None]
    power = c.band_power(edges[:, :-1], edges[:, 1:])
    power = np.where(np.isnan(power) & ~np.isnan(c.speed_hz[:, None]), 0.0, power)
    return _decibels(c, power, np.diff(edges, axis=-1))


def _decibels(c: SignalContext, power: np.ndarray, width_hz: np.ndarray) -> np.ndarray:
    density = np.maximum(power, _FLOOR / power.shape[-1]) / width_hz
    return np.asarray(10 * np.log10(density) + 20 * np.log10(c.scale[:, None]))


@feature_family(
    names=tuple(f"log_spectrum_hz_{i:03d}" for i in range(LOG_SPECTRUM_BANDS)),
    unit="dB u", domain="bands", undefined="where the Nyquist frequency is 500 Hz or below",
)  # fmt: skip
def log_spectrum_hz(c: SignalContext) -> Float[np.ndarray, "waveform band"]:
    r"""Level of one of 256 bands: 128 equal ones up to 500 Hz, 128 of equal ratio from there to the Nyquist frequency.

    .. math:: L_b = 10 \lg \frac{\sum_{f_k \in b} P_k}{f_{b+1} - f_b}

    See `log_spectrum`. Which frequencies a band above 500 Hz stands for depends on the sampling rate: a model of these
    numbers is bound to the rate it was trained at.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 100 * np.arange(20_000) / 20_000)
    >>> int(log_spectrum_hz(signal_context(x, sampling_rate_hz=20_000))[0].argmax())
    25
    """
    if c.nyquist_hz <= _BREAK_HZ:
        return np.full((c.x.shape[0], LOG_SPECTRUM_BANDS), np.nan)
    return _levels_hz(c, LOG_SPECTRUM_BANDS)


@feature_family(
    names=tuple(f"log_spectrum_order_{i:03d}" for i in range(LOG_SPECTRUM_BANDS)),
    unit="dB u", domain="bands", needs=("speed",), undefined="without a speed",
)  # fmt: skip
def log_spectrum_orders(c: SignalContext) -> Float[np.ndarray, "waveform band"]:
    r"""Level of one of 256 bands of orders: 128 equal ones up to 8×, 128 of equal ratio from there to 64×.

    .. math:: L_b = 10 \lg \frac{\sum_{f_k \in b} P_k}{f_{b+1} - f_b}

    See `log_spectrum`. Bands above the Nyquist frequency count as empty.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 100 * np.arange(20_000) / 20_000)
    >>> int(log_spectrum_orders(signal_context(x, sampling_rate_hz=20_000, speed_hz=49.0))[0].argmax())
    32
    """
    return _levels_orders(c, LOG_SPECTRUM_BANDS)
