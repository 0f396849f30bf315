"""Excessive clearance: sub-synchronous motion in the gap, and knocking at the shaft speed and twice that."""

from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.signatures.scene import Component, Scene, start_phase, temperature_gain

__all__ = ["clearance"]

#: Engineering values. The ratio stays away from one half, where a sub-harmonic of the shaft would lie.
RATIO: Final = (0.43, 0.48)
BELOW: Final = 0.25
ONCE: Final = 0.18
TWICE: Final = 0.10


def clearance(scene: Scene, *, rng: np.random.Generator) -> Component:
    """0.25 k_T at 0.43–0.48×, 0.18 at 1× and 0.10 at 2×."""
    ratio, phases = float(rng.uniform(*RATIO)), [start_phase(rng) for _ in range(3)]
    x = scene.lines(Line(BELOW, phases[0], order=ratio), times=temperature_gain(scene.oil_temperature_c))
    x += scene.lines(Line(ONCE, phases[1], order=1.0), Line(TWICE, phases[2], order=2.0))
    return Component(x, {"ratio": ratio, "phases_rad": phases})
