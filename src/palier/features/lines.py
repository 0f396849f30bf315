"""Features of known lines: defect lines of a rolling bearing, and the taxonomy's bands for a journal bearing."""

from typing import Final

import numpy as np
from jaxtyping import Float

from palier.core.faults import JOURNAL_CLASSES, Fault
from palier.features.context import SignalContext
from palier.features.registry import feature_family
from palier.features.spectral import line_reach_hz

__all__ = ["DEFECT_LINES", "defect_line_prominences", "envelope_order_prominences", "fault_prominences"]

#: Defect lines of a rolling bearing, in the order in which reports list their faults.
DEFECT_LINES: Final = ("bpfo", "bpfi", "bsf2", "ftf")
_MULTIPLES: Final = (1, 2, 3)
#: How far slip may move a line, relative to it; and the background, on either side, relative to the line.
_SLIP, _BACKGROUND = 0.015, 0.15
_LEAST_BINS = 1.5  # a Hann line fills two
#: Bands of orders in which the defect lines of most rolling bearings lie: cage, shaft, then one order each.
_ORDER_BANDS: Final = (
    (0.33, 0.45), (0.97, 1.03), (1.97, 2.03), (1.5, 1.9), (2.1, 2.9), (3.1, 3.9), (4.1, 4.9), (5.1, 5.9), (6.1, 6.9),
)  # fmt: skip
#: Where the surroundings of a band begin and end, relative to its lower (twice) and its upper edge.
_BESIDE, _BESIDE_CELLS = (0.5, 0.9, 1.8), 8
_WITH_SIGNATURES: Final = tuple(f for f in JOURNAL_CLASSES if f.signatures)


def _envelope_prominence(c: SignalContext, low_hz: np.ndarray, high_hz: np.ndarray, reach_hz: np.ndarray) -> np.ndarray:
    """Strongest line of the envelope's spectrum between two frequencies over the median around it, dB, per waveform."""
    amplitude, step_hz = c.envelope_amplitude, c.envelope_bin_hz
    top = amplitude.shape[1]
    result = np.full(len(low_hz), np.nan)
    for row in range(len(low_hz)):  # each waveform has its own speed, and with it its own bins
        if not high_hz[row] + reach_hz[row] < 0.25 * c.envelope_rate_hz:
            continue
        first = max(2, int(np.floor(low_hz[row] / step_hz)))
        last = min(top, int(np.ceil(high_hz[row] / step_hz)) + 1)
        margin = max(4, int(reach_hz[row] / step_hz))
        left = amplitude[row, max(2, first - margin) : first]
        around = np.concatenate([left, amplitude[row, last : last + margin]])
        floor = max(float(np.median(around)), 1e-9)
        result[row] = 20 * np.log10(max(float(amplitude[row, first:last].max()), 1e-9) / floor)
    return result


@feature_family(
    names=tuple(f"{line}_prominence_{m}" for line in DEFECT_LINES for m in _MULTIPLES),
    unit="dB", domain="lines", needs=("speed", "lines"), undefined="without a speed or the orders of the lines",
)  # fmt: skip
def defect_line_prominences(c: SignalContext) -> Float[np.ndarray, "waveform line"]:
    r"""How far a defect line of a rolling bearing, or its 2nd or 3rd harmonic, stands out of the envelope's spectrum.

    .. math:: 20 \lg \frac{\max_{|f - m o f_r| \le 0.015\, m o f_r} E_f}{\operatorname{median}_{\text{around}} E_f}

    with :math:`E_f` the amplitudes of the squared envelope of a twentieth to nine twentieths of the sampling rate, and
    the background taken up to 15 % of the line to either side. The tolerance is that of slip. Noise reads some
    decibels: the strongest of several bins stands above their median. `palier diagnose` does this with more care
    (several bands, a null distribution): this is a number for a model.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(40_000) / 10_000
    >>> x = (1 + np.cos(2 * np.pi * 3.58 * 30 * t_s)) * np.random.default_rng(0).standard_normal(40_000)
    >>> c = signal_context(x, sampling_rate_hz=10_000, speed_hz=30.0, line_orders={"bpfo": 3.58})
    >>> bool(defect_line_prominences(c)[0, 0] > 20), bool(np.isnan(defect_line_prominences(c)[0, 3]))
    (True, True)
    """
    columns = []
    for line in DEFECT_LINES:
        for m in _MULTIPLES:
            hz = c.speed_hz * c.line_orders.get(line, np.nan) * m
            reach_hz = np.maximum(_SLIP * hz, _LEAST_BINS * c.envelope_bin_hz)
            columns.append(_envelope_prominence(c, hz - reach_hz, hz + reach_hz, _BACKGROUND * hz))
    return np.stack(columns, axis=-1)


@feature_family(
    names=tuple(f"envelope_prominence_{low:g}_{high:g}x".replace(".", "p") for low, high in _ORDER_BANDS),
    unit="dB", domain="lines", needs=("speed",), undefined="without a speed",
)  # fmt: skip
def envelope_order_prominences(c: SignalContext) -> Float[np.ndarray, "waveform line"]:
    r"""How far the strongest line of a band of orders stands out of the envelope's spectrum, whatever the bearing.

    .. math:: 20 \lg \frac{\max_{o_1 \le f/f_r \le o_2} E_f}{\operatorname{median}_{\text{around}} E_f}

    For bearings of unknown geometry: the cage turns at 0.33–0.45×, the outer race of a bearing of 6 to 16 elements is
    struck 2.3 to 6.8 times a turn, the inner race more often. Whole orders belong to the shaft and are kept apart.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(40_000) / 10_000
    >>> x = (1 + np.cos(2 * np.pi * 3.58 * 30 * t_s)) * np.random.default_rng(0).standard_normal(40_000)
    >>> p = envelope_order_prominences(signal_context(x, sampling_rate_hz=10_000, speed_hz=30.0))[0]
    >>> int(p.argmax())
    5
    """
    columns = []
    for low, high in _ORDER_BANDS:
        reach_hz = np.maximum(0.15 * (low + high) / 2, 0.2) * c.speed_hz
        columns.append(_envelope_prominence(c, low * c.speed_hz, high * c.speed_hz, reach_hz))
    return np.stack(columns, axis=-1)


@feature_family(
    names=tuple(f"fault_prominence_{f.key}" for f in _WITH_SIGNATURES),
    unit="dB", domain="lines", needs=("speed",),
    undefined="without a speed, or where a band or its surroundings are above Nyquist",
)  # fmt: skip
def fault_prominences(c: SignalContext) -> Float[np.ndarray, "waveform fault"]:
    r"""How far the lines and bands of a fault of a journal bearing stand above what lies beside them.

    .. math:: 10 \lg \frac{\sum_b P_b}{\sum_b w_b \operatorname{median}_m (P_{bm} / w_{bm})}

    over the signatures *b* of the fault, of width :math:`w_b`; *m* runs over 16 cells beside each, from half its lower
    to 1.8 times its upper edge. Read from `palier.core.faults`, the one table that the generator, the detector and the
    reports use. Faults share lines (1× belongs to six), so that this is evidence to weigh, not a diagnosis.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 27 * np.arange(40_000) / 10_000)
    >>> x += 0.01 * np.random.default_rng(0).standard_normal(40_000)
    >>> p = fault_prominences(signal_context(x, sampling_rate_hz=10_000, speed_hz=60.0))[0]
    >>> by_fault = dict(zip([f.key for f in JOURNAL_CLASSES[1:]], p.round().tolist(), strict=True))
    >>> by_fault["oil_whirl"] > 40, abs(by_fault["misalignment"]) < 5
    (True, True)
    """
    prominence = np.stack([_prominence(c, f) for f in _WITH_SIGNATURES], axis=-1)
    return np.where(np.isnan(c.speed_hz[:, None]), np.nan, prominence)  # to be compared with one another: all or none


def _prominence(c: SignalContext, fault: Fault) -> np.ndarray:
    bands: list[tuple[np.ndarray, np.ndarray]] = []
    for s in fault.signatures:
        if s.line == "shaft":
            for order in s.multiples:
                centre_hz = order * c.speed_hz[:, None]
                reach_hz = line_reach_hz(c, centre_hz)
                bands.append((centre_hz - reach_hz, centre_hz + reach_hz))
        else:
            unit_hz = c.speed_hz[:, None] if s.line == "band_orders" else np.ones((len(c.speed_hz), 1))
            bands.append((s.multiples[0] * unit_hz, s.multiples[1] * unit_hz))
    inside, expected = np.zeros(len(c.speed_hz)), np.zeros(len(c.speed_hz))
    for low, high in bands:
        inside += c.band_power(low, high)[:, 0]
        parts = [
            _cell_densities(c, _BESIDE[0] * low, _BESIDE[1] * low),
            _cell_densities(c, high / _BESIDE[1], _BESIDE[2] * high),
        ]
        expected += np.median(np.concatenate(parts, axis=-1), axis=-1) * (high - low)[:, 0]
    return np.asarray(10 * np.log10(np.maximum(inside, 1e-30) / np.maximum(expected, 1e-30)))


def _cell_densities(c: SignalContext, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    edges = low + (high - low) * np.linspace(0, 1, _BESIDE_CELLS + 1)
    power = c.band_power(edges[:, :-1], edges[:, 1:])
    return np.asarray(np.maximum(power, 0) / np.diff(edges, axis=-1))
