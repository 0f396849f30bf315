"""Names for array shapes, checked by beartype under pytest (the array packages only).

Time is the last axis; every axis before it is batch.
"""

import numpy as np
from jaxtyping import Complex, Float

__all__ = ["BatchedSpectrum", "BatchedWaveform", "ComplexWaveform", "PerWaveform", "Samples", "Spectrum", "Waveform"]

#: samples of one recording, one row per channel
Samples = Float[np.ndarray, "channel time"]
#: one waveform
Waveform = Float[np.ndarray, "time"]
#: waveforms with any number of leading batch axes
BatchedWaveform = Float[np.ndarray, "*batch time"]
#: complex (analytic) waveforms with any number of leading batch axes
ComplexWaveform = Complex[np.ndarray, "*batch time"]
#: one number per waveform
PerWaveform = Float[np.ndarray, "*batch"]
#: one one-sided spectrum
Spectrum = Float[np.ndarray, "frequency"]
#: one-sided spectra with any number of leading batch axes
BatchedSpectrum = Float[np.ndarray, "*batch frequency"]
