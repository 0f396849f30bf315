"""Wear: rough surfaces rub, all the more the thinner the film."""

from math import pi
from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.operating import REFERENCE_SOMMERFELD
from palier.simulate.signatures.scene import Component, Scene, start_phase

__all__ = ["wear"]

#: Engineering values.
BROADBAND: Final = 0.25
"""r.m.s. at S = 0.15."""
EXPONENT: Final = 0.50
"""The broadband part grows by (0.15 / S)^p as the film thins."""
ONCE: Final = 0.12
TWICE: Final = 0.06
MODULATION: Final = 0.50
MODULATION_HZ: Final = (0.5, 2.0)


def wear(scene: Scene, *, rng: np.random.Generator) -> Component:
    """White noise of 0.25 (0.15 / S)^0.5, and 0.12 at 1× and 0.06 at 2×, modulated by half at 0.5–2 Hz."""
    slow_hz, slow_phase = float(rng.uniform(*MODULATION_HZ)), start_phase(rng)
    phases = [start_phase(rng), start_phase(rng)]
    gain = scene.along((REFERENCE_SOMMERFELD / scene.sommerfeld) ** EXPONENT * BROADBAND)
    x = rng.standard_normal(scene.n, dtype=np.float32)
    x *= np.float32(gain) if isinstance(gain, float) else gain
    lines = []
    for amplitude, phase, order in ((ONCE, phases[0], 1.0), (TWICE, phases[1], 2.0)):
        side = amplitude * MODULATION / 2
        lines += [
            Line(amplitude, phase, order=order),
            Line(side, phase - slow_phase + pi / 2, order=order, hz=-slow_hz),
            Line(side, phase + slow_phase - pi / 2, order=order, hz=slow_hz),
        ]
    x += scene.lines(*lines)
    truth = {"phases_rad": phases, "modulation_hz": slow_hz, "modulation_phase_rad": slow_phase}
    return Component(x, truth)
