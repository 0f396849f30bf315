"""Oil whirl: the journal circles with the mean speed of the oil, a little below half that of the shaft."""

from math import pi
from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.operating import REFERENCE_SOMMERFELD
from palier.simulate.signatures.scene import Component, Scene, start_phase

__all__ = ["oil_whirl"]

#: Engineering values. The circulation ratio of plain bearings lies at 0.42–0.48 (Muszynska, Rotordynamics, 2005, 4.4).
RATIO: Final = (0.42, 0.48)
AMPLITUDE: Final = 0.40
MODULATION: Final = 0.20


def oil_whirl(scene: Scene, *, rng: np.random.Generator) -> Component:
    """0.40 √(S / 0.15) at 0.42–0.48×, modulated by 20 % at half its own frequency; grows as the load lightens."""
    ratio, phase, slow = float(rng.uniform(*RATIO)), start_phase(rng), start_phase(rng)
    side = AMPLITUDE * MODULATION / 2  # (1 + m sin b) sin a = sin a + m/2 (cos(a - b) - cos(a + b))
    x = scene.lines(
        Line(AMPLITUDE, phase, order=ratio),
        Line(side, phase - slow + pi / 2, order=ratio / 2),
        Line(side, phase + slow - pi / 2, order=1.5 * ratio),
        times=np.sqrt(scene.sommerfeld / REFERENCE_SOMMERFELD),
    )
    return Component(x, {"ratio": ratio, "phase_rad": phase, "modulation_phase_rad": slow})
