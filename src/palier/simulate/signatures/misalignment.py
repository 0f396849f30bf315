"""Misalignment: the coupling forces the shaft two and three times per turn."""

from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.signatures.scene import Component, Scene, start_phase

__all__ = ["misalignment"]

#: Engineering values; twice the speed dominates (ISO 13373-3, table of shaft faults).
TWICE: Final = 0.35
THRICE: Final = 0.20


def misalignment(scene: Scene, *, rng: np.random.Generator) -> Component:
    """0.35 at 2× and 0.20 at 3×."""
    phases = [start_phase(rng), start_phase(rng)]
    x = scene.lines(Line(TWICE, phases[0], order=2.0), Line(THRICE, phases[1], order=3.0))
    return Component(x, {"phases_rad": phases})
