"""The MFPT bearing records: a structure ``bearing`` with samples, sampling rate, load and shaft speed.

``bearing.gs`` is the acceleration in g, ``bearing.sr`` the sampling rate and ``bearing.rate`` the shaft speed in Hz, as
the set's own description says (E. Bechhoefer, Condition Based Maintenance Fault Database, MFPT Society, 2013). The
bearing of the test rig is a NICE one, those of the real machines in the set differ, so none is stated.
"""

from dataclasses import replace

from palier.data.candidates import Candidates
from palier.data.facts import Facts, Stated
from palier.data.source import Source

__all__ = ["refine"]

_SAMPLES, _RATE, _SPEED = "bearing.gs", "bearing.sr", "bearing.rate"


def refine(source: Source, found: Candidates, *, forced: bool) -> Candidates | None:
    """Return what is known of an MFPT record; ``None`` where its structure is missing."""
    del source, forced
    scalars = dict(found.scalars)
    if [c.name for c in found.channels] != [_SAMPLES] or not isinstance(scalars.get(_RATE), float):
        return None
    speed_hz = scalars.get(_SPEED)
    facts = Facts(unit=Stated("g", "published for the MFPT set"))
    if isinstance(speed_hz, float) and speed_hz > 0:
        facts = replace(facts, speed_hz=Stated(speed_hz, f"variable {_SPEED}"))
    note = (
        "the bearing is not in the file: NICE in the test rig of the MFPT set, another in its real machines; declare it"
    )
    return replace(found, reader="mfpt", facts=facts.over(found.facts), notes=(*found.notes, note))
