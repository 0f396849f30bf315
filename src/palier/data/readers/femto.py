"""Snapshots of the FEMTO/PRONOSTIA run-to-failure tests."""

import re
from dataclasses import replace
from pathlib import Path

from palier.data.contents import Contents

__all__ = ["recognise"]

_NAME = re.compile(r"^acc_\d{5}$")
_COLUMNS = ("hour", "minute", "second", "microsecond", "horizontal", "vertical")


def recognise(path: Path, contents: Contents) -> Contents | None:
    """Return what is known of a PRONOSTIA snapshot, or nothing for other files.

    Six columns without a header: the time of day in four, then the two accelerometers. The speed depends on the test
    condition, which the file does not state.
    """
    if not _NAME.match(path.stem) or not 5 <= len(contents.channels) <= 6:
        return None
    if contents.channels[0].n_samples != 2560 or contents.channels[-1].name != "column 6":
        return None
    horizontal, vertical = contents.channels[-2:]
    return replace(
        contents,
        channels=(replace(horizontal, name="horizontal", unit="g"), replace(vertical, name="vertical", unit="g")),
        sampling_rate_hz=25_600.0,
        unit="g",
        bearing_name="PRONOSTIA",
        preferred="horizontal",
        why="the horizontal accelerometer",
        notes=("PRONOSTIA snapshot: 0.1 s at 25600 Hz, unit g; the speed depends on the test condition: declare it",),
    )
