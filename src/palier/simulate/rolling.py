"""A damaged rolling bearing as a train of impacts: documented, seeded, with its ground truth."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from palier.core.bearing import RollingBearing
from palier.core.faults import line_order
from palier.core.recording import Provenance, Recording
from palier.core.shapes import Waveform
from palier.core.units import UNITS, Unit
from palier.errors import ParameterError
from palier.simulate.noise import NOISE_COLOURS, NoiseColour, coloured_noise, resonance_response

__all__ = ["ROLLING_SCENARIO_FAULTS", "RollingScenario", "RollingTruth", "simulate_rolling"]

#: Defect line and what modulates the impacts, by fault.
_IMPACTS = {
    "outer_race": ("bpfo", None),
    "inner_race": ("bpfi", "shaft"),
    "rolling_element": ("bsf2", "cage"),
    "cage": ("ftf", None),
}
ROLLING_SCENARIO_FAULTS: tuple[str, ...] = ("healthy", *_IMPACTS)


@dataclass(frozen=True, slots=True)
class RollingScenario:
    """One machine, its bearing, and what is wrong with it.

    Amplitudes are in units of the broadband noise's r.m.s. value, which is `noise_rms` of `unit`. They are engineering
    values, not solutions of contact mechanics.
    """

    bearing: RollingBearing
    fault: str = "healthy"
    speed_hz: float = 25.0
    duration_s: float = 10.0
    sampling_rate_hz: float = 20_480.0
    impact_snr_db: float = 0.0
    """Power of all impacts over the power of the broadband noise."""
    slip_mean: float = 0.005
    """How far the defect line lies below (positive) the kinematic one."""
    slip_std: float = 0.005
    """Random part of each interval between impacts, relative to it; it adds up, as slip does."""
    load_zone: float = 0.8
    """Depth, 0 to 1, by which the impacts of an inner race or an element follow the load zone."""
    resonances: tuple[tuple[float, float, float], ...] = ((3200.0, 0.03, 1.0), (5600.0, 0.02, 0.6))
    """Housing modes: Hz, damping ratio, gain."""
    shaft_amplitudes: tuple[float, ...] = (0.5, 0.3, 0.1)
    """Amplitudes of 1×, 2×, …"""
    shaft_modulation: float = 0.1
    """Depth by which the noise of a healthy machine follows the shaft."""
    gear_mesh: tuple[int, float] | None = None
    """Teeth and amplitude of a gear on the shaft, with sidebands at the shaft speed."""
    mains_hz: float | None = None
    mains_amplitude: float = 0.2
    noise_colour: NoiseColour = "white"
    noise_rms: float = 0.1
    unit: Unit = "g"
    extra_lines: tuple[tuple[float, float], ...] = field(default=())
    """Lines of other machines: Hz and amplitude."""

    def __post_init__(self) -> None:
        if self.fault not in ROLLING_SCENARIO_FAULTS:
            raise ParameterError(f"fault {self.fault!r}; allowed are {', '.join(ROLLING_SCENARIO_FAULTS)}")
        for name in ("speed_hz", "duration_s", "sampling_rate_hz", "noise_rms"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ParameterError(f"{name} is {getattr(self, name)}; allowed is positive and finite")
        if not (0 <= self.slip_std <= 0.03 and -0.03 <= self.slip_mean <= 0.03):
            raise ParameterError(f"slip {self.slip_mean} ± {self.slip_std}; allowed are up to 0.03 each")
        if self.unit not in UNITS:
            raise ParameterError(f"unit is {self.unit!r}; allowed are {', '.join(UNITS)}")
        if self.noise_colour not in NOISE_COLOURS:
            raise ParameterError(f"noise colour {self.noise_colour!r}; allowed are {', '.join(NOISE_COLOURS)}")
        if not abs(self.impact_snr_db) < 200:
            raise ParameterError(f"impact_snr_db is {self.impact_snr_db}; allowed are -200 to 200 dB")
        if self.fault != "healthy" and not self.resonances:
            raise ParameterError("a damaged bearing needs a housing mode to ring in; resonances is empty")
        nyquist_hz = self.sampling_rate_hz / 2
        high = [hz for hz, *_ in (*self.resonances, *self.extra_lines) if not 0 < hz < nyquist_hz]
        if high:
            raise ParameterError(
                f"modes and lines at {high} Hz: allowed is above 0 and below {nyquist_hz:g} Hz (Nyquist)"
            )
        if not (0 <= self.load_zone <= 1 and 0 <= self.shaft_modulation < 1):
            raise ParameterError("load_zone and shaft_modulation are depths; allowed are 0 to 1")


@dataclass(frozen=True, slots=True, eq=False)
class RollingTruth:
    """What was put into a simulated recording."""

    fault: str
    defect_hz: float | None
    """Rate of the impacts before random slip."""
    impact_times_s: Float[np.ndarray, " impact"]
    impact_amplitudes: Float[np.ndarray, " impact"]
    impact_rms: float
    """r.m.s. value of the impacts in the recording, in its unit."""
    noise_rms: float
    impacts: Waveform
    """The impacts alone."""


def simulate_rolling(scenario: RollingScenario, *, rng: np.random.Generator) -> tuple[Recording, RollingTruth]:
    r"""Simulate one recording.

    Impacts at :math:`t_{k+1} = t_k + T(1 + \delta_k)`, :math:`\delta_k \sim N(0, \mathrm{slip\_std}^2)`, each placed
    between samples by its spectrum and ringing in the housing modes; those of an inner race or a rolling element
    weighted by the load zone at the shaft's or cage's angle; plus shaft, gear and mains lines and coloured noise whose
    strength follows the shaft. It is a model of what envelopes show, not of contact mechanics.

    Parameters
    ----------
    scenario : RollingScenario
    rng : numpy.random.Generator
        The same generator state gives the same recording.

    Returns
    -------
    recording : Recording
        Its source begins with ``simulated:``.
    truth : RollingTruth

    References
    ----------
    Antoni and Randall, "Differential diagnosis of gear and bearing faults", Journal of Vibration and Acoustics 124
    (2002) 165–171, doi:10.1115/1.1456906 (accumulating slip).

    Examples
    --------
    >>> from palier.core.catalogue import find_bearing
    >>> s = RollingScenario(find_bearing("6205"), fault="outer_race", duration_s=1.0)
    >>> recording, truth = simulate_rolling(s, rng=np.random.default_rng(0))
    >>> recording.samples.shape, len(truth.impact_times_s)
    ((1, 20480), 89)
    """
    n = round(scenario.duration_s * scenario.sampling_rate_hz)
    if n < 64:
        raise ParameterError(f"{scenario.duration_s} s at {scenario.sampling_rate_hz} Hz are {n} samples; 64 and more")
    t_s = np.arange(n) / scenario.sampling_rate_hz
    phase = 2 * np.pi * (scenario.speed_hz * t_s + rng.random())
    noise = coloured_noise(
        n,
        colour=scenario.noise_colour,
        sampling_rate_hz=scenario.sampling_rate_hz,
        rng=rng,
        resonances=scenario.resonances,
    )
    noise *= 1 + scenario.shaft_modulation * np.cos(phase + 2 * np.pi * rng.random())
    noise /= noise.std()
    times_s, amplitudes, rate_hz = _impact_train(scenario, rng)
    impacts = _ring(times_s, amplitudes, n=n, scenario=scenario)
    if len(times_s) and np.any(impacts):
        gain = 10 ** (scenario.impact_snr_db / 20) / np.sqrt(np.mean(impacts**2))
        impacts, amplitudes = impacts * gain, amplitudes * gain
    x = (noise + impacts + _lines(scenario, t_s, phase, rng)) * scenario.noise_rms
    samples = x.astype(np.float32)[None]
    recording = Recording(
        samples=samples,
        provenance=Provenance(
            source=f"simulated: {scenario.fault}, bearing {scenario.bearing.name}",
            sha256=hashlib.sha256(samples.tobytes()).hexdigest(),
            reader="simulate",
            notes=("SIMULATED by an impact model; not a measurement",),
            speed_origin="declared",
        ),
        sampling_rate_hz=scenario.sampling_rate_hz,
        unit=scenario.unit,
        speed_hz=scenario.speed_hz,
        bearing_name=None,
    )
    impacts = impacts * scenario.noise_rms
    truth = RollingTruth(
        fault=scenario.fault,
        defect_hz=rate_hz,
        impact_times_s=times_s,
        impact_amplitudes=amplitudes * scenario.noise_rms,
        impact_rms=float(np.sqrt(np.mean(impacts**2))),
        noise_rms=scenario.noise_rms,
        impacts=impacts,
    )
    return recording, truth


def _impact_train(scenario: RollingScenario, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float | None]:
    if scenario.fault == "healthy":
        return np.zeros(0), np.zeros(0), None
    line, modulator = _IMPACTS[scenario.fault]
    rate_hz = line_order(scenario.bearing, line) * scenario.speed_hz * (1 - scenario.slip_mean)
    count = int(scenario.duration_s * rate_hz * 1.2) + 16
    steps = 1 / rate_hz * (1 + scenario.slip_std * rng.standard_normal(count))
    times_s = rng.random() / rate_hz + np.cumsum(np.maximum(steps, 0.1 / rate_hz)) - 1 / rate_hz
    times_s = times_s[(times_s >= 0) & (times_s < scenario.duration_s)]
    amplitudes = 1 + 0.1 * rng.standard_normal(len(times_s))
    if modulator is not None:
        turning_hz = scenario.speed_hz * (1.0 if modulator == "shaft" else scenario.bearing.ftf_order)
        angle = 2 * np.pi * (turning_hz * times_s + rng.random())
        amplitudes *= 1 - scenario.load_zone * (1 - np.cos(angle)) / 2
    return times_s, amplitudes, rate_hz


def _ring(times_s: np.ndarray, amplitudes: np.ndarray, *, n: int, scenario: RollingScenario) -> np.ndarray:
    """Let each impact ring in the housing: placed between samples by linear shares, rung by one FFT."""
    if not len(times_s):
        return np.zeros(n)
    length = n + round(0.2 * scenario.sampling_rate_hz)  # room for the last one to die away
    place = times_s * scenario.sampling_rate_hz
    left = np.minimum(place.astype(np.intp), length - 2)
    share = place - left
    train = np.bincount(left, amplitudes * (1 - share), length) + np.bincount(left + 1, amplitudes * share, length)
    frequency_hz = np.fft.rfftfreq(length, 1 / scenario.sampling_rate_hz)
    response = resonance_response(frequency_hz, resonances=scenario.resonances)
    return np.asarray(np.fft.irfft(np.fft.rfft(train) * response, length)[:n])


def _lines(scenario: RollingScenario, t_s: np.ndarray, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    x = np.zeros(len(t_s))
    for k, amplitude in enumerate(scenario.shaft_amplitudes, start=1):
        x += amplitude * np.sin(k * phase + 2 * np.pi * rng.random())
    if scenario.gear_mesh is not None:
        teeth, amplitude = scenario.gear_mesh
        carrier = np.sin(teeth * phase + 2 * np.pi * rng.random())
        x += amplitude * carrier * (1 + 0.3 * np.cos(phase + 2 * np.pi * rng.random()))
    if scenario.mains_hz is not None:
        for k, share in ((1, 0.3), (2, 1.0), (6, 0.3)):
            x += scenario.mains_amplitude * share * np.sin(2 * np.pi * (k * scenario.mains_hz * t_s + rng.random()))
    for hz, amplitude in scenario.extra_lines:
        x += amplitude * np.sin(2 * np.pi * (hz * t_s + rng.random()))
    return x
