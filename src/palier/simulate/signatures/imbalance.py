"""Imbalance: a centrifugal force once per turn."""

from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.operating import REFERENCE_SPEED_HZ
from palier.simulate.signatures.scene import Component, Scene, start_phase

__all__ = ["imbalance"]

#: At 60 Hz; the force grows with the square of the speed and does not depend on the load (ISO 21940-11, 5.2).
AMPLITUDE: Final = 0.50


def imbalance(scene: Scene, *, rng: np.random.Generator) -> Component:
    """0.50 (N / 60 Hz)² at 1×."""
    phase = start_phase(rng)
    gain = (scene.speed_hz / REFERENCE_SPEED_HZ) ** 2
    return Component(scene.lines(Line(AMPLITUDE, phase, order=1.0), times=gain), {"phase_rad": phase})
