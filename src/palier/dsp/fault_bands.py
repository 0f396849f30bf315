"""Where in a spectrum the lines of each bearing fault are expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from palier.core.bearing import RollingBearing
from palier.core.faults import ROLLING_FAULTS, line_order
from palier.core.shapes import BatchedSpectrum, PerWaveform, Spectrum
from palier.errors import ParameterError

__all__ = ["BandMetrics", "FaultBand", "band_metrics", "fault_bands"]

Line = Literal["bpfo", "bpfi", "bsf2", "ftf"]

_NAMES: dict[str, str] = {"bpfo": "BPFO", "bpfi": "BPFI", "bsf2": "2×BSF", "ftf": "FTF"}


@dataclass(frozen=True, slots=True)
class FaultBand:
    """One expected line and the band it is looked for in."""

    fault: str
    """Key of the fault in the taxonomy."""
    line: str
    """``bpfo``, ``bpfi``, ``bsf2`` or ``ftf``."""
    harmonic: int
    """Multiple of the line, from 1."""
    sideband: int
    """Signed number of sideband spacings from the harmonic; 0 is the harmonic itself."""
    spacing: Literal["shaft", "cage"] | None
    """What spaces the sidebands of this fault, if it has any."""
    centre_hz: float
    low_hz: float
    high_hz: float

    @property
    def label(self) -> str:
        """Such as ``BPFO``, ``2·BPFI − 1×`` or ``3·(2×BSF) + 2·FTF``."""
        name = _NAMES[self.line]
        if self.harmonic > 1:
            name = f"{self.harmonic}·({name})" if "×" in name else f"{self.harmonic}·{name}"
        if self.sideband == 0:
            return name
        count = abs(self.sideband)
        step = f"{count}×" if self.spacing == "shaft" else ("FTF" if count == 1 else f"{count}·FTF")
        return f"{name} {'+' if self.sideband > 0 else '−'} {step}"


@dataclass(frozen=True, slots=True, eq=False)
class BandMetrics:
    """What a spectrum shows in each band."""

    peak_hz: Float[np.ndarray, "*batch band"]
    """Frequency of the highest bin."""
    peak: Float[np.ndarray, "*batch band"]
    """Its value."""
    band_sum: Float[np.ndarray, "*batch band"]
    """Sum over the bins of the band, times their spacing: the power, if the spectrum is a density."""
    total: PerWaveform
    """The same over all bands, bins that bands share counted once."""


def fault_bands(
    bearing: RollingBearing,
    *,
    speed_hz: float,
    harmonics: int = 3,
    sidebands: int = 1,
    slip: float = 0.02,
    speed_tolerance: float = 0.0,
    width_hz: float = 0.0,
    lines: Sequence[Line] = ("bpfo", "bpfi", "bsf2", "ftf"),
    max_hz: float = float("inf"),
) -> tuple[FaultBand, ...]:
    r"""Tabulate the lines that each fault of a rolling bearing is expected to show, with their tolerance.

    Harmonic :math:`h` of a line of order :math:`o`, :math:`m` sidebands away at spacing :math:`s` (1 for the shaft, the
    cage order for the cage), at shaft speed :math:`f_r`:

    .. math::
        f = (h\,o + m\,s)\,f_r, \qquad
        \Delta = \bigl(h\,o + [\text{cage}]\,|m|\,s\bigr) f_r \cdot \text{slip} + f \cdot \text{speed\_tolerance}
                 + \tfrac12\,\text{width}

    and the band is :math:`f \pm \Delta`. Which fault has which sidebands is taken from the taxonomy: an inner-race
    defect passes through the load zone once per revolution, a defect of a rolling element once per turn of the cage; an
    outer race at rest and the cage have none.

    High harmonics of different faults overlap: a line inside a band is evidence only together with its family.
    The rolling element's line is 2×BSF, twice what many tables print. With the outer ring turning, the roles of the
    rings in the load zone are exchanged, which this table does not follow.

    Parameters
    ----------
    bearing : RollingBearing
    speed_hz : float
        Shaft speed, revolutions per second, positive.
    harmonics : int
        1 to 100.
    sidebands : int
        On either side of every harmonic of a fault that has them, 0 to 20.
    slip : float
        Relative departure of the defect lines from the kinematic order, 0 to 0.1, to either side (a slipping cage
        lowers BPFO and raises BPFI; a contact angle that differs from the drawing moves both).
    speed_tolerance : float
        Relative uncertainty of `speed_hz`, 0 to 0.2.
    width_hz : float
        Added to the full width, for the resolution of the spectrum; not negative.
    lines : sequence of {"bpfo", "bpfi", "bsf2", "ftf"}
        Which faults to tabulate.
    max_hz : float
        Bands that do not end below this are left out; so are those whose centre is not above 0.

    Returns
    -------
    tuple of FaultBand
        In the order of the taxonomy, harmonics and sidebands rising.

    Raises
    ------
    ParameterError
        If a parameter is out of range or the bands would have no width.

    References
    ----------
    Randall and Antoni, "Rolling element bearing diagnostics—A tutorial", MSSP 25 (2011) 485–520,
    doi:10.1016/j.ymssp.2010.07.017.

    Examples
    --------
    >>> b = RollingBearing(9, 7.94e-3, 39.04e-3, 0.0, provenance="CWRU drive end")
    >>> for band in fault_bands(b, speed_hz=29.95, harmonics=1, slip=0.01):
    ...     print(f"{band.fault:15} {band.label:11} {band.low_hz:6.2f} {band.centre_hz:6.2f} {band.high_hz:6.2f}")
    outer_race      BPFO        106.29 107.36 108.44
    inner_race      BPFI − 1×   130.61 132.24 133.86
    inner_race      BPFI        160.56 162.19 163.81
    inner_race      BPFI + 1×   190.51 192.14 193.76
    rolling_element 2×BSF − FTF 127.71 129.24 130.77
    rolling_element 2×BSF       139.76 141.17 142.58
    rolling_element 2×BSF + FTF 151.57 153.10 154.63
    cage            FTF          11.81  11.93  12.05
    """
    _check(speed_hz, harmonics, sidebands, slip, speed_tolerance, width_hz)
    unknown = [line for line in lines if line not in _NAMES]
    if unknown:
        raise ParameterError(f"no defect line {unknown[0]!r}; there are {', '.join(_NAMES)}")
    rows: list[FaultBand] = []
    for fault in ROLLING_FAULTS:
        for signature in fault.signatures:
            if signature.line not in lines:
                continue
            spacing = {"shaft": 1.0, "cage": bearing.ftf_order, None: 0.0}[signature.sideband]
            reach = sidebands if signature.sideband else 0
            harmonic, sideband = (
                a.ravel() for a in np.meshgrid(np.arange(1, harmonics + 1), np.arange(-reach, reach + 1), indexing="ij")
            )
            line_hz = harmonic * line_order(bearing, signature.line) * speed_hz
            centre_hz = line_hz + sideband * spacing * speed_hz
            slipping_hz = line_hz + (np.abs(sideband) * spacing * speed_hz if signature.sideband == "cage" else 0.0)
            half_hz = slip * slipping_hz + speed_tolerance * np.abs(centre_hz) + width_hz / 2
            rows += [
                FaultBand(
                    fault.key, signature.line, int(h), int(m), signature.sideband, float(c), float(c - d), float(c + d)
                )
                for h, m, c, d in zip(harmonic, sideband, centre_hz, half_hz, strict=True)
                if c > 0 and c + d < max_hz
            ]
    return tuple(rows)


def band_metrics(spectrum: BatchedSpectrum, *, frequency_hz: Spectrum, bands: Sequence[FaultBand]) -> BandMetrics:
    """Read the peak and the sum of a spectrum in each band.

    Parameters
    ----------
    spectrum : float, shape (..., frequency)
        Amplitudes, powers or a power density.
    frequency_hz : float, shape (frequency)
        Hz, evenly spaced, rising.
    bands : sequence of FaultBand
        At least one; each must lie within the spectrum. A band narrower than a bin takes the nearest bin.

    Returns
    -------
    BandMetrics

    Raises
    ------
    ParameterError
        If there is no band, or one ends above the spectrum.

    Examples
    --------
    >>> b = RollingBearing(9, 7.94e-3, 39.04e-3, 0.0, provenance="CWRU drive end")
    >>> bands = fault_bands(b, speed_hz=30.0, harmonics=2, lines=("bpfo",))
    >>> f_hz = np.arange(0, 300, 0.5)
    >>> m = band_metrics(np.where(f_hz == 107.0, 4.0, 1.0), frequency_hz=f_hz, bands=bands)
    >>> m.peak_hz.tolist(), m.peak.tolist()
    ([107.0, 211.0], [4.0, 1.0])
    """
    if not bands:
        raise ParameterError("there are no bands; raise max_hz or choose lines")
    if frequency_hz.size < 2 or frequency_hz.size != spectrum.shape[-1]:
        raise ParameterError(f"{frequency_hz.size} frequencies for a spectrum of {spectrum.shape[-1]} bins; at least 2")
    step_hz = float(frequency_hz[1] - frequency_hz[0])
    edges_hz = np.array([(band.low_hz, band.high_hz, band.centre_hz) for band in bands])
    if edges_hz[:, 1].max() > frequency_hz[-1] + step_hz / 2:
        raise ParameterError(
            f"a band ends at {edges_hz[:, 1].max():.6g} Hz, the spectrum at {frequency_hz[-1]:.6g} Hz; set max_hz"
        )
    first = np.searchsorted(frequency_hz, edges_hz[:, 0], side="left")
    stop = np.searchsorted(frequency_hz, edges_hz[:, 1], side="right")
    nearest = np.rint((edges_hz[:, 2] - frequency_hz[0]) / step_hz).astype(np.intp).clip(0, frequency_hz.size - 1)
    empty = stop <= first
    first, stop = np.where(empty, nearest, first), np.where(empty, nearest + 1, stop)

    reach = np.arange(int((stop - first).max()))
    inside = reach < (stop - first)[:, None]
    place = np.minimum(first[:, None] + reach, frequency_hz.size - 1)
    values = spectrum[..., place]
    top = np.where(inside, values, -np.inf).argmax(axis=-1)
    peak = np.take_along_axis(values, top[..., None], axis=-1)[..., 0]
    covered = np.unique(place[inside])
    return BandMetrics(
        peak_hz=frequency_hz[np.take_along_axis(np.broadcast_to(place, values.shape), top[..., None], axis=-1)[..., 0]],
        peak=peak,
        band_sum=(np.where(inside, values, 0).sum(axis=-1, dtype=np.float64) * step_hz).astype(spectrum.dtype),
        total=np.asarray(spectrum[..., covered].sum(axis=-1, dtype=np.float64) * step_hz, dtype=spectrum.dtype),
    )


def _check(
    speed_hz: float, harmonics: int, sidebands: int, slip: float, speed_tolerance: float, width_hz: float
) -> None:
    """Refuse parameters outside their range."""
    if not 0 < speed_hz < float("inf"):
        raise ParameterError(f"speed_hz is {speed_hz}; allowed is a positive, finite speed in revolutions per second")
    for name, value, low, high in (
        ("harmonics", harmonics, 1, 100),
        ("sidebands", sidebands, 0, 20),
        ("slip", slip, 0, 0.1),
        ("speed_tolerance", speed_tolerance, 0, 0.2),
        ("width_hz", width_hz, 0, float("inf")),
    ):
        if not low <= value <= high:
            raise ParameterError(f"{name} is {value}; allowed is {low} to {high}")
    if slip == speed_tolerance == width_hz == 0:
        raise ParameterError("slip, speed_tolerance and width_hz are all 0: the bands would have no width; set one")
