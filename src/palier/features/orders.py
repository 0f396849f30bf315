"""Features in orders of the shaft speed: its harmonics, and what turns slower than it."""

from typing import Final

import numpy as np
from jaxtyping import Float

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature, feature_family
from palier.features.spectral import line_power

__all__ = [
    "ORDERS",
    "SUBSYNCHRONOUS_BAND",
    "harmonic_balance",
    "order_amplitudes",
    "order_prominences",
    "order_spectrum_cells",
    "subsynchronous_amplitude",
    "subsynchronous_order",
    "subsynchronous_prominence",
    "subsynchronous_ratio",
    "whirl_sideband_prominence",
]

#: Orders whose amplitudes are read.
ORDERS: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
#: Where fluid-film bearings whirl, in orders: below one half.
SUBSYNCHRONOUS_BAND: Final = (0.40, 0.49)

#: Width of a cell of the order spectrum, and the last order in it.
_CELL, _LAST_ORDER = 0.025, 11.0
_PROMINENT = (1.0, 2.0, 3.0, 4.0)
#: A line is looked for within this many orders; its background lies between the other two.
_LINE_REACH, _BACKGROUND = 0.05, (0.1, 0.4)
_ABOVE = "without a speed, or where the order is above Nyquist"


def _order_name(stem: str, order: float) -> str:
    return f"{stem}_{order:g}x".replace(".", "p")


def order_spectrum_cells(c: SignalContext) -> Float[np.ndarray, "waveform cell"]:
    """Power in cells of a fortieth of an order, from 0 to 11×; NaN above Nyquist and without a speed.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 53 * np.arange(10_000) / 1000)
    >>> int(order_spectrum_cells(signal_context(x, sampling_rate_hz=1000, speed_hz=40.0))[0].argmax())
    53
    """
    edges = np.arange(round(_LAST_ORDER / _CELL) + 1) * _CELL * c.speed_hz[:, None]
    return np.asarray(np.maximum(c.band_power(edges[:, :-1], edges[:, 1:]), 1e-30))


def _prominence(cells: np.ndarray, inside: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Highest cell of some over the median of others, dB."""
    return np.asarray(10 * np.log10(cells[:, inside].max(axis=-1) / np.median(cells[:, background], axis=-1)))


def _cells_between(low: float, high: float) -> np.ndarray:
    return np.arange(round(low / _CELL), round(high / _CELL))


@feature_family(
    names=tuple(_order_name("order_amplitude", o) for o in ORDERS),
    unit="u", domain="orders", needs=("speed",), low=0, undefined=_ABOVE,
)  # fmt: skip
def order_amplitudes(c: SignalContext) -> Float[np.ndarray, "waveform order"]:
    r"""Amplitude of the line at an order of the shaft speed, with the noise that lies within its reach.

    .. math:: A_o = \sqrt{2 \sum_{|f_k - o f_r| \le \Delta} P_k}, \qquad \Delta = \max(0.025\, o f_r,\ 2.5 f_s/N)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = 3 * np.sin(2 * np.pi * 25 * t_s) + np.sin(2 * np.pi * 50 * t_s)
    >>> order_amplitudes(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0))[0, [3, 5, 7]].round(2)
    array([3., 1., 0.])
    """
    return np.asarray(np.sqrt(2 * np.maximum(line_power(c, np.array(ORDERS)), 0)) * c.scale[:, None])


@feature_family(
    names=tuple(_order_name("order_prominence", o) for o in _PROMINENT),
    unit="dB", domain="orders", needs=("speed",), undefined=_ABOVE,
)  # fmt: skip
def order_prominences(c: SignalContext) -> Float[np.ndarray, "waveform order"]:
    r"""How far a harmonic of the shaft stands above its neighbourhood.

    .. math:: 10 \lg \frac{\max_{|o - h| \le 0.05} Q_o}{\operatorname{median}_{0.1 < |o - h| \le 0.4} Q_o}

    with :math:`Q_o` the power in cells of a fortieth of an order. Noise reads some decibels, more the shorter the
    waveform.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 25 * np.arange(4000) / 1000) + 0.01 * np.random.default_rng(0).standard_normal(4000)
    >>> p = order_prominences(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0))[0]
    >>> bool(p[0] > 40), bool(p[1] < 15)
    (True, True)
    """
    cells = c.block(order_spectrum_cells)
    columns = []
    for h in _PROMINENT:
        left = _cells_between(h - _BACKGROUND[1], h - _BACKGROUND[0])
        right = _cells_between(h + _BACKGROUND[0], h + _BACKGROUND[1])
        inside = _cells_between(h - _LINE_REACH, h + _LINE_REACH)
        columns.append(_prominence(cells, inside, np.concatenate([left, right])))
    return np.stack(columns, axis=-1)


@feature_family(
    names=("harmonic_balance_2x_1x", "harmonic_balance_3x_1x"),
    unit="1", domain="orders", needs=("speed",), low=-1, high=1, undefined=_ABOVE,
)  # fmt: skip
def harmonic_balance(c: SignalContext) -> Float[np.ndarray, "waveform order"]:
    r"""Which is stronger, a harmonic or the shaft speed itself: −1 for all at 1×, 1 for all at the harmonic.

    .. math:: \frac{P_h - P_1}{P_h + P_1}

    A bounded form of the ratio of two lines, which would run to infinity where 1× is missing.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 25 * np.arange(4000) / 1000)
    >>> harmonic_balance(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(2)
    array([[-1., -1.]])
    """
    p = np.maximum(line_power(c, np.array([1.0, 2.0, 3.0])), 1e-30)
    return np.asarray((p[:, 1:] - p[:, :1]) / (p[:, 1:] + p[:, :1]))


def _subsynchronous_power(c: SignalContext) -> np.ndarray:
    low, high = (np.array([o]) * c.speed_hz[:, None] for o in SUBSYNCHRONOUS_BAND)
    return np.asarray(np.maximum(c.band_power(low, high)[:, 0], 0))


@feature(unit="u", domain="orders", needs=("speed",), low=0, undefined="without a speed")
def subsynchronous_amplitude(c: SignalContext) -> PerWaveform:
    r"""Amplitude of a line that holds all the power between 0.40× and 0.49×.

    .. math:: \sqrt{2 \sum_{0.40 f_r \le f_k \le 0.49 f_r} P_k}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 2 * np.sin(2 * np.pi * 27 * np.arange(4000) / 1000)
    >>> subsynchronous_amplitude(signal_context(x, sampling_rate_hz=1000, speed_hz=60.0)).round(2)
    array([2.])
    """
    return np.asarray(np.sqrt(2 * _subsynchronous_power(c)) * c.scale)


@feature(unit="1", domain="orders", needs=("speed",), low=0, high=1, undefined="without a speed")
def subsynchronous_ratio(c: SignalContext) -> PerWaveform:
    r"""Share of 0.40–0.49× in the power of this band and of 1×.

    .. math:: \frac{P_{0.40\text{–}0.49}}{P_{0.40\text{–}0.49} + P_1}

    Near 1 for a whirl without unbalance, near 0 for a shaft that only turns. Exactly one half of the speed is outside:
    looseness and rubs show there, oil does not.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 27 * np.arange(4000) / 1000) + np.sin(2 * np.pi * 60 * np.arange(4000) / 1000)
    >>> subsynchronous_ratio(signal_context(x, sampling_rate_hz=1000, speed_hz=60.0)).round(2)
    array([0.5])
    """
    p = _subsynchronous_power(c)
    return np.asarray(p / np.maximum(p + np.maximum(line_power(c, np.array([1.0]))[:, 0], 0), 1e-30))


@feature(unit="order", domain="orders", needs=("speed",), low=0.4, high=0.5, undefined="without a speed")
def subsynchronous_order(c: SignalContext) -> PerWaveform:
    r"""Mean order of 0.40–0.50×, weighted by the square of the power: the order of a whirl where there is one.

    .. math:: \sum_{0.40 \le o \le 0.50} o\, Q_o^2 \Big/ \sum Q_o^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 27 * np.arange(10_000) / 1000)
    >>> subsynchronous_order(signal_context(x, sampling_rate_hz=1000, speed_hz=60.0)).round(2)
    array([0.45])
    """
    return _whirl_order(c)


def _whirl_order(c: SignalContext) -> np.ndarray:
    place = _cells_between(SUBSYNCHRONOUS_BAND[0], 0.5)
    q = c.block(order_spectrum_cells)[:, place] ** 2
    total = q.sum(axis=-1)
    return np.asarray((q @ ((place + 0.5) * _CELL)) / np.where(total > 0, total, np.nan))


@feature(unit="dB", domain="orders", needs=("speed",), undefined="without a speed")
def subsynchronous_prominence(c: SignalContext) -> PerWaveform:
    r"""How far the strongest line between 0.40× and 0.49× stands above what lies around it.

    .. math:: 10 \lg \frac{\max_{0.40 \le o \le 0.50} Q_o}
              {\operatorname{median}_{o \in [0.2, 0.35] \cup [0.55, 0.8]} Q_o}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 27 * np.arange(4000) / 1000) + 0.01 * np.random.default_rng(0).standard_normal(4000)
    >>> bool(subsynchronous_prominence(signal_context(x, sampling_rate_hz=1000, speed_hz=60.0))[0] > 30)
    True
    """
    around = np.concatenate([_cells_between(0.2, 0.35), _cells_between(0.55, 0.8)])
    return _prominence(c.block(order_spectrum_cells), _cells_between(SUBSYNCHRONOUS_BAND[0], 0.5), around)


@feature(unit="dB", domain="orders", needs=("speed",), undefined="without a speed")
def whirl_sideband_prominence(c: SignalContext) -> PerWaveform:
    r"""How far lines at one half and three halves of the whirl stand above what lies around them.

    .. math:: \tfrac12 \sum_{m \in \{1/2,\,3/2\}} 10 \lg
              \frac{\max_{|o - m o_w| \le 0.025} Q_o}{\operatorname{median}_{o \in [0.15, 0.38] \cup [0.52, 0.85]} Q_o}

    A whirl that swells and fades every second turn has them; a bearing with too much clearance has not.
    :math:`o_w` is the strongest order between 0.40× and 0.50×.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(10_000) / 1000
    >>> x = (1 + 0.2 * np.sin(2 * np.pi * 13.5 * t_s)) * np.sin(2 * np.pi * 27 * t_s)
    >>> x += 0.01 * np.random.default_rng(0).standard_normal(10_000)
    >>> bool(whirl_sideband_prominence(signal_context(x, sampling_rate_hz=1000, speed_hz=60.0))[0] > 15)
    True
    """
    cells = c.block(order_spectrum_cells)
    around = np.concatenate([_cells_between(0.15, 0.38), _cells_between(0.52, 0.85)])
    background = np.median(cells[:, around], axis=-1)
    whirl = np.nan_to_num(_whirl_order(c), nan=0.45)
    total = np.zeros(len(whirl))
    for multiple in (0.5, 1.5):
        place = np.floor(whirl * multiple / _CELL).astype(np.intp)[:, None] + [-1, 0, 1]
        total += 5 * np.log10(np.take_along_axis(cells, place, axis=-1).max(axis=-1) / background)
    return total
