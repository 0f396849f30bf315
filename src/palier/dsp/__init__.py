"""Spectrum, envelope, filters, orders: functions on arrays, time last."""

from palier.dsp.averaging import (
    SynchronousAverage,
    average_revolutions,
    time_synchronous_average,
)
from palier.dsp.cepstrum import (
    Cepstrum,
    lifter,
    power_cepstrum,
    prewhiten,
    remove_rahmonics,
)
from palier.dsp.demodulate import (
    BandEnvelopes,
    band_plan,
    demodulate_bands,
    most_impulsive_band,
)
from palier.dsp.envelope import (
    EnvelopeSpectrum,
    SquaredEnvelope,
    analytic_signal,
    squared_envelope,
    squared_envelope_spectrum,
)
from palier.dsp.fault_bands import (
    BandMetrics,
    FaultBand,
    band_metrics,
    fault_bands,
)
from palier.dsp.filters import (
    band_pass,
    band_stop,
    detrend,
    high_pass,
    low_pass,
)
from palier.dsp.integrate import (
    differentiate_band_limited,
    integrate_band_limited,
    velocity_rms_mm_s,
)
from palier.dsp.kurtogram import (
    Kurtogram,
    fast_kurtogram,
)
from palier.dsp.orders import (
    AngleSignal,
    OrderSpectrum,
    OrderTrack,
    order_spectrum,
    resample_to_angle,
    track_orders,
)
from palier.dsp.phase import (
    ShaftPhase,
    phase_from_speed,
    tacho_pulse_times,
    tacho_to_phase,
)
from palier.dsp.resample import (
    RateRatio,
    Resampled,
    interpolate_at,
    rate_ratio,
    resample,
)
from palier.dsp.spectrum import (
    AmplitudeSpectrum,
    Line,
    PowerDensity,
    Window,
    amplitude_spectrum,
    checked_band,
    cosine_window,
    next_fast_real_length,
    strongest_line,
    welch_psd,
)
from palier.dsp.speed import (
    SpeedEstimate,
    SpeedEvidence,
    estimate_shaft_speed,
    shaft_speed_evidence,
)
from palier.dsp.whiten import (
    fast_length,
    limited_spectrum,
    local_median,
    whitened_spectrum,
)

__all__ = [
    "AmplitudeSpectrum",
    "AngleSignal",
    "BandEnvelopes",
    "BandMetrics",
    "Cepstrum",
    "EnvelopeSpectrum",
    "FaultBand",
    "Kurtogram",
    "Line",
    "OrderSpectrum",
    "OrderTrack",
    "PowerDensity",
    "RateRatio",
    "Resampled",
    "ShaftPhase",
    "SpeedEstimate",
    "SpeedEvidence",
    "SquaredEnvelope",
    "SynchronousAverage",
    "Window",
    "amplitude_spectrum",
    "analytic_signal",
    "average_revolutions",
    "band_metrics",
    "band_pass",
    "band_plan",
    "band_stop",
    "checked_band",
    "cosine_window",
    "demodulate_bands",
    "detrend",
    "differentiate_band_limited",
    "estimate_shaft_speed",
    "fast_kurtogram",
    "fast_length",
    "fault_bands",
    "high_pass",
    "integrate_band_limited",
    "interpolate_at",
    "lifter",
    "limited_spectrum",
    "local_median",
    "low_pass",
    "most_impulsive_band",
    "next_fast_real_length",
    "order_spectrum",
    "phase_from_speed",
    "power_cepstrum",
    "prewhiten",
    "rate_ratio",
    "remove_rahmonics",
    "resample",
    "resample_to_angle",
    "shaft_speed_evidence",
    "squared_envelope",
    "squared_envelope_spectrum",
    "strongest_line",
    "tacho_pulse_times",
    "tacho_to_phase",
    "time_synchronous_average",
    "track_orders",
    "velocity_rms_mm_s",
    "welch_psd",
    "whitened_spectrum",
]
