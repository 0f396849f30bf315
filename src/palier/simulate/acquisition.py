"""The acquisition chain: what a sensor, its cable and its converter make of a physical signal.

Layers are applied in the order of `LAYERS`. Each has its own switch and its own random stream, so that switching one
off leaves the others as they are. Levels are engineering values in the unit of the record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from palier.core.shapes import Waveform
from palier.errors import ParameterError
from palier.simulate.lines import Line, Ramp, sum_of_lines
from palier.simulate.noise import resonance_response

__all__ = ["FULL_SCALE", "LAYERS", "Layer", "acquire", "one_over_f"]

#: Full scale and resolution of the converter.
FULL_SCALE: Final = 5.0
BITS: Final = 16

HOUSING_MODES: Final = 3
MODE_HZ_SHARE: Final = (0.05, 0.45)
"""Of the sampling rate."""
MODE_DAMPING: Final = (0.02, 0.06)
MODE_GAIN: Final = (0.1, 0.3)

THERMAL_DRIFT_HZ: Final = (0.02, 0.3)
THERMAL_DRIFT: Final = (0.005, 0.02)
MAINS_HZ: Final = (50.0, 60.0)
MAINS: Final = (0.002, 0.010)
MAINS_HARMONICS: Final = (1.0, 0.4, 0.25)
"""Amplitudes of 1, 2 and 3 times the mains, relative to the first."""
PINK_RMS: Final = (0.010, 0.020)
SENSOR_RMS: Final = (0.020, 0.030)
IMPULSES_PER_S: Final = 0.1
IMPULSE: Final = (0.05, 0.30)
IMPULSE_DECAY_PER_S: Final = 8000.0
IMPULSE_LENGTH_S: Final = 0.001
SENSOR_OFFSET: Final = 0.02
SENSOR_GAIN: Final = 0.01
ALIAS_SHARE: Final = 0.10
ALIAS_HZ_SHARE: Final = (0.55, 0.95)
"""Of the sampling rate, above its half."""
ALIAS: Final = (0.01, 0.03)

_Draws = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """One link of the chain: changes `x` in place, or returns another array, and its draws."""

    name: str
    text: str
    apply: Callable[[Waveform, float, np.random.Generator, float | None], tuple[Waveform, _Draws]]
    default: bool = True


def acquire(
    x: Waveform,
    *,
    sampling_rate_hz: float,
    streams: Mapping[str, np.random.Generator],
    switches: Mapping[str, bool],
    snr_db: float | None = None,
) -> tuple[Waveform, dict[str, Any]]:
    """Send a physical signal through the chain.

    Parameters
    ----------
    x : float32, shape (time,)
        Not changed.
    sampling_rate_hz : float
    streams : mapping of layer to numpy.random.Generator
        One for each layer that is on.
    switches : mapping of layer to bool
        A layer that is not named has its default.
    snr_db : float, optional
        Power of the physical signal, without its mean, over the power of the sensor noise; instead of a drawn level.

    Returns
    -------
    record : float32, shape (time,)
    draws : dict
        What each layer drew, as JSON values.

    Raises
    ------
    ParameterError
        If a switch names no layer.

    Examples
    --------
    >>> x = np.zeros(1000, np.float32)
    >>> streams = {name: np.random.default_rng(i) for i, name in enumerate(LAYERS)}
    >>> y, draws = acquire(x, sampling_rate_hz=1000.0, streams=streams, switches={"mains": False})
    >>> "mains" in draws, y.dtype.name
    (False, 'float32')
    """
    unknown = set(switches) - set(LAYERS)
    if unknown:
        raise ParameterError(f"no layer {', '.join(sorted(unknown))}; there are {', '.join(LAYERS)}")
    y, draws = x.copy(), {}
    power = float(np.var(x, dtype=np.float64)) if snr_db is not None else 0.0
    noise_rms = None if snr_db is None else float(np.sqrt(power / 10 ** (snr_db / 10)))
    for name, layer in LAYERS.items():
        if switches.get(name, layer.default):
            y, draws[name] = layer.apply(y, sampling_rate_hz, streams[name], noise_rms)
    return y, draws


def _transfer_path(
    x: Waveform, rate_hz: float, rng: np.random.Generator, _rms: float | None
) -> tuple[Waveform, _Draws]:
    modes = tuple(
        (
            float(rng.uniform(*MODE_HZ_SHARE)) * rate_hz,
            float(rng.uniform(*MODE_DAMPING)),
            float(rng.uniform(*MODE_GAIN)),
        )
        for _ in range(HOUSING_MODES)
    )
    response = 1 + resonance_response(np.fft.rfftfreq(len(x), 1 / rate_hz), resonances=modes)
    y = np.fft.irfft(np.fft.rfft(x) * response.astype(np.complex64), len(x))
    return y.astype(np.float32), {"modes": [list(m) for m in modes]}


def _thermal_drift(
    x: Waveform, rate_hz: float, rng: np.random.Generator, _rms: float | None
) -> tuple[Waveform, _Draws]:
    lines = [
        Line(
            float(rng.uniform(*THERMAL_DRIFT)), float(rng.uniform(0, 2 * pi)), hz=float(rng.uniform(*THERMAL_DRIFT_HZ))
        )
        for _ in range(2)
    ]
    return _plus(x, lines, rate_hz), {"lines": [[s.amplitude, s.hz, s.phase_rad] for s in lines]}


def _mains(x: Waveform, rate_hz: float, rng: np.random.Generator, _rms: float | None) -> tuple[Waveform, _Draws]:
    hz, amplitude = float(rng.choice(MAINS_HZ)), float(rng.uniform(*MAINS))
    lines = [
        Line(amplitude * share, float(rng.uniform(0, 2 * pi)), hz=hz * (i + 1))
        for i, share in enumerate(MAINS_HARMONICS)
        if hz * (i + 1) < rate_hz / 2
    ]
    return _plus(x, lines, rate_hz), {"hz": hz, "amplitude": amplitude, "phases_rad": [s.phase_rad for s in lines]}


def _pink(x: Waveform, _rate_hz: float, rng: np.random.Generator, _rms: float | None) -> tuple[Waveform, _Draws]:
    rms = float(rng.uniform(*PINK_RMS))
    x += np.float32(rms) * one_over_f(len(x), rng=rng)
    return x, {"rms": rms}


def _sensor_noise(x: Waveform, _rate_hz: float, rng: np.random.Generator, rms: float | None) -> tuple[Waveform, _Draws]:
    drawn = float(rng.uniform(*SENSOR_RMS))
    level = drawn if rms is None else rms
    noise = rng.standard_normal(len(x), dtype=np.float32)
    noise *= np.float32(level)
    x += noise
    return x, {"rms": level}


def _impulses(x: Waveform, rate_hz: float, rng: np.random.Generator, _rms: float | None) -> tuple[Waveform, _Draws]:
    n = int(rng.poisson(IMPULSES_PER_S * len(x) / rate_hz))
    at = np.sort(rng.integers(0, len(x), n))
    heights = rng.uniform(*IMPULSE, n) * rng.choice([-1.0, 1.0], n)
    shape = np.exp(-IMPULSE_DECAY_PER_S * np.arange(max(1, round(IMPULSE_LENGTH_S * rate_hz))) / rate_hz)
    for place, height in zip(at.tolist(), heights.tolist(), strict=True):  # a handful
        end = min(len(x), place + len(shape))
        x[place:end] += (height * shape[: end - place]).astype(np.float32)
    return x, {"times_s": (at / rate_hz).tolist(), "heights": heights.tolist()}


def _sensor_drift(
    x: Waveform, _rate_hz: float, rng: np.random.Generator, _rms: float | None
) -> tuple[Waveform, _Draws]:
    offset, gain = float(rng.uniform(-SENSOR_OFFSET, SENSOR_OFFSET)), float(rng.uniform(-SENSOR_GAIN, SENSOR_GAIN))
    change = x * np.float32(gain)
    change += np.float32(offset)
    change *= _rise(len(x))
    x += change
    return x, {"offset_at_end": offset, "gain_at_end": 1 + gain}


def _aliasing(x: Waveform, rate_hz: float, rng: np.random.Generator, _rms: float | None) -> tuple[Waveform, _Draws]:
    present = bool(rng.random() < ALIAS_SHARE)
    true_hz, amplitude = float(rng.uniform(*ALIAS_HZ_SHARE) * rate_hz), float(rng.uniform(*ALIAS))
    phase = float(rng.uniform(0, 2 * pi))
    if not present:
        return x, {"present": False}
    folded_hz = rate_hz - true_hz
    y = _plus(x, [Line(amplitude, pi - phase, hz=folded_hz)], rate_hz)  # sin(2πft + φ) sampled is sin(π - φ + 2πf't)
    return y, {"present": True, "true_hz": true_hz, "seen_hz": folded_hz, "amplitude": amplitude, "phase_rad": phase}


def _converter(x: Waveform, _rate_hz: float, _rng: np.random.Generator, _rms: float | None) -> tuple[Waveform, _Draws]:
    step = 2 * FULL_SCALE / 2**BITS
    x *= np.float32(1 / step)
    np.rint(x, out=x)
    highest = 2 ** (BITS - 1)
    clipped = int(np.count_nonzero((x < -highest) | (x > highest - 1)))
    if clipped:
        np.clip(x, -highest, highest - 1, out=x)
    x *= np.float32(step)
    return x, {"full_scale": FULL_SCALE, "bits": BITS, "step": step, "clipped_samples": clipped}


#: In the order of the chain.
LAYERS: Final[Mapping[str, Layer]] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            Layer(
                "transfer_path",
                "Three resonances of the housing, added to the direct path.",
                _transfer_path,
                default=False,
            ),
            Layer("thermal_drift", "Two slow waves, 0.02–0.3 Hz.", _thermal_drift),
            Layer("mains", "Pick-up at exactly 50 or 60 Hz with two harmonics.", _mains),
            Layer("one_over_f", "Gaussian noise with a power falling as 1/f.", _pink),
            Layer("sensor_noise", "White Gaussian noise.", _sensor_noise),
            Layer(
                "impulses", "Electrical impulses of less than a millisecond, one in ten seconds on average.", _impulses
            ),
            Layer("sensor_drift", "Offset and gain that change evenly along the record.", _sensor_drift),
            Layer("aliasing", "In one record of ten, a tone from above the Nyquist frequency, folded down.", _aliasing),
            Layer(
                "converter", "16 bits over ±5, clipping beyond; the last thing that happens to a sample.", _converter
            ),
        )
    }
)


def _plus(x: Waveform, lines: list[Line], rate_hz: float) -> Waveform:
    x += sum_of_lines(lines, speed=Ramp(1.0, 1.0), n=len(x), sampling_rate_hz=rate_hz)
    return x


_RISES: dict[int, Waveform] = {}


def _rise(n: int) -> Waveform:
    """Return 0 to 1, kept for the next record of the same length."""
    if n not in _RISES:
        _RISES.clear()
        _RISES[n] = np.linspace(0, 1, n, dtype=np.float32)
    return _RISES[n]


_SHAPES: dict[int, Float[np.ndarray, " frequency"]] = {}


def one_over_f(n: int, *, rng: np.random.Generator) -> Waveform:
    r"""Gaussian noise with power density proportional to 1/f, r.m.s. one.

    Drawn in the frequency domain: independent Gaussian bins of variance 1/f, one inverse transform. The bin at zero is
    empty.

    Parameters
    ----------
    n : int
        At least 2.
    rng : numpy.random.Generator

    Returns
    -------
    float32, shape (n,)
        Its expected mean square is one; that of a single draw scatters by the few strong bins at the lower end.

    Raises
    ------
    ParameterError
        If `n` is below 2.

    Examples
    --------
    >>> one_over_f(8, rng=np.random.default_rng(0)).dtype.name
    'float32'
    """
    if n < 2:
        raise ParameterError(f"{n} samples of 1/f noise; allowed are 2 and more")
    from scipy.fft import irfft  # half the time of numpy's for this length

    from palier.dsp.spectrum import next_fast_real_length

    size = next_fast_real_length(n)
    bins = size // 2 + 1
    if size not in _SHAPES:
        power = np.zeros(bins)
        power[1:] = 1.0 / np.arange(1, bins)
        # irfft divides by size; a complex bin of unit variance in each part gives 4/size² to the mean square
        _SHAPES.clear()  # records of one dataset are of one length
        _SHAPES[size] = np.sqrt(power / (4 * power.sum())).astype(np.float32) * np.float32(size)
    spectrum = rng.standard_normal(2 * bins, dtype=np.float32).view(np.complex64)
    spectrum *= _SHAPES[size]
    spectrum.imag[0] = 0
    if size % 2 == 0:
        spectrum.imag[-1] = 0
    return np.asarray(irfft(spectrum, size, overwrite_x=True)[:n], np.float32)
