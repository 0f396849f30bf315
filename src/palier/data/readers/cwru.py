"""Files of the Case Western Reserve University bearing rig, which state neither their rate nor their unit."""

import re
from dataclasses import replace
from pathlib import Path

from palier.data.contents import Contents

__all__ = ["RATES_HZ", "recognise"]

_CHANNEL = re.compile(r"^X(\d{3})_(DE|FE|BA)_time$")

#: Sampling rate by record number: healthy records and the 48 kHz drive-end set at 48 kHz, the rest at 12 kHz
#: (Smith and Randall, MSSP 64–65 (2015) 100–131, tables A1 to A4; doi:10.1016/j.ymssp.2015.04.021).
RATES_HZ: tuple[tuple[int, int, float], ...] = (
    (97, 100, 48_000.0),
    (105, 108, 12_000.0), (109, 112, 48_000.0),
    (118, 121, 12_000.0), (122, 125, 48_000.0),
    (130, 133, 12_000.0), (135, 138, 48_000.0),
    (144, 147, 12_000.0), (148, 151, 48_000.0),
    (156, 160, 12_000.0), (161, 164, 48_000.0),
    (169, 172, 12_000.0), (174, 177, 48_000.0),
    (185, 188, 12_000.0), (189, 192, 48_000.0),
    (197, 200, 12_000.0), (201, 204, 48_000.0),
    (209, 212, 12_000.0), (213, 217, 48_000.0),
    (222, 225, 12_000.0), (226, 229, 48_000.0),
    (234, 237, 12_000.0), (238, 241, 48_000.0),
    (246, 249, 12_000.0), (250, 253, 48_000.0),
    (258, 261, 12_000.0), (262, 265, 48_000.0),
    (270, 319, 12_000.0), (3001, 3008, 12_000.0),
)  # fmt: skip

_BEARINGS = {"DE": "6205-2RS", "FE": "6203-2RS"}


def recognise(path: Path, contents: Contents) -> Contents | None:
    """Return what is known of a CWRU file, or nothing for other files.

    Traps: a file may hold a second record under another number (99.mat holds 98 too); healthy records are 48 kHz
    beside fault records of 12 kHz; speeds may be missing.
    """
    matches = {c.name: m for c in contents.channels if (m := _CHANNEL.match(c.name))}
    if not matches:
        return None
    numbers = sorted({int(m.group(1)) for m in matches.values()})
    named = [int(n) for n in re.findall(r"\d{2,4}", path.stem)]
    number = next((n for n in reversed(named) if n in numbers), numbers[0])
    own = [c for c in contents.channels if c.name in matches and int(matches[c.name].group(1)) == number]
    order = {"DE": 0, "FE": 1, "BA": 2}
    best = min(own, key=lambda c: order[matches[c.name].group(2)])
    rate_hz = next((rate for low, high, rate in RATES_HZ if low <= number <= high), None)
    notes = [*contents.notes]
    if rate_hz is None:
        notes.append(f"CWRU record {number}: its sampling rate is not known here; declare it")
    else:
        notes.append(f"CWRU record {number}: sampled at {rate_hz:g} Hz (by record number), unit g")
    if len(numbers) > 1:
        others = ", ".join(str(n) for n in numbers if n != number)
        notes.append(f"the file also holds record {others}; record {number} was taken because of the file's name")
    if contents.speed_hz is None:
        notes.append("the file states no speed; declare it (nominal 1797, 1772, 1750, 1730 rpm at 0, 1, 2, 3 hp)")
    return replace(
        contents,
        channels=tuple(replace(c, unit="g") for c in contents.channels),
        sampling_rate_hz=rate_hz,
        unit="g",
        bearing_name=_BEARINGS.get(matches[best.name].group(2), "6205-2RS"),
        preferred=best.name,
        why="the drive-end accelerometer of the record that the file is named after",
        notes=tuple(notes),
    )
