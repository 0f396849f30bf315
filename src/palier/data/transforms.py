"""Noise variants of records: made when they are asked for, never stored, each record with a stream of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import pi
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np

from palier.core.shapes import BatchedWaveform
from palier.errors import ParameterError

__all__ = ["NOISE_KINDS", "NoiseKind", "NoiseSpec", "apply_noise", "record_rng"]

NoiseKind = Literal["clean", "white", "pink", "brown", "mains", "impulsive", "dropouts", "clipping", "gain"]

#: What each kind takes, as a pattern and in words.
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_FORMS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "clean": (r"", "clean"),
        "white": (rf"({_NUMBER})dB", "white:10dB (power of the record over that of the noise)"),
        "pink": (rf"({_NUMBER})dB", "pink:10dB (power falling as 1/f)"),
        "brown": (rf"({_NUMBER})dB", "brown:10dB (power falling as 1/f²)"),
        "mains": (rf"({_NUMBER})dB(?::(50|60)Hz)?", "mains:20dB or mains:20dB:60Hz (with two harmonics; 50 Hz)"),
        "impulsive": (rf"({_NUMBER})/s", "impulsive:5/s (impulses of 5 to 15 times the r.m.s.)"),
        "dropouts": (rf"({_NUMBER})%", "dropouts:2% (of the time, in gaps of 1 to 10 ms that read zero)"),
        "clipping": (rf"({_NUMBER})", "clipping:0.5 (at this share of the record's largest deviation)"),
        "gain": (rf"({_NUMBER})dB", "gain:-6dB"),
    }
)
NOISE_KINDS: Final[tuple[NoiseKind, ...]] = get_args(NoiseKind)
_RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "impulsive": (0.01, 1e4),
        "dropouts": (0.0, 90.0),
        "clipping": (0.01, 1.0),
    }
)
_DB_RANGE: Final = (-60.0, 120.0)

#: Impulses: heights in r.m.s. values, and how they die away.
IMPULSE_HEIGHT: Final = (5.0, 15.0)
IMPULSE_DECAY_S: Final = 2e-4
#: Lengths of a gap.
DROPOUT_S: Final = (1e-3, 1e-2)
#: Amplitudes of 1, 2 and 3 times the mains, relative to the first.
MAINS_HARMONICS: Final = (1.0, 0.4, 0.25)
_LOWEST_HZ: Final = 1.0


@dataclass(frozen=True, slots=True)
class NoiseSpec:
    """One noise variant.

    Examples
    --------
    >>> NoiseSpec.parse("white:10dB")
    NoiseSpec(kind='white', value=10.0, mains_hz=50.0)
    >>> str(NoiseSpec.parse("mains:20dB:60Hz"))
    'mains:20dB:60Hz'
    """

    kind: NoiseKind
    value: float = 0.0
    """dB for white, pink, brown, mains and gain; impulses per second; per cent of dropouts; share for clipping."""
    mains_hz: float = 50.0

    def __post_init__(self) -> None:
        if self.kind not in NOISE_KINDS:
            raise ParameterError(f"noise {self.kind!r}; allowed are {', '.join(NOISE_KINDS)}")
        low, high = _RANGES.get(self.kind, _DB_RANGE)
        if self.kind != "clean" and not low <= self.value <= high:
            raise ParameterError(f"noise {self.kind} of {self.value:g}; allowed are {low:g} to {high:g}")

    @classmethod
    def parse(cls, text: str) -> "NoiseSpec":
        """Read a variant as it is typed.

        Raises
        ------
        ParameterError
            If it is none of the known forms; the message lists them.
        """
        kind, _, rest = text.strip().partition(":")
        if kind not in _FORMS:
            raise ParameterError(f"noise {text!r}; allowed are {'; '.join(form for _, form in _FORMS.values())}")
        match = re.fullmatch(_FORMS[kind][0], rest.strip(), re.IGNORECASE)
        if match is None:
            raise ParameterError(f"noise {text!r}; allowed for {kind} is {_FORMS[kind][1]}")
        known: NoiseKind = NOISE_KINDS[NOISE_KINDS.index(kind)]
        if known == "clean":
            return cls(known)
        groups = match.groups()
        return cls(known, float(groups[0]), float(groups[1]) if len(groups) > 1 and groups[1] else 50.0)

    def __str__(self) -> str:
        unit = {"impulsive": "/s", "dropouts": "%", "clipping": ""}.get(self.kind, "dB")
        if self.kind == "clean":
            return "clean"
        return f"{self.kind}:{self.value:g}{unit}" + (f":{self.mains_hz:g}Hz" if self.kind == "mains" else "")


def record_rng(seed: int, record_id: str, spec: NoiseSpec) -> np.random.Generator:
    """Return the random stream of one record's variant: of nothing but the seed, the record's name and the variant.

    Examples
    --------
    >>> spec = NoiseSpec.parse("white:10dB")
    >>> a, b = record_rng(0, "r1", spec).random(), record_rng(0, "r2", spec).random()
    >>> a == b, a == record_rng(0, "r1", spec).random()
    (False, True)
    """
    key = int.from_bytes(sha256(f"{record_id}\0{spec}".encode()).digest()[:16], "big")
    return np.random.default_rng(np.random.SeedSequence([seed, key]))


def apply_noise(
    samples: BatchedWaveform, *, spec: NoiseSpec, sampling_rate_hz: float, rng: np.random.Generator
) -> BatchedWaveform:
    r"""Lay a noise variant over waveforms.

    Noise of a stated ratio has the power :math:`P / 10^{r/10}`, where :math:`P` is the variance of each waveform: its
    mean carries no information about a machine. Each waveform of a batch gets noise of its own.

    Parameters
    ----------
    samples : float, shape (..., time)
        In any unit; not changed.
    spec : NoiseSpec
    sampling_rate_hz : float
    rng : numpy.random.Generator
        See `record_rng`.

    Returns
    -------
    float32, shape (..., time)

    Raises
    ------
    ParameterError
        If there are fewer than two samples, or the rate is not positive.

    Examples
    --------
    >>> x = np.sin(np.arange(10_000) / 10).astype(np.float32)
    >>> y = apply_noise(x, spec=NoiseSpec.parse("white:10dB"), sampling_rate_hz=1000.0, rng=np.random.default_rng(0))
    >>> float((10 * np.log10(x.var() / (y - x).var())).round(1))
    10.0
    """
    if samples.shape[-1] < 2 or not 0 < sampling_rate_hz < float("inf"):
        raise ParameterError(f"{samples.shape[-1]} samples at {sampling_rate_hz} Hz; allowed are 2 and more at a rate")
    x = np.asarray(samples, np.float32)
    if spec.kind == "clean":
        return x.copy()
    rows = np.atleast_2d(x.reshape(-1, x.shape[-1]))
    made = np.stack([_APPLY[spec.kind](row, spec, sampling_rate_hz, rng) for row in rows])
    return made.reshape(x.shape).astype(np.float32, copy=False)


def _rms(x: np.ndarray) -> float:
    return float(np.std(x, dtype=np.float64))


def _noise_rms(x: np.ndarray, ratio_db: float) -> np.float32:
    return np.float32(_rms(x) / 10 ** (ratio_db / 20))


def _white(x: np.ndarray, spec: NoiseSpec, _rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(len(x), dtype=np.float32)
    noise *= _noise_rms(x, spec.value)
    noise += x
    return noise


def _coloured(x: np.ndarray, spec: NoiseSpec, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    bins = np.fft.rfft(rng.standard_normal(len(x), dtype=np.float32))
    slope = 0.5 if spec.kind == "pink" else 1.0
    bins *= (np.maximum(np.fft.rfftfreq(len(x), 1 / rate_hz), _LOWEST_HZ) ** -slope).astype(np.float32)
    bins[0] = 0
    noise = np.fft.irfft(bins, len(x))
    return np.asarray(x + noise * np.float32(_noise_rms(x, spec.value) / max(_rms(noise), 1e-30)))


def _mains(x: np.ndarray, spec: NoiseSpec, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    t_s = np.arange(len(x)) / rate_hz
    hum = np.zeros(len(x))
    for k, share in enumerate(MAINS_HARMONICS, 1):
        phase = rng.uniform(0, 2 * pi)
        if k * spec.mains_hz < rate_hz / 2:
            hum += share * np.sin(2 * pi * k * spec.mains_hz * t_s + phase)
    return np.asarray(x + hum * (_noise_rms(x, spec.value) / max(_rms(hum), 1e-30)), np.float32)


def _impulsive(x: np.ndarray, spec: NoiseSpec, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    y, n = x.copy(), int(rng.poisson(spec.value * len(x) / rate_hz))
    at = rng.integers(0, len(x), n)
    heights = rng.uniform(*IMPULSE_HEIGHT, n) * rng.choice([-1.0, 1.0], n) * _rms(x)
    shape = np.exp(-np.arange(max(1, round(5 * IMPULSE_DECAY_S * rate_hz))) / (IMPULSE_DECAY_S * rate_hz))
    places = at[:, None] + np.arange(len(shape))
    inside = places < len(x)
    np.add.at(y, places[inside], (heights[:, None] * shape)[inside].astype(np.float32))
    return y


def _dropouts(x: np.ndarray, spec: NoiseSpec, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    y, wanted, lost = x.copy(), round(spec.value / 100 * len(x)), np.zeros(len(x), bool)
    while (missing := wanted - int(lost.sum())) > 0:
        length = min(max(1, round(float(rng.uniform(*DROPOUT_S)) * rate_hz)), missing)
        start = int(rng.integers(0, len(x) - length + 1))
        lost[start : start + length] = True
    y[lost] = 0
    return y


def _clipping(x: np.ndarray, spec: NoiseSpec, _rate_hz: float, _rng: np.random.Generator) -> np.ndarray:
    mean = float(np.mean(x, dtype=np.float64))
    limit = spec.value * float(np.abs(x - np.float32(mean)).max())
    return np.clip(x, np.float32(mean - limit), np.float32(mean + limit))


def _gain(x: np.ndarray, spec: NoiseSpec, _rate_hz: float, _rng: np.random.Generator) -> np.ndarray:
    return np.asarray(x * np.float32(10 ** (spec.value / 20)))


_APPLY: Final[Mapping[str, Callable[[np.ndarray, NoiseSpec, float, np.random.Generator], np.ndarray]]] = (
    MappingProxyType(
        {
            "white": _white,
            "pink": _coloured,
            "brown": _coloured,
            "mains": _mains,
            "impulsive": _impulsive,
            "dropouts": _dropouts,
            "clipping": _clipping,
            "gain": _gain,
        }
    )
)
