"""Files of the MFPT bearing set: a structure ``bearing`` with its rate, load and shaft speed."""

from dataclasses import replace
from pathlib import Path

from palier.data.contents import Contents

__all__ = ["recognise"]


def recognise(path: Path, contents: Contents) -> Contents | None:  # noqa: ARG001 - one signature for all
    """Return what is known of an MFPT file, or nothing for other files.

    ``bearing.gs`` is the acceleration in g, ``bearing.sr`` the sampling rate, ``bearing.rate`` the shaft speed in Hz.
    The bearing of the test-rig records is a NICE one; the records of real machines differ, so none is stated.
    """
    if [c.name for c in contents.channels] != ["bearing.gs"] or contents.sampling_rate_hz is None:
        return None
    return replace(
        contents,
        channels=tuple(replace(c, unit="g") for c in contents.channels),
        unit="g",
        why="the only one",
        notes=(*contents.notes, "MFPT structure: acceleration in g; the bearing of the test rig is NICE: declare it"),
    )
