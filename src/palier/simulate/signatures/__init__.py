"""Signatures of the journal-bearing faults: one file for each single fault, mixtures from their parts.

Amplitudes are engineering values, not solutions of the Reynolds equation.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from palier.simulate.signatures.cavitation import cavitation
from palier.simulate.signatures.clearance import clearance
from palier.simulate.signatures.healthy import healthy
from palier.simulate.signatures.imbalance import imbalance
from palier.simulate.signatures.lubrication import lubrication
from palier.simulate.signatures.misalignment import misalignment
from palier.simulate.signatures.oil_whirl import oil_whirl
from palier.simulate.signatures.scene import Component, Scene
from palier.simulate.signatures.wear import wear

__all__ = ["MIXTURE_SHARE", "PARTS", "SINGLE", "Component", "Scene"]

#: The single faults.
SINGLE: Final[Mapping[str, Callable[..., Component]]] = MappingProxyType(
    {
        "healthy": healthy,
        "misalignment": misalignment,
        "imbalance": imbalance,
        "clearance": clearance,
        "lubrication": lubrication,
        "cavitation": cavitation,
        "wear": wear,
        "oil_whirl": oil_whirl,
    }
)

#: What each class consists of.
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "healthy": (),
        **{key: (key,) for key in SINGLE if key != "healthy"},
        "misalignment_imbalance": ("misalignment", "imbalance"),
        "wear_lubrication": ("wear", "lubrication"),
        "cavitation_clearance": ("cavitation", "clearance"),
    }
)

#: Amplitude of each part of a mixture, compared with the single fault (engineering value).
MIXTURE_SHARE: Final = 0.70
