"""Lines of the envelope spectrum that any healthy machine may show: shaft, mains, and what the two make together."""

import numpy as np
from jaxtyping import Bool

from palier.diagnosis.lines import MAINS_HZ

__all__ = ["known_lines"]

#: A shaft harmonic that may lie anywhere in more than this share of an order on either side is not set aside.
_WIDEST = 0.15


def known_lines(
    *,
    n_bins: int,
    resolution_hz: float,
    shaft_hz: float,
    shaft_uncertainty: float,
    mains_hz: tuple[float, ...] = MAINS_HZ,
) -> Bool[np.ndarray, " frequency"]:
    """Mark the bins of an envelope spectrum that hold ordinary periodicities.

    Multiples of the shaft speed; multiples of 50 and 60 Hz up to the sixth; and, of the mains that the recording
    shows, the sums and differences of its first two harmonics with the first six of the shaft (an induction motor
    modulates one by the other).

    Parameters
    ----------
    n_bins, resolution_hz
        The frequency axis.
    shaft_hz : float
    shaft_uncertainty : float
        Relative half-width of what is known of `shaft_hz`.
    mains_hz : tuple of float
        Supply frequencies that show in the recording.
    """
    highest = int(n_bins * resolution_hz / shaft_hz) + 1
    if shaft_uncertainty > 0:
        highest = min(highest, int(_WIDEST / shaft_uncertainty))
    harmonic = np.arange(0, highest + 1)
    centres = [harmonic * shaft_hz]
    widths = [1.6 * resolution_hz + harmonic * shaft_hz * shaft_uncertainty]
    k = np.arange(1, 7)
    for mains in MAINS_HZ:
        centres.append(k * mains)
        widths.append(np.full(6, 1.6 * resolution_hz))
    for mains in mains_hz:
        for m in (1, 2):
            for sign in (-1, 1):
                centres.append(np.abs(m * mains + sign * k * shaft_hz))
                widths.append(resolution_hz + k * shaft_hz * shaft_uncertainty)
    centre, width = np.concatenate(centres), np.concatenate(widths)
    low = np.clip(np.ceil((centre - width) / resolution_hz).astype(int), 0, n_bins)
    high = np.clip(np.floor((centre + width) / resolution_hz).astype(int) + 1, 0, n_bins)
    step = np.zeros(n_bins + 1, int)
    np.add.at(step, low, 1)
    np.add.at(step, np.maximum(high, low), -1)
    return np.asarray(np.cumsum(step[:-1]) > 0)
