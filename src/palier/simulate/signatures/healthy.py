"""What a machine in good order still shows: a little of its shaft speed and of twice that."""

from typing import Final

import numpy as np

from palier.simulate.lines import Line
from palier.simulate.signatures.scene import Component, Scene, start_phase

__all__ = ["healthy"]

#: Engineering values: residual unbalance and alignment of a machine within its tolerances.
ONCE: Final = (0.020, 0.040)
TWICE: Final = (0.006, 0.014)


def healthy(scene: Scene, *, rng: np.random.Generator) -> Component:
    """Lines at 1× and 2×; together with the acquisition's noise a floor of about 0.05."""
    lines = [
        Line(float(rng.uniform(*ONCE)), start_phase(rng), order=1.0),
        Line(float(rng.uniform(*TWICE)), start_phase(rng), order=2.0),
    ]
    truth = {"amplitudes": [s.amplitude for s in lines], "phases_rad": [s.phase_rad for s in lines]}
    return Component(scene.lines(*lines), truth)
