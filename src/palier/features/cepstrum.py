"""Features of the cepstrum: families of equally spaced lines."""

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = ["cepstral_peak", "cepstral_quefrency"]

#: Spacings of lines looked for, Hz: from that of the slowest shaft to that of the fastest defect line.
_WIDEST_HZ, _CLOSEST_HZ = 500.0, 8.0
#: Below this share of the strongest bin a power counts as this.
_FLOOR = 1e-12
#: A peak of this share of the highest is as good, if it comes first; samples of its flank.
_NEARLY, _FLANK = 0.8, 4


def _peaks(c: SignalContext) -> np.ndarray:
    """Return height of the highest and quefrency of the first peak, from 2 ms to 125 ms or a quarter of the record."""
    from scipy.fft import irfft

    p = c.power
    floor = p.max(axis=-1, keepdims=True) * np.float32(_FLOOR)
    log_power = np.log(np.maximum(p, floor))
    first = max(2, int(c.sampling_rate_hz / _WIDEST_HZ))
    last = max(first + 2, int(min(c.sampling_rate_hz / _CLOSEST_HZ, c.n / 4)))
    cepstrum = irfft(log_power, c.n)[:, first:last]
    height = cepstrum.max(axis=-1)
    # the second rahmonic may be a little higher than the first: take the first that is nearly as high
    start = (cepstrum >= _NEARLY * height[:, None]).argmax(axis=-1)
    near = np.minimum(start[:, None] + np.arange(_FLANK), cepstrum.shape[1] - 1)
    top = start + np.take_along_axis(cepstrum, near, axis=-1).argmax(axis=-1)
    return np.stack([height, (first + top) / c.sampling_rate_hz], axis=-1)


@feature(unit="1", domain="cepstrum")
def cepstral_peak(c: SignalContext) -> PerWaveform:
    r"""Height of the highest peak of the power cepstrum between 2 and 125 ms, in nepers of power.

    .. math:: \max_{\tau} \mathcal F^{-1}\{\ln P\}(\tau), \qquad 2\,\mathrm{ms} \le \tau \le \min(125\,\mathrm{ms}, T/4)

    The value at quefrency 0 is the mean level and never counts.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> echo = x + 0.8 * np.roll(x, 250)
    >>> cepstral_peak(signal_context(echo, sampling_rate_hz=10_000)).round(1)
    array([0.8])
    """
    return c.block(_peaks)[:, 0].astype(np.float64)


@feature(unit="s", domain="cepstrum", low=0)
def cepstral_quefrency(c: SignalContext) -> PerWaveform:
    r"""Quefrency of the first peak that is nearly the highest: the reciprocal of the spacing of a family of lines.

    .. math:: \min\Bigl\{\tau : c(\tau) \ge 0.8 \max_{\tau'} c(\tau')\Bigr\}, \qquad c = \mathcal F^{-1}\{\ln P\},
              \quad 2\,\mathrm{ms} \le \tau \le \min(125\,\mathrm{ms}, T/4)

    The first, because the rahmonics at twice and three times the quefrency are about as high.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> echo = x + 0.8 * np.roll(x, 250)
    >>> cepstral_quefrency(signal_context(echo, sampling_rate_hz=10_000))
    array([0.025])
    """
    return c.block(_peaks)[:, 1].astype(np.float64)
