"""What the features of a batch of waveforms share, computed once: spectrum, envelope, wavelets, segments."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from math import inf
from types import MappingProxyType

import numpy as np
from jaxtyping import Complex, Float

from palier.core.shapes import BatchedWaveform
from palier.dsp import fast_length as searched_fast_length
from palier.errors import ParameterError

__all__ = ["LEAST_SAMPLES", "SignalContext", "mean_product", "signal_context"]

#: A waveform shorter than this has no features.
LEAST_SAMPLES = 512

#: Lengths come again and again.
fast_length = cache(searched_fast_length)

#: Share of the rate from which, and over which, the envelope is taken: clear of shaft lines and the converter's edge.
_ENVELOPE_LOW, _ENVELOPE_WIDTH = 1 / 20, 2 / 5
#: Share of an envelope at either end that is spoilt because the record does not close on itself.
_ENVELOPE_DROP = 0.01
#: Products summed up in single precision.
_SHORT_SUM = 128
#: Neighbouring bins averaged into one cell of the smoothed spectrum.
SMOOTH_BINS = 8

_PER_WAVEFORM = Float[np.ndarray, " waveform"]


class SignalContext:
    """Waveforms of one length and rate, and all that several features are made from, each computed at first use.

    Made by `signal_context`. Every waveform is centred and brought to an r.m.s. of 1; `scale` holds what it was, so
    that no feature depends on the unit of a waveform by rounding or overflow.
    """

    def __init__(
        self,
        x: Float[np.ndarray, "waveform time"],
        scale: _PER_WAVEFORM,
        *,
        sampling_rate_hz: float,
        speed_hz: _PER_WAVEFORM,
        line_orders: Mapping[str, float],
    ) -> None:
        self.x = x
        self.scale = scale
        self.sampling_rate_hz = sampling_rate_hz
        self.speed_hz = speed_hz
        self.line_orders = line_orders
        self._blocks: dict[Callable[[SignalContext], np.ndarray], np.ndarray] = {}

    @property
    def n(self) -> int:
        """Samples of each waveform."""
        return int(self.x.shape[1])

    @property
    def bin_hz(self) -> float:
        """Distance of two bins of the spectrum."""
        return self.sampling_rate_hz / self.n

    @property
    def nyquist_hz(self) -> float:
        """Half of the sampling rate."""
        return self.sampling_rate_hz / 2

    @property
    def duration_s(self) -> float:
        """Length of each waveform."""
        return self.n / self.sampling_rate_hz

    def block(self, compute: Callable[["SignalContext"], np.ndarray]) -> np.ndarray:
        """Return what a block of features computes from this context, computed once."""
        if compute not in self._blocks:
            self._blocks[compute] = compute(self)
        return self._blocks[compute]

    @cached_property
    def magnitude(self) -> Float[np.ndarray, "waveform time"]:
        """Absolute values of the centred waveforms."""
        return np.asarray(np.abs(self.x))

    @cached_property
    def peak(self) -> _PER_WAVEFORM:
        """Largest absolute value, in r.m.s. values."""
        return np.asarray(self.magnitude.max(axis=-1).astype(np.float64))

    @cached_property
    def mean_magnitude(self) -> _PER_WAVEFORM:
        """Mean absolute value, in r.m.s. values."""
        return np.asarray(self.magnitude.mean(axis=-1, dtype=np.float64))

    @cached_property
    def square(self) -> Float[np.ndarray, "waveform time"]:
        """Squares of the centred waveforms."""
        return np.asarray(self.x * self.x)

    @cached_property
    def bins(self) -> Complex[np.ndarray, "waveform frequency"]:
        """Fourier transform of the waveforms: the only one of full length and forward that any feature needs."""
        from scipy.fft import rfft

        bins: np.ndarray = rfft(self.x)
        return bins

    @cached_property
    def power(self) -> Float[np.ndarray, "waveform frequency"]:
        r"""One-sided power of each bin under a Hann window, :math:`P_k`; they add up to about the mean square, 1.

        Windowed bins are :math:`X_k/2 - (X_{k-1}+X_{k+1})/4`, so that no second FFT is needed. The sum is that of the
        squares under the window, which for a stationary waveform is the mean square.
        """
        bins = self.bins
        p = np.empty(bins.shape, np.float32)
        parts = bins.view(np.float32)  # real and imaginary parts in turn
        inner = parts[:, :-4] + parts[:, 4:]
        inner *= np.float32(-0.5)
        inner += parts[:, 2:-2]
        inner *= inner
        np.add(inner[:, ::2], inner[:, 1::2], out=p[:, 1:-1])
        beyond = bins[:, -2] if self.n % 2 == 0 else bins[:, -1]  # its conjugate follows on the last bin
        last = bins[:, -1] - (bins[:, -2] + np.conj(beyond)) / 2
        p[:, -1] = (last.real**2 + last.imag**2) / (2 if self.n % 2 == 0 else 1)
        p[:, 0] = 0  # the mean was removed; what is left is the foot of bin 1
        p *= np.float32(0.5 / (0.375 * float(self.n) ** 2))
        return p

    @cached_property
    def cumulative_power(self) -> Float[np.ndarray, "waveform edge"]:
        """Power below each edge between two bins, float64; the first is 0."""
        total = np.zeros((self.x.shape[0], self.power.shape[1] + 1))
        np.cumsum(self.power, axis=-1, dtype=np.float64, out=total[:, 1:])
        return total

    @property
    def total_power(self) -> _PER_WAVEFORM:
        """Power of all bins, about 1."""
        total: np.ndarray = self.cumulative_power[:, -1]
        return total

    def band_power(
        self, low_hz: float | Float[np.ndarray, "..."], high_hz: float | Float[np.ndarray, "..."]
    ) -> Float[np.ndarray, "waveform band"]:
        r"""Power between two frequencies, a bin counting by the share of it that lies inside.

        Bin *k* reaches from :math:`(k-\frac12)` to :math:`(k+\frac12)` bin widths. NaN where the band is not within 0
        and the Nyquist frequency, or an edge is NaN. The power is relative to the mean square of the waveform.
        """
        low, high = np.broadcast_arrays(np.atleast_2d(low_hz), np.atleast_2d(high_hz))
        with np.errstate(invalid="ignore"):
            outside = ~((low >= 0) & (high > low) & (high <= self.nyquist_hz))
        below = self._power_below(high, outside) - self._power_below(low, outside)
        return np.where(outside, np.nan, below)

    def _power_below(self, hz: np.ndarray, outside: np.ndarray) -> np.ndarray:
        place = np.where(outside, 0.0, hz) / self.bin_hz + 0.5
        left = np.minimum(place.astype(np.intp), self.cumulative_power.shape[1] - 2)
        share = np.minimum(place - left, 1.0)
        if left.shape[0] == 1:
            below = self.cumulative_power[:, left[0]]
            here = self.cumulative_power[:, left[0] + 1]
        else:
            below = np.take_along_axis(self.cumulative_power, left, axis=-1)
            here = np.take_along_axis(self.cumulative_power, left + 1, axis=-1)
        mixed: np.ndarray = below + (here - below) * share
        return mixed

    @cached_property
    def smooth_power(self) -> Float[np.ndarray, "waveform cell"]:
        """Mean power of the bins of each cell of 8 neighbours, from bin 1 on: a spectrum that scatters less."""
        cells = (self.power.shape[1] - 2) // SMOOTH_BINS
        edges = self.cumulative_power[:, 1 : 2 + cells * SMOOTH_BINS : SMOOTH_BINS]
        return np.maximum(np.diff(edges, axis=-1) / SMOOTH_BINS, 1e-30)

    @cached_property
    def envelope_band_hz(self) -> tuple[float, float]:
        """Band whose envelope is taken: from a twentieth to nine twentieths of the sampling rate."""
        first, width = self._envelope_bins()
        return first * self.bin_hz, (first + width) * self.bin_hz

    def _envelope_bins(self) -> tuple[int, int]:
        return round(_ENVELOPE_LOW * self.n), fast_length(int(_ENVELOPE_WIDTH * self.n))

    def envelope_of_bins(self, first: int, width: int) -> Float[np.ndarray, "waveform moment"]:
        """Squared envelope of `width` bins from `first` on, at as many moments, in mean squares of the waveform."""
        from scipy.fft import ifft

        z = ifft(self.bins[:, first : first + width], norm="forward")
        parts = z.view(np.float32)
        parts *= parts
        square = parts[:, ::2] + parts[:, 1::2]
        square *= np.float32(4 / float(self.n) ** 2)
        return np.asarray(square)

    @cached_property
    def squared_envelope(self) -> Float[np.ndarray, "waveform moment"]:
        """Squared envelope of `envelope_band_hz`, without its first and last per cent."""
        square = self.envelope_of_bins(*self._envelope_bins())
        drop = max(1, round(_ENVELOPE_DROP * square.shape[1]))
        return square[:, drop:-drop]

    @property
    def envelope_rate_hz(self) -> float:
        """Moments of the envelope per second."""
        return self._envelope_bins()[1] * self.bin_hz

    @cached_property
    def envelope_amplitude(self) -> Float[np.ndarray, "waveform frequency"]:
        """Amplitudes of the lines of the squared envelope under a Hann window, relative to its mean."""
        from scipy.fft import rfft

        e = self.squared_envelope[:, : fast_length(self.squared_envelope.shape[1])]
        mean = e.mean(axis=-1, keepdims=True, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = (e / mean - 1).astype(np.float32)
        raw = rfft(relative) * np.float32(1 / e.shape[1])
        h: np.ndarray = raw * np.float32(2)
        h[:, 1:-1] -= raw[:, :-2] + raw[:, 2:]
        h[:, 0] = 0
        amplitude: np.ndarray = np.abs(h)
        return amplitude

    @property
    def envelope_bin_hz(self) -> float:
        """Distance of two bins of `envelope_amplitude`."""
        return self.envelope_rate_hz / fast_length(self.squared_envelope.shape[1])


def mean_product(a: Float[np.ndarray, "row value"], b: Float[np.ndarray, "row value"]) -> Float[np.ndarray, " row"]:
    """Mean of the products of two tables, row by row: short sums in single precision, their sum in double.

    Examples
    --------
    >>> mean_product(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 1.0, 2.0]]))
    array([3.])
    """
    rows, n = a.shape
    whole = n - n % _SHORT_SUM
    shape = (rows, whole // _SHORT_SUM, _SHORT_SUM)
    total = np.vecdot(a[:, :whole].reshape(shape), b[:, :whole].reshape(shape)).sum(axis=-1, dtype=np.float64)
    return np.asarray((total + np.vecdot(a[:, whole:], b[:, whole:])) / n)


def signal_context(
    samples: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    speed_hz: float | Float[np.ndarray, "*batch"] = np.nan,
    line_orders: Mapping[str, float] | None = None,
) -> SignalContext:
    """Prepare waveforms for features.

    Parameters
    ----------
    samples : float, shape (..., time)
        Any unit; 512 samples or more. The mean is removed. Up to about one per cent of the samples at the end is left
        out where that makes the length a product of 2s, 3s and 5s.
    sampling_rate_hz : float
        Hz, positive.
    speed_hz : float, shape (...) or scalar
        Shaft speed, revolutions per second; NaN where it is unknown.
    line_orders : mapping of str to float, optional
        Orders of the defect lines ``bpfo``, ``bpfi``, ``bsf2`` and ``ftf`` of a rolling bearing.

    Raises
    ------
    ParameterError
        If the waveforms are too short, hold NaN, or one is constant throughout (it has no features), or if the rate, a
        speed or an order is not positive.

    Examples
    --------
    >>> t_s = np.arange(1000) / 1000
    >>> c = signal_context(2.0 + 3.0 * np.sin(2 * np.pi * 50 * t_s), sampling_rate_hz=1000)
    >>> c.scale.round(4), c.band_power(40.0, 60.0).round(4)
    (array([2.1213]), array([[1.]]))
    """
    n = samples.shape[-1]
    if n < LEAST_SAMPLES:
        raise ParameterError(f"waveforms of {n} samples; features need {LEAST_SAMPLES} or more: take longer windows")
    if not 0 < sampling_rate_hz < inf:
        raise ParameterError(f"sampling_rate_hz is {sampling_rate_hz}; allowed is a positive, finite number")
    flat = samples.reshape(-1, n)[:, : fast_length(n)]
    speeds = np.broadcast_to(np.asarray(speed_hz, dtype=np.float64), samples.shape[:-1]).reshape(-1)
    if np.any(speeds <= 0) or np.any(np.isinf(speeds)):
        raise ParameterError(
            "a speed is not positive and finite; allowed are positive numbers of Hz, or NaN for unknown"
        )
    orders = dict(line_orders or {})
    if not all(0 < o < inf for o in orders.values()):
        raise ParameterError(f"line_orders are {orders}; allowed are positive, finite numbers")
    high, low = flat.max(axis=-1), flat.min(axis=-1)
    if not (np.isfinite(high).all() and np.isfinite(low).all()):
        raise ParameterError("the waveforms hold NaN or infinite samples; cut them out first")
    silent = high <= low
    if silent.any():
        raise ParameterError(
            f"{np.count_nonzero(silent)} of {silent.size} waveforms are constant throughout: they have no features"
        )
    mean = flat.mean(axis=-1, keepdims=True, dtype=np.float64)
    peak = np.maximum(high - mean[:, 0], mean[:, 0] - low)
    x = ((flat - mean.astype(flat.dtype)) / peak[:, None].astype(flat.dtype)).astype(np.float32, copy=False)
    rms = np.sqrt(mean_product(x, x))
    x *= (1 / rms[:, None]).astype(np.float32)
    return SignalContext(
        x, rms * peak, sampling_rate_hz=float(sampling_rate_hz), speed_hz=speeds, line_orders=MappingProxyType(orders)
    )
