"""Poor lubrication: stick-slip at a few hertz, and a few short impacts of dry friction."""

from math import pi
from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.signatures.bursts import add_bursts, events_per_window
from palier.simulate.signatures.scene import Component, Scene, start_phase, temperature_gain

__all__ = ["lubrication"]

#: Engineering values.
AMPLITUDE: Final = 0.30
STICK_SLIP_HZ: Final = (2.0, 5.0)
#: The film thins as S falls, and stick-slip grows by (0.3 / S)^p.
REFERENCE_S: Final = 0.30
EXPONENT: Final = 0.50
IMPACTS_PER_S: Final = (0.2, 0.8)
"""One to four in five seconds."""
IMPACT_AMPLITUDE: Final = (0.3, 0.6)
IMPACT_CARRIER_HZ: Final = (3000.0, 6000.0)
#: Carriers stay below this share of the sampling rate.
HIGHEST_SHARE: Final = 0.45
IMPACT_LENGTH_S: Final = 0.001
IMPACT_DECAY_PER_S: Final = 1000.0


def lubrication(scene: Scene, *, rng: np.random.Generator) -> Component:
    """0.30 k_T (0.3 / S)^0.5 at 2–5 Hz, and 1–4 friction impacts of about 1 ms per 5 s."""
    hz, phase = float(rng.uniform(*STICK_SLIP_HZ)), start_phase(rng)
    gain = temperature_gain(scene.oil_temperature_c) * (REFERENCE_S / scene.sommerfeld) ** EXPONENT
    x = scene.lines(Line(AMPLITUDE, phase, hz=hz), times=gain)
    least, most = (rate * scene.duration_s for rate in IMPACTS_PER_S)
    n = int(rng.integers(max(1, round(least)), max(1, round(most)) + 1))
    times_s = np.sort(rng.uniform(0, scene.duration_s, n))
    amplitudes = rng.uniform(*IMPACT_AMPLITUDE, n)
    high_hz = min(IMPACT_CARRIER_HZ[1], HIGHEST_SHARE * scene.sampling_rate_hz)
    carriers_hz = rng.uniform(min(IMPACT_CARRIER_HZ[0], high_hz / 2), high_hz, n)
    phases = rng.uniform(0, 2 * pi, n)
    add_bursts(
        x,
        times_s=times_s,
        amplitudes=amplitudes,
        carriers_hz=carriers_hz,
        phases_rad=phases,
        decay_per_s=IMPACT_DECAY_PER_S,
        length_s=IMPACT_LENGTH_S,
        sampling_rate_hz=scene.sampling_rate_hz,
    )
    truth = {
        "stick_slip_hz": hz,
        "phase_rad": phase,
        "impact_times_s": times_s.tolist(),
        "impact_amplitudes": amplitudes.tolist(),
        "impact_carriers_hz": carriers_hz.tolist(),
        "impact_phases_rad": phases.tolist(),
        "impact_length_s": IMPACT_LENGTH_S,
        "impacts_per_window": events_per_window(times_s, duration_s=scene.duration_s),
    }
    return Component(x, truth)
