"""Named sets of features, with versions.

The number at the end of a name is the version: whenever a formula of a set changes, the set gets a new number, so that
a model trained on one never meets numbers made by another. A test pins every set to the values of fixed waveforms.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from palier.errors import ParameterError
from palier.features.registry import Feature, Need, find_feature

__all__ = ["FEATURE_SETS", "FeatureSet", "feature_set"]


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Features in a fixed order, under a name and a version."""

    name: str
    """With its version: ``standard-1``."""
    text: str
    """What it is good for."""
    names: tuple[str, ...]
    """The features, in the order of the columns."""

    @property
    def version(self) -> str:
        """The number at the end of the name."""
        return self.name.rpartition("-")[2]

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the registry knows of each."""
        return tuple(find_feature(n) for n in self.names)

    @property
    def units(self) -> tuple[str, ...]:
        """Unit of each; ``u`` is that of the waveform."""
        return tuple(f.unit for f in self.features)

    @property
    def needs(self) -> frozenset[Need]:
        """What must be declared for some of them."""
        return frozenset(n for f in self.features for n in f.needs)


#: The older set of 36: seven of time, twelve of the spectrum, four of the envelope, seven of wavelets and cepstrum, six
#: of the bispectrum.
_STANDARD: Final = (
    "rms", "kurtosis", "skewness", "crest_factor", "shape_factor", "impulse_factor", "clearance_factor",
    "spectral_centroid", "spectral_spread", "dominant_frequency", "spectral_entropy", "spectral_flatness",
    "spectral_rolloff", "harmonic_ratio_1x", "harmonic_ratio_2x", "harmonic_ratio_3x", "band_power_low",
    "band_power_mid", "band_power_high",
    "envelope_rms", "envelope_kurtosis", "envelope_peak", "modulation_frequency",
    "wavelet_share_d1", "wavelet_share_d2", "wavelet_share_d3", "wavelet_entropy", "wavelet_kurtosis",
    "cepstral_peak", "cepstral_quefrency",
    "bicoherence_max", "bicoherence_mean", "bispectral_entropy", "bicoherence_1x_1x", "bicoherence_1x_2x",
    "bicoherence_half",
)  # fmt: skip

#: What tells the eleven classes of journal bearings apart.
_JOURNAL: Final = (
    "rms", "kurtosis", "crest_factor", "spectral_entropy", "spectral_flatness",
    "order_amplitude_0p5x", "order_amplitude_1x", "order_amplitude_1p5x", "order_amplitude_2x", "order_amplitude_3x",
    "order_amplitude_4x", "order_prominence_1x", "order_prominence_2x", "order_prominence_3x",
    "harmonic_balance_2x_1x", "harmonic_balance_3x_1x",
    "subsynchronous_amplitude", "subsynchronous_ratio", "subsynchronous_order", "subsynchronous_prominence",
    "whirl_sideband_prominence",
    "stick_slip_rms", "stick_slip_ratio", "stick_slip_frequency",
    "cavitation_rms", "cavitation_prominence", "cavitation_kurtosis", "cavitation_burst_rate", "cavitation_duty",
    "cavitation_contrast",
    "floor_20_150_hz", "floor_150_700_hz", "floor_700_1300_hz", "floor_2900_4500_hz", "floor_4500_8500_hz",
    "floor_tilt",
    "envelope_kurtosis", "burst_rate", "burst_duty", "burst_contrast", "impact_rate", "impact_contrast",
)  # fmt: skip

#: Every set by its name.
FEATURE_SETS: Final = {
    s.name: s
    for s in (
        FeatureSet("standard-1", "36 features of any machine: the older set, its mistakes corrected.", _STANDARD),
        FeatureSet("journal-1", "What tells the eleven classes of journal bearings apart.", _JOURNAL),
    )
}


@cache
def feature_set(name: str) -> FeatureSet:
    """Return the set of this name.

    Raises
    ------
    ParameterError
        If there is no such set, or not in this version.

    Examples
    --------
    >>> s = feature_set("standard-1")
    >>> len(s.names), s.version, s.units[0]
    (36, '1', 'u')
    """
    if name not in FEATURE_SETS:
        raise ParameterError(f"no feature set {name!r}; there are {', '.join(FEATURE_SETS)}")
    return FEATURE_SETS[name]
