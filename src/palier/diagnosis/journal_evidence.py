"""What a recording of a journal bearing shows where the taxonomy says that faults show."""

from dataclasses import dataclass
from math import erfc, log10, sqrt

import numpy as np

from palier.core.faults import JOURNAL_CLASSES, Fault, Signature
from palier.core.shapes import Waveform
from palier.diagnosis.lines import LineSpectrum
from palier.diagnosis.result import EvidenceLine, SpeedUsed
from palier.errors import ParameterError

__all__ = ["SINGLE_FAULTS", "TELLING", "contradictions", "journal_evidence", "parts_of"]

#: A line is called found when noise would put one as strong there at most this often …
_P_VALUE = 1e-3
#: … and it stands this far above its background.
_ABOVE_DB = 10.0

#: … and one that speaks against a model has to be this clear: 1/f noise and electrical impulses reach 12 dB.
_CLEARLY_DB = 15.0

#: Bursts are looked for in a band from here up; below, a band is searched for a line.
_BURSTS_FROM_HZ = 200.0
_CELL_S = 4e-3
#: Electrical impulses and friction come less often than once a second; collapsing bubbles come several times.
_LEAST_PER_S = 1.0

_MIXTURES = ("misalignment_imbalance", "wear_lubrication", "cavitation_clearance")

#: The single faults of journal bearings, in class order.
SINGLE_FAULTS: tuple[Fault, ...] = tuple(f for f in JOURNAL_CLASSES if f.signatures and f.key not in _MIXTURES)

#: Signatures that a machine without the fault does not show; every machine shows some 1× and 2×.
TELLING = {"clearance": ("band_orders",), "lubrication": ("band_hz",), "cavitation": ("band_hz",),
           "oil_whirl": ("band_orders",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    label: str
    low_hz: float
    high_hz: float
    expected_hz: float


def journal_evidence(
    x: Waveform, spectrum: LineSpectrum, *, sampling_rate_hz: float, speed: SpeedUsed
) -> tuple[EvidenceLine, ...]:
    """Measure every signature of the single faults, in class order.

    A line or a narrow band is searched for its highest bin against the local background; the p-value is that of an
    exponentially distributed power, all bins looked at counted. A wide band is searched for bursts: the p-value is that
    of the squared envelope's kurtosis in Gaussian noise, and the level is that of the strongest 4 ms over the median;
    bursts are found where 10 dB are exceeded at least once a second.

    Parameters
    ----------
    x : float, shape (time)
    spectrum : LineSpectrum
        Of `x`, up to three times the shaft speed at least.
    sampling_rate_hz : float
    speed : SpeedUsed
    """
    return tuple(
        row
        for fault in SINGLE_FAULTS
        for signature in fault.signatures
        for row in _rows(fault, signature, x, spectrum, sampling_rate_hz, speed)
    )


def _rows(
    fault: Fault, signature: Signature, x: Waveform, spectrum: LineSpectrum, rate_hz: float, speed: SpeedUsed
) -> list[EvidenceLine]:
    low, high = signature.multiples[0], signature.multiples[-1]
    if signature.line == "shaft":
        places = [_Place(f"{k:g}×", k * speed.low_hz, k * speed.high_hz, k * speed.hz) for k in signature.multiples]
        return [_line(fault, p, spectrum) for p in places if p.high_hz < spectrum.nyquist_hz]
    if signature.line == "band_orders":
        place = _Place(f"{low:g}–{high:g}×", low * speed.low_hz, high * speed.high_hz, (low + high) / 2 * speed.hz)
        return [_line(fault, place, spectrum)]
    place = _Place(f"{low:g}–{high:g} Hz", low, high, (low + high) / 2)
    if low < _BURSTS_FROM_HZ:
        return [_line(fault, place, spectrum)]
    return [_bursts(fault, place, x, rate_hz)] if high < rate_hz / 2 else []


def _line(fault: Fault, place: _Place, spectrum: LineSpectrum) -> EvidenceLine:
    amplitude, over = spectrum.peak(place.low_hz, place.high_hz)
    step = spectrum.resolution_hz
    first = max(1, int(np.floor(place.low_hz / step)) - 1)
    last = min(len(spectrum.amplitude), int(np.ceil(place.high_hz / step)) + 2)
    bins = max(1, last - first)
    top = first + int(spectrum.amplitude[first:last].argmax())
    p_value = float(-np.expm1(bins * np.log1p(-np.exp(-over)))) if over > 0 else 1.0
    prominence_db = 10 * log10(max(over, 1e-6))
    return EvidenceLine(
        fault=fault.key,
        label=place.label,
        band_low_hz=place.low_hz,
        band_high_hz=place.high_hz,
        expected_hz=place.expected_hz,
        tolerance_hz=(place.high_hz - place.low_hz) / 2,
        found_hz=top * step,
        amplitude=amplitude,
        prominence_db=prominence_db,
        p_value=p_value,
        found=p_value <= _P_VALUE and prominence_db >= _ABOVE_DB,
        quantity="amplitude",
    )


def _bursts(fault: Fault, place: _Place, x: Waveform, rate_hz: float) -> EvidenceLine:
    from palier.dsp import squared_envelope

    try:
        envelope = squared_envelope(x, sampling_rate_hz=rate_hz, band_hz=(place.low_hz, place.high_hz))
    except ParameterError:
        square, own_hz = np.ones(1), rate_hz  # too short for this band: nothing can be said of it
    else:
        square, own_hz = np.asarray(envelope.samples, np.float64), envelope.sampling_rate_hz
    independent = max(1.0, (place.high_hz - place.low_hz) * len(square) / own_hz)
    mean = float(square.mean()) or 1.0
    kurtosis = float(np.mean((square / mean) ** 2))
    # squared envelopes of Gaussian noise are exponential: second moment 2, its estimate scatters by sqrt(20 / n)
    p_value = erfc((kurtosis - 2) / sqrt(20 / independent) / sqrt(2)) / 2 if independent > 20 else 1.0
    cell = max(1, round(_CELL_S * own_hz))
    cells = square[: len(square) // cell * cell].reshape(-1, cell).mean(axis=1) if len(square) >= cell else square
    median = max(float(np.median(cells)), 1e-30)
    contrast_db = 10 * log10(max(float(cells.max()) / median, 1e-6))
    above = cells > median * 10 ** (_ABOVE_DB / 10)
    runs = int(above[0]) + int(np.count_nonzero(above[1:] & ~above[:-1]))
    often = runs >= max(2.0, _LEAST_PER_S * len(x) / rate_hz)
    return EvidenceLine(
        fault=fault.key,
        label=f"bursts in {place.label}",
        band_low_hz=place.low_hz,
        band_high_hz=place.high_hz,
        expected_hz=place.expected_hz,
        tolerance_hz=(place.high_hz - place.low_hz) / 2,
        found_hz=place.expected_hz,
        amplitude=sqrt(2 * mean) if mean > 0 else 0.0,
        prominence_db=contrast_db,
        p_value=min(1.0, max(p_value, 1e-300)),
        found=p_value <= _P_VALUE and often,
        quantity="amplitude",
    )


def parts_of(key: str) -> tuple[str, ...]:
    """Return the single faults that a class consists of.

    Examples
    --------
    >>> parts_of("wear_lubrication"), parts_of("oil_whirl"), parts_of("healthy")
    (('wear', 'lubrication'), ('oil_whirl',), ())
    """
    if key == "healthy":
        return ()
    if key not in _MIXTURES:
        return (key,)
    single = [f.key for f in SINGLE_FAULTS]
    return tuple(sorted((s for s in single if s in key), key=lambda s: key.index(s)))


def contradictions(named: str, evidence: tuple[EvidenceLine, ...]) -> tuple[str, ...]:
    """Say where the evidence speaks against the class that a model names.

    Parameters
    ----------
    named : str
        The model's first class.
    evidence : tuple of EvidenceLine
        Of `journal_evidence`.
    """
    from palier.core.faults import fault

    parts, texts = parts_of(named), []
    for part in parts:
        own = [e for e in evidence if e.fault == part]
        if own and not any(e.found for e in own):
            looked = ", ".join(e.label for e in own)
            texts.append(f"The model names {fault(part).name_en}, but none of its lines stands out ({looked}).")
        elif part in TELLING and not any(e.found for e in own if _telling(e)):
            texts.append(f"The model names {fault(part).name_en}, but its own mark, {_mark(own)}, does not stand out.")
    clear = [e for e in evidence if e.found and e.prominence_db >= _CLEARLY_DB]
    shown = {e.label: e for e in clear if e.fault in TELLING and _telling(e)}
    explained = {e.label for e in evidence if e.fault in parts and _telling(e)}
    # clearance and whirl share most of their band: either of them explains a line in the other's
    if {"clearance", "oil_whirl"} & set(parts):
        explained |= {e.label for e in evidence if e.fault in ("clearance", "oil_whirl")}
    below_half = [e for label, e in shown.items() if label not in explained]
    for place in dict.fromkeys(_what(e) for e in below_half):
        line = max((e for e in below_half if _what(e) == place), key=lambda e: e.prominence_db)
        names = " or ".join(fault(k).name_en for k in dict.fromkeys(e.fault for e in below_half if _what(e) == place))
        texts.append(
            f"{line.label} stands {line.prominence_db:.0f} dB above its background, which is a mark of {names}; "
            f"the model names {fault(named).name_en}."
        )
    return tuple(texts)


def _telling(line: EvidenceLine) -> bool:
    return line.label not in ("1×", "2×", "3×")


def _mark(lines: list[EvidenceLine]) -> str:
    return ", ".join(e.label for e in lines if _telling(e))


def _what(line: EvidenceLine) -> str:
    return "below half the speed" if line.fault in ("clearance", "oil_whirl") else line.fault
