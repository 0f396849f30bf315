"""Random machines for false-alarm and detection studies: every nuisance drawn from a stated range."""

import numpy as np

from palier.core.bearing import RollingBearing
from palier.simulate.noise import NoiseColour
from palier.simulate.rolling import RollingScenario

__all__ = ["random_scenario"]


def random_scenario(
    *,
    bearing: RollingBearing,
    fault: str,
    impact_snr_db: float,
    rng: np.random.Generator,
    noise_colour: NoiseColour | None = None,
    duration_s: float = 10.0,
) -> RollingScenario:
    """Draw a machine: speed, housing, shaft and gear lines, mains, other machines' lines, noise, slip.

    Speed 10–50 Hz; 12.8–25.6 kHz; two to four housing modes between 8 and 45 % of the sampling rate with 1–6 %
    damping; shaft harmonics up to three times the noise; noise following the shaft by up to 50 %; a gear in half of
    the machines; 50 or 60 Hz in most; up to three lines of other machines; slip -0.2 to 1 % with 0–1 % scatter.

    Parameters
    ----------
    bearing : RollingBearing
    fault : str
        Key of the taxonomy, or ``"healthy"``.
    impact_snr_db : float
        Power of the impacts over that of the noise; ignored for a healthy machine.
    rng : numpy.random.Generator
    noise_colour : str, optional
        Drawn when not given.
    duration_s : float

    Examples
    --------
    >>> from palier.core.catalogue import find_bearing
    >>> s = random_scenario(bearing=find_bearing("6205"), fault="healthy", impact_snr_db=0.0,
    ...     rng=np.random.default_rng(3))
    >>> 10 <= s.speed_hz <= 50
    True
    """
    rate_hz = float(rng.choice([12_800.0, 20_480.0, 25_600.0]))
    modes = tuple(
        (float(rng.uniform(0.08, 0.45) * rate_hz), float(rng.uniform(0.01, 0.06)), float(rng.uniform(0.3, 1.0)))
        for _ in range(rng.integers(2, 5))
    )
    colours: tuple[NoiseColour, ...] = ("white", "pink", "brown", "resonant")
    mains = (None, 50.0, 60.0)[int(rng.integers(0, 3))]
    return RollingScenario(
        bearing=bearing,
        fault=fault,
        speed_hz=float(rng.uniform(10, 50)),
        duration_s=duration_s,
        sampling_rate_hz=rate_hz,
        impact_snr_db=impact_snr_db,
        slip_mean=float(rng.uniform(-0.002, 0.01)),
        slip_std=float(rng.uniform(0, 0.01)),
        load_zone=float(rng.uniform(0.3, 1.0)),
        resonances=modes,
        shaft_amplitudes=tuple(float(a) for a in 3 * rng.random(rng.integers(1, 8)) ** 2),
        shaft_modulation=float(rng.uniform(0, 0.5)),
        gear_mesh=(int(rng.integers(15, 60)), float(rng.uniform(0, 2))) if rng.random() < 0.5 else None,
        mains_hz=mains,
        mains_amplitude=float(rng.uniform(0, 1)),
        noise_colour=noise_colour or colours[int(rng.integers(0, 4))],
        extra_lines=tuple(
            (float(rng.uniform(20, 0.4 * rate_hz)), float(rng.uniform(0, 1))) for _ in range(rng.integers(0, 4))
        ),
    )
