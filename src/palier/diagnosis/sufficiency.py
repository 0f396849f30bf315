"""Can this recording carry the answer at all; if not, what could."""

from dataclasses import dataclass
from math import ceil

from palier.core.bearing import RollingBearing

__all__ = ["HARMONICS_NEEDED", "Sufficiency", "sufficiency"]

#: Harmonics of the highest defect line that must fit into the envelope spectrum.
HARMONICS_NEEDED = 3

#: Turns of the cage, the slowest part, that its line needs to stand apart from zero.
_CAGE_TURNS = 6

#: Bins of a Hann window's main lobe on either side of a line, and one more between two lobes.
_BINS_APART = 3


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """What is missing, in words that say what would suffice; empty when nothing is."""

    needed: tuple[str, ...]
    unresolved: tuple[str, ...]
    """Defect lines that this recording cannot tell from a multiple of the shaft speed."""
    highest_hz: float
    """Last frequency of the envelope spectrum that the families use."""
    least_width_hz: float
    """Least width of a demodulation band that carries them."""


def sufficiency(bearing: RollingBearing, *, shaft_hz: float, sampling_rate_hz: float, duration_s: float) -> Sufficiency:
    """Compare a recording with what the line families of a bearing need.

    The envelope must reach the third harmonic of the highest line with its sidebands, in a band narrower than half
    the Nyquist frequency; and the record must be long enough to tell at least one line from the shaft harmonic next to
    it. Lines that it cannot tell apart are named.
    """
    orders = {"BPFO": bearing.bpfo_order, "BPFI": bearing.bpfi_order, "2×BSF": bearing.bsf2_order}
    highest_hz = (HARMONICS_NEEDED * max(orders.values()) + 2.2) * shaft_hz
    least_width_hz = 1.2 * highest_hz
    needed = []
    if sampling_rate_hz < 4 * least_width_hz:
        rate = 4 * least_width_hz
        needed.append(
            f"a sampling rate of at least {ceil(rate / 100) * 100:g} Hz (this one: {sampling_rate_hz:g} Hz): the third "
            f"harmonic of the highest defect line lies at {HARMONICS_NEEDED * max(orders.values()) * shaft_hz:.0f} Hz "
            "of the envelope, and demodulation needs a band wider than that above the machine's own lines"
        )
    lines = {name: _BINS_APART / (_distance(order) * shaft_hz) for name, order in orders.items()}
    least_s = min(lines.values())
    lines["FTF"] = _CAGE_TURNS / (bearing.ftf_order * shaft_hz)
    unresolved = tuple(name for name, needed_s in lines.items() if needed_s > duration_s)
    if duration_s < least_s:
        needed.append(
            f"a recording of at least {_round_up(least_s)} s (this one: {duration_s:.3g} s): at "
            f"{shaft_hz * 60:.0f} rpm shorter ones cannot tell a defect line from a multiple of the shaft speed"
        )
    return Sufficiency(tuple(needed), unresolved, highest_hz, least_width_hz)


def _distance(order: float) -> float:
    """Distance of an order from the nearest multiple of the shaft speed, never quite zero."""
    return max(abs(order - round(order)), 1e-3)


def _round_up(seconds: float) -> str:
    return f"{ceil(seconds * 10) / 10:g}" if seconds < 10 else f"{ceil(seconds):g}"
