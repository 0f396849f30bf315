"""The lines that each fault of a rolling bearing draws in an envelope spectrum."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from palier.core.bearing import RollingBearing
from palier.core.faults import ROLLING_FAULTS, line_order

__all__ = ["FAMILIES", "LineFamily", "defect_hz", "explained_hz", "family_of"]

_LABEL = {"bpfo": "BPFO", "bpfi": "BPFI", "bsf2": "2×BSF", "ftf": "FTF"}


@dataclass(frozen=True, slots=True)
class LineFamily:
    """Lines of one fault: ``multiple``·f + ``shaft``·fr + ``cage``·FTF, where f is its defect frequency."""

    fault: str
    line: str
    multiple: tuple[float, ...]
    shaft: tuple[float, ...]
    cage: tuple[float, ...]
    weight: tuple[float, ...]
    """1 for a line the fault must show, less for one it may show, 0 for one that is no evidence but explained by it."""

    @property
    def parents(self) -> tuple[int, ...]:
        """For each sideband the harmonic it belongs to, by its place in the family; -1 for what is no sideband."""
        main = {
            m: i
            for i, (m, s, c) in enumerate(zip(self.multiple, self.shaft, self.cage, strict=True))
            if not s and not c
        }
        rows = zip(self.multiple, self.shaft, self.cage, strict=True)
        return tuple(main.get(m, -1) if (s or c) and self.line != "ftf" else -1 for m, s, c in rows)

    def frequencies_hz(
        self, defect_hz: Float[np.ndarray, "*place"], *, shaft_hz: float, cage_hz: float
    ) -> Float[np.ndarray, "*place line"]:
        """Return where the lines lie for each defect frequency."""
        offset = np.array(self.shaft) * shaft_hz + np.array(self.cage) * cage_hz
        return np.asarray(np.abs(np.asarray(defect_hz)[..., None] * np.array(self.multiple) + offset))

    def label(self, i: int) -> str:
        """Name line `i` as analysts write it."""
        m, s, c = self.multiple[i], self.shaft[i], self.cage[i]
        if m == 0:
            return f"{c:g}×FTF" if c != 1 else "FTF"
        name = _LABEL[self.line]
        if self.line == "bsf2" and m == 0.5:
            return "BSF"
        if self.line == "ftf" and s:
            return f"1× {'−' if m < 0 else '+'} FTF"
        text = name if m == 1 else f"{m:g}×{name}" if self.line != "bsf2" else f"{2 * m:g}×BSF"
        for value, unit in ((s, "×"), (c, "×FTF")):
            if value:
                text += f" {'−' if value < 0 else '+'} {abs(value):g}{unit}"
        return text


def _family(fault: str, line: str, rows: list[tuple[float, float, float, float]]) -> LineFamily:
    multiple, shaft, cage, weight = zip(*rows, strict=True)
    return LineFamily(fault, line, multiple, shaft, cage, weight)


def _sidebands(*, shaft: float = 0, cage: float = 0, weight: float = 0.5) -> list[tuple[float, float, float, float]]:
    return [(h, q * shaft, q * cage, weight) for h in (1, 2) for q in (-2, -1, 1, 2)]


_HARMONICS = [(1.0, 0.0, 0.0, 1.0), (2.0, 0.0, 0.0, 1.0), (3.0, 0.0, 0.0, 1.0)]

#: One family per fault, in the order of the taxonomy. The inner race passes the load zone once a revolution of the
#: shaft, a rolling element once a revolution of the cage, hence their sidebands (Randall and Antoni 2011).
FAMILIES: tuple[LineFamily, ...] = (
    _family("outer_race", "bpfo", [*_HARMONICS, (4.0, 0.0, 0.0, 0.5), *_sidebands(shaft=1, weight=0.0)]),
    _family("inner_race", "bpfi", [*_HARMONICS, *_sidebands(shaft=1)]),
    _family(
        "rolling_element",
        "bsf2",
        [*_HARMONICS, (0.5, 0.0, 0.0, 0.5), *_sidebands(cage=1), *[(0.0, 0.0, float(k), 0.5) for k in (1, 2, 3)]],
    ),
    _family("cage", "ftf", [*_HARMONICS, (4.0, 0.0, 0.0, 1.0), (-1.0, 1.0, 0.0, 0.5), (1.0, 1.0, 0.0, 0.5)]),
)
assert tuple(f.fault for f in FAMILIES) == tuple(f.key for f in ROLLING_FAULTS)


def family_of(fault: str) -> LineFamily:
    """Return the family of a fault by its key."""
    return next(f for f in FAMILIES if f.fault == fault)


def explained_hz(
    family: LineFamily,
    *,
    defect_hz: float,
    shaft_hz: float,
    cage_hz: float,
    highest_hz: float,
    shaft_sidebands: int = 4,
) -> Float[np.ndarray, " line"]:
    """Every frequency that a strong fault of this family may put energy at, in Hz.

    Its harmonics as far as `highest_hz`, each with sidebands at the shaft speed and, for an element or the cage, at
    up to twice the cage speed: what lies there is no evidence for another fault, nor for a comb that belongs to none.
    """
    spacing = defect_hz / 2 if family.line == "bsf2" else defect_hz
    harmonics = np.arange(int(highest_hz / spacing) + 2) * spacing
    shaft = np.arange(-shaft_sidebands, shaft_sidebands + 1) * shaft_hz
    cage = np.array([-2, -1, 0, 1, 2]) * cage_hz if family.line in {"bsf2", "ftf"} else np.zeros(1)
    grid = np.abs(harmonics[:, None, None] + shaft[None, :, None] + cage[None, None, :]).ravel()
    return np.unique(grid[(grid > 0) & (grid <= highest_hz)])


def defect_hz(bearing: RollingBearing, family: LineFamily, *, shaft_hz: float) -> float:
    """Return the nominal defect frequency of `family`."""
    return line_order(bearing, family.line) * shaft_hz
