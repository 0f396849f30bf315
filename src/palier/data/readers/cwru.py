"""The bearing records of Case Western Reserve University, and their traps.

The files state neither rate nor unit. The record number in the variable names (``X105_DE_time``) tells the rate: the
healthy records are 48 kHz although the faults beside them are 12 kHz. The bearing differs by end, ``99.mat`` holds
record 98 as well, and several records lack their speed. Rates and numbers are those of the publisher's tables and of
W. A. Smith, R. B. Randall, MSSP 64–65 (2015) 100–131, doi:10.1016/j.ymssp.2015.04.021.
"""

import re
from dataclasses import dataclass, replace

from palier.data.candidates import Candidates, Channel
from palier.data.facts import Facts, Stated
from palier.data.source import Source

__all__ = ["Record", "record", "refine"]

_VARIABLE = re.compile(r"X(\d{3,4})_(DE|FE|BA)_time")
_ENDS = {"DE": "drive end", "FE": "fan end", "BA": "base plate"}
_BEARINGS = {"DE": "6205-2RS", "FE": "6203-2RS"}


@dataclass(frozen=True, slots=True)
class Record:
    """What the publisher's tables say about a record."""

    sampling_rate_hz: float
    fault_end: str
    """The end whose bearing was damaged; empty for healthy records."""
    kind: str


def _numbers(*spans: int | tuple[int, int]) -> frozenset[int]:
    return frozenset(n for s in spans for n in (range(s[0], s[1] + 1) if isinstance(s, tuple) else (s,)))


#: (record numbers, what they are). Numbers 48 to 59 are the variables inside 3001.mat to 3008.mat, and 173 is the one
#: inside 174.mat.
_TABLE: tuple[tuple[frozenset[int], Record], ...] = (
    (_numbers((97, 100)), Record(48_000.0, "", "healthy")),
    (
        _numbers(
            (48, 51), (56, 59), (105, 108), (118, 121), (130, 133), (144, 147), 156, (158, 160), (169, 172),
            (185, 188), (197, 200), (209, 212), (222, 225), (234, 237), (246, 249), (258, 261), (3001, 3008),
        ),
        Record(12_000.0, "DE", "12 kHz drive-end faults"),
    ),
    (
        _numbers(
            (109, 112), (122, 125), (135, 138), (148, 151), (161, 164), (173, 177), (189, 192), (201, 204),
            (213, 215), 217, (226, 229), (238, 241), (250, 253), (262, 265),
        ),
        Record(48_000.0, "DE", "48 kHz drive-end faults"),
    ),
    (
        _numbers((270, 302), (305, 307), (309, 313), (315, 318)),
        Record(12_000.0, "FE", "12 kHz fan-end faults"),
    ),
)  # fmt: skip


def record(number: int) -> Record | None:
    """Return what is published about a record, or ``None`` for a number that is in no table.

    Examples
    --------
    >>> record(97).sampling_rate_hz, record(105).sampling_rate_hz, record(109).sampling_rate_hz, record(200_000)
    (48000.0, 12000.0, 48000.0, None)
    """
    return next((entry for numbers, entry in _TABLE if number in numbers), None)


def refine(source: Source, found: Candidates, *, forced: bool) -> Candidates | None:
    """Return what is known of a CWRU record; ``None`` where the variables do not bear its names."""
    del forced
    own = [(c, m) for c in found.channels if (m := _VARIABLE.fullmatch(c.name))]
    if not own:
        return None
    numbers = sorted({int(m[1]) for _, m in own})
    number = _number_taken(source, numbers)
    entry = record(number)
    notes = list(found.notes)
    if len(numbers) > 1:
        others = ", ".join(str(n) for n in numbers if n != number)
        notes.append(f"the file also holds record {others}; record {number} was taken")
    if entry is None:
        notes.append(f"CWRU record {number} is in no published table: its sampling rate is not known; declare it")
    speed = _speed(found, number)
    if speed is None:
        notes.append(f"CWRU record {number} states no speed (no variable X{number:03d}RPM)")
    channels = tuple(_known(channel, int(m[1]), m[2], number) for channel, m in own)
    taken = {m[2]: channel.name for channel, m in own if int(m[1]) == number}
    end = next(e for e in _ENDS if e in taken)
    if entry is not None and entry.fault_end in taken:
        end = entry.fault_end
    why = f"the {_ENDS[end]} of CWRU record {number}" + (f" ({entry.kind})" if entry is not None else "")
    return replace(
        found,
        reader="cwru",
        channels=channels,
        facts=Facts(speed_hz=speed).over(found.facts),
        notes=tuple(notes),
        preferred=Stated(taken[end], f"{why}; declare a channel to take another"),
    )


def _number_taken(source: Source, numbers: list[int]) -> int:
    """Return the record that the file name means, or the highest in the file."""
    named = [int(n) for n in re.findall(r"\d+", source.path.stem)]
    return next((n for n in reversed(named) if n in numbers), numbers[-1])


def _speed(found: Candidates, number: int) -> Stated[float] | None:
    wanted = re.compile(rf"X0*{number}_?RPM", re.IGNORECASE)
    for name, value in found.scalars:
        if wanted.fullmatch(name) and isinstance(value, float) and value > 0:
            return Stated(value / 60, f"variable {name}")
    return None


def _known(channel: Channel, number: int, end: str, taken: int) -> Channel:
    entry = record(number)
    facts = Facts(unit=Stated("g", "published for the CWRU set"))
    if entry is not None:
        facts = replace(facts, sampling_rate_hz=Stated(entry.sampling_rate_hz, f"CWRU record {number}, {entry.kind}"))
    if end in _BEARINGS:
        facts = replace(facts, bearing_name=Stated(_BEARINGS[end], f"published for the CWRU {_ENDS[end]}"))
    aliases = (end, _ENDS[end]) if number == taken else ()
    return replace(channel, facts=facts.over(channel.facts), aliases=aliases)
