"""Files of the OpenEI gearbox set, which do not state their sampling rate."""

import re
from dataclasses import replace
from pathlib import Path

from palier.data.contents import Contents

__all__ = ["recognise"]

_NAME = re.compile(r"^([hb])30hz(\d+)$")


def recognise(path: Path, contents: Contents) -> Contents | None:
    """Return what is known of a gearbox file, or nothing for other files.

    The rate, the unit, the geometry and the tooth counts are published nowhere; 30 Hz is the drive's setting.
    """
    name = path.name.split(".")[0]
    if not _NAME.match(name) or [c.name for c in contents.channels] != ["a1", "a2", "a3", "a4"]:
        return None
    return replace(
        contents,
        speed_hz=30.0,
        preferred="a1",
        why="the first of four sensors",
        notes=(
            "OpenEI gearbox: the publisher states neither sampling rate nor unit: declare the rate; "
            "30 Hz is the drive's setting, the shaft turns a little slower",
        ),
    )
