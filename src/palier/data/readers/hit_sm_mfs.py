"""Files of the HIT-SM bearing set (SpectraQuest MFS rig), recognised by name and length."""

import re
from dataclasses import replace
from pathlib import Path

from palier.data.contents import Contents

__all__ = ["recognise"]

_NAME = re.compile(r"^(Normal|IR\d|OR\d)_(600|900|1200)$")
_SAMPLES = 262_144


def recognise(path: Path, contents: Contents) -> Contents | None:
    """Return what is known of an HIT-SM file, or nothing for other files.

    Traps: the variable is named differently in every file, the unit is not stated, and healthy and damaged files
    differ in level by a factor of 60 to 300, which no machine explains.
    """
    match = _NAME.match(path.stem)
    if match is None or len(contents.channels) != 1 or contents.channels[0].n_samples != _SAMPLES:
        return None
    rpm = int(match.group(2))
    return replace(
        contents,
        sampling_rate_hz=51_200.0,
        speed_hz=rpm / 60,
        bearing_name="6205",
        why="the only one",
        notes=(
            *contents.notes,
            f"HIT-SM set: sampled at 51200 Hz; {rpm} rpm is the nominal speed in the file's name; the unit is not stated",
        ),
    )
