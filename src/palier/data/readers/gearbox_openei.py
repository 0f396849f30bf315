"""The OpenEI gearbox records (submission 623): healthy and broken tooth, four accelerometers.

The publisher states neither sampling rate nor unit, and the ``30hz`` of the file names is the setting of the drive,
not a measured shaft speed: all three stay undeclared.
"""

import re
from dataclasses import replace

from palier.data.candidates import Candidates
from palier.data.source import Source

__all__ = ["refine"]

_NAME = re.compile(r"[bh]30hz\d{1,2}", re.IGNORECASE)
_COLUMNS = ("a1", "a2", "a3", "a4")


def refine(source: Source, found: Candidates, *, forced: bool) -> Candidates | None:
    """Return what is known of an OpenEI gearbox record; ``None`` where its marks are missing."""
    if tuple(c.name for c in found.channels) != _COLUMNS:
        return None
    if not forced and not _NAME.fullmatch(source.name.split(".")[0]):
        return None
    notes = (
        "the publisher states neither sampling rate nor unit of this set",
        "30hz in the file name is the setting of the drive, not a measured speed: speed undeclared",
    )
    return replace(found, reader="gearbox_openei", notes=(*found.notes, *notes))
