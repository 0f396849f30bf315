"""Cavitation: vapour bubbles of the film collapse in bursts."""

from math import pi
from typing import Final

import numpy as np

from palier.simulate.signatures.bursts import add_bursts, events_per_window
from palier.simulate.signatures.scene import Component, Scene

__all__ = ["cavitation"]

#: Engineering values.
AMPLITUDE: Final = 0.60
SPREAD: Final = 0.20
"""Amplitudes of bursts are uniform within this share of their mean."""
CARRIER_HZ: Final = (1500.0, 2500.0)
#: Carriers stay below this share of the sampling rate.
HIGHEST_SHARE: Final = 0.45
DECAY_PER_S: Final = 100.0
LENGTH_S: Final = 0.008
#: Bursts per second. A window of 1 s holds none with probability exp(-6) = 0.25 % at the lowest rate.
RATE_PER_S: Final = (6.0, 14.0)


def cavitation(scene: Scene, *, rng: np.random.Generator) -> Component:
    """Bursts of 8 ms with carriers of 1.5–2.5 kHz, amplitude 0.6, arriving at random (Poisson)."""
    rate = float(rng.uniform(*RATE_PER_S))
    n = int(rng.poisson(rate * scene.duration_s))
    times_s = np.sort(rng.uniform(0, scene.duration_s, n))
    amplitudes = AMPLITUDE * rng.uniform(1 - SPREAD, 1 + SPREAD, n)
    carriers_hz = rng.uniform(CARRIER_HZ[0], min(CARRIER_HZ[1], HIGHEST_SHARE * scene.sampling_rate_hz), n)
    phases = rng.uniform(0, 2 * pi, n)
    x = np.zeros(scene.n, np.float32)
    add_bursts(
        x,
        times_s=times_s,
        amplitudes=amplitudes,
        carriers_hz=carriers_hz,
        phases_rad=phases,
        decay_per_s=DECAY_PER_S,
        length_s=LENGTH_S,
        sampling_rate_hz=scene.sampling_rate_hz,
    )
    truth = {
        "rate_per_s": rate,
        "times_s": times_s.tolist(),
        "amplitudes": amplitudes.tolist(),
        "carriers_hz": carriers_hz.tolist(),
        "phases_rad": phases.tolist(),
        "length_s": LENGTH_S,
        "bursts_per_window": events_per_window(times_s, duration_s=scene.duration_s),
    }
    return Component(x, truth)
