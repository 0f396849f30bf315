"""Named sets of features, with versions.

The number at the end of a name is the version: whenever a formula of a set changes, the set gets a new number, so that
a model trained on one never meets numbers made by another. A test pins every set to the values of fixed waveforms.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from palier.core.faults import JOURNAL_CLASSES
from palier.errors import ParameterError
from palier.features.bands import LOG_SPECTRUM_BANDS
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

#: By transforms and measures of disorder: none is another's duplicate on a varied corpus (a test).
_ADVANCED: Final = (
    "cwt_scale_entropy", "cwt_time_entropy", "cwt_ridge_spread", "cwt_kurtosis_max",
    "packet_entropy", "packet_kurtosis", "packet_energy_spread",
    "sample_entropy", "permutation_entropy", "dfa_exponent", "fractal_dimension", "hjorth_complexity",
    "teager_kurtosis",
    "spectrogram_entropy", "spectral_flux", "spectrogram_variation",
)  # fmt: skip

_DEFECT_LINES: Final = tuple(f"{line}_prominence_{m}" for line in ("bpfo", "bpfi", "bsf2", "ftf") for m in (1, 2, 3))

#: What the older set lacked.
_EXTENDED: Final = (
    *(f"order_amplitude_{o}x" for o in ("0p25", "0p5", "0p75", "1", "1p5", "2", "2p5", "3", "3p5", "4", "5", "6", "7",
                                        "8", "9", "10")),
    "order_prominence_1x", "order_prominence_2x", "order_prominence_3x", "order_prominence_4x",
    "harmonic_balance_2x_1x", "harmonic_balance_3x_1x",
    "subsynchronous_amplitude", "subsynchronous_ratio", "subsynchronous_order", "subsynchronous_prominence",
    "whirl_sideband_prominence",
    "stick_slip_rms", "stick_slip_ratio", "stick_slip_frequency",
    "burst_rate", "burst_duty", "burst_contrast", "impact_rate", "impact_contrast",
    "spectral_kurtosis_max", "spectral_kurtosis_frequency",
    *(f"third_octave_{f}_hz" for f in (
        "16", "20", "25", "31p5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500", "630",
        "800", "1000", "1250", "1600", "2000", "2500", "3150", "4000", "5000", "6300", "8000")),
    *_DEFECT_LINES,
    *(f"fault_prominence_{f.key}" for f in JOURNAL_CLASSES if f.signatures),
)  # fmt: skip

#: Impacts, where they ring, and how often they come, for a rolling bearing of unknown geometry.
_ROLLING: Final = (
    "rms", "kurtosis", "skewness", "crest_factor", "impulse_factor",
    "spectral_centroid", "spectral_spread", "spectral_entropy", "spectral_flatness",
    "envelope_kurtosis", "modulation_frequency",
    "envelope_prominence_0p33_0p45x", "envelope_prominence_0p97_1p03x", "envelope_prominence_1p97_2p03x",
    "envelope_prominence_1p5_1p9x", "envelope_prominence_2p1_2p9x", "envelope_prominence_3p1_3p9x",
    "envelope_prominence_4p1_4p9x", "envelope_prominence_5p1_5p9x", "envelope_prominence_6p1_6p9x",
    "wavelet_share_d1", "wavelet_share_d2", "wavelet_share_d3", "wavelet_entropy", "wavelet_kurtosis",
    "cepstral_peak", "cepstral_quefrency",
    "spectral_kurtosis_max", "spectral_kurtosis_frequency", "packet_kurtosis", "teager_kurtosis",
    "burst_rate", "burst_duty", "burst_contrast", "impact_rate", "impact_contrast",
    "harmonic_ratio_1x", "harmonic_ratio_2x", "harmonic_ratio_3x",
)  # fmt: skip

_LOG_HZ: Final = tuple(f"log_spectrum_hz_{i:03d}" for i in range(LOG_SPECTRUM_BANDS))
_LOG_ORDERS: Final = tuple(f"log_spectrum_order_{i:03d}" for i in range(LOG_SPECTRUM_BANDS))

#: Every feature but the two log spectra, each once.
_ALL: Final = tuple(dict.fromkeys((*_STANDARD, *_ADVANCED, *_EXTENDED, *_JOURNAL, *_ROLLING)))

#: Every set by its name.
FEATURE_SETS: Final = {
    s.name: s
    for s in (
        FeatureSet("standard-1", "36 features of any machine: the older set, its mistakes corrected.", _STANDARD),
        FeatureSet("advanced-1", "16 features of wavelets, packets, spectrograms and disorder.", _ADVANCED),
        FeatureSet(
            "extended-1",
            "What the older set lacked: orders, sub-synchronous motion, stick-slip, bursts, spectral kurtosis, third "
            "octaves, fault lines. Defect lines are NaN without the orders of a bearing, bands above Nyquist too.",
            _EXTENDED,
        ),
        FeatureSet("journal-1", "What tells the eleven classes of journal bearings apart.", _JOURNAL),
        FeatureSet("rolling-1", "Impacts of a rolling bearing of any geometry: where they ring, how often.", _ROLLING),
        FeatureSet(
            "rolling-lines-1", "The same with the defect lines of a declared bearing.", (*_ROLLING, *_DEFECT_LINES)
        ),
        FeatureSet("log-spectrum-1", "The log spectrum in 256 bands of frequency, for a linear model.", _LOG_HZ),
        FeatureSet("log-spectrum-order-1", "The log spectrum in 256 bands of orders of the shaft.", _LOG_ORDERS),
        FeatureSet("all-1", "Every feature but the log spectra.", _ALL),
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
