"""From what a reader found and what the user declared to a recording: which channel, which rate, who said so."""

import math
from collections.abc import Sequence
from typing import Any, Literal

from palier.core.recording import Declared, Provenance, Recording
from palier.core.units import UNITS
from palier.data.candidates import Candidates, Channel, TimeAxis, load_channels
from palier.data.facts import Facts, Stated
from palier.data.source import Source, printable
from palier.data.timebase import TimeBase
from palier.errors import DeclarationError

__all__ = ["to_recording"]

#: Largest relative difference between a declared and a stated number that is no contradiction.
_SAME_RATE, _SAME_SPEED = 1e-3, 1e-2
_MAX_LISTED = 12


def to_recording(
    source: Source, found: Candidates, declared: Declared, *, channels: Literal["one", "all"] = "one"
) -> Recording:
    """Choose the channel, read it, and fill in what is known.

    Raises
    ------
    ReadError
        If there is no channel, or its samples are unusable.
    DeclarationError
        If a declared value is impossible: a rate of 0 Hz, a channel that does not exist.
    """
    _check_declared(source, declared)
    chosen, why = _choose(source, found, declared)
    taken = (chosen,) if channels == "one" else _alike(found, chosen)
    axis = found.time_axis
    if axis is not None and axis.channel.n_samples not in (None, chosen.n_samples):
        axis = None
    samples, base = load_channels(source, found, taken, axis)
    facts = chosen.facts.over(found.facts)
    notes = [*found.notes, *why, *_left_out(found, taken, channels), *facts.notes]
    rate_hz = _rate(source, declared, facts, axis, base, notes)
    unit = declared.unit
    if facts.unit is not None:
        if unit not in (None, facts.unit.value):
            notes.append(_contradiction("unit", unit, facts.unit))
        unit = unit or facts.unit.value
        notes.append(f"unit {facts.unit.value}: {facts.unit.reason}")
    speed_hz, speed_origin = _speed(declared, facts, notes)
    bearing = declared.bearing_name
    if facts.bearing_name is not None:
        if bearing is not None and bearing.casefold() != facts.bearing_name.value.casefold():
            notes.append(_contradiction("bearing", bearing, facts.bearing_name))
        bearing = bearing or facts.bearing_name.value
        notes.append(f"bearing {facts.bearing_name.value}: {facts.bearing_name.reason}")
    provenance = Provenance(
        source=source.name,
        sha256=source.sha256(),
        reader=found.reader,
        notes=tuple(notes),
        channels_available=tuple(c.name for c in found.channels),
        speed_origin=speed_origin,
    )
    return Recording(
        samples,
        provenance,
        sampling_rate_hz=rate_hz,
        unit=unit,
        channel_names=tuple(c.name for c in taken),
        speed_hz=speed_hz,
        start_time=None if facts.start_time is None else facts.start_time.value,
        bearing_name=bearing,
    )


def _check_declared(source: Source, declared: Declared) -> None:
    for what, value, word in (
        ("sampling rate", declared.sampling_rate_hz, "Hz"),
        ("shaft speed", declared.speed_hz, "Hz"),
    ):
        if value is not None and not 0 < value < math.inf:
            raise DeclarationError(f"{source.name}: the declared {what} is {value} {word}; declare a positive number")
    if declared.unit is not None and declared.unit not in UNITS:
        raise DeclarationError(f"{source.name}: the declared unit is {declared.unit!r}; allowed are {', '.join(UNITS)}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MAX_LISTED])
    return shown if len(names) <= _MAX_LISTED else f"{shown} and {len(names) - _MAX_LISTED} more"


def _choose(source: Source, found: Candidates, declared: Declared) -> tuple[Channel, list[str]]:
    names = [c.name for c in found.channels]
    if not names:
        what = f"; found: {_listed(found.rejected)}" if found.rejected else ""
        raise source.error(
            f"holds no channel that {found.reader} can read (one real number per sample, 2 samples at least){what}; "
            "save the samples as a plain numeric vector"
        )
    if declared.channel is not None:
        return _named(source, found, declared.channel), []
    if found.preferred is not None:
        chosen = found.channels[names.index(found.preferred.value)]
        return chosen, [f"channel {chosen.name} of {_listed(names)}: {found.preferred.reason}"]
    longest = max(c.n_samples or 0 for c in found.channels)
    fitting = [c for c in found.channels if (c.n_samples or 0) == longest]
    chosen = fitting[0]
    if len(names) == 1:
        return chosen, []
    of = _listed([c.name for c in fitting])
    if len(fitting) == 1:
        rule = f"the longest of {len(names)} channels"
    elif len(fitting) == len(names):
        rule = f"the first of {len(names)} equally long channels ({of})"
    else:
        rule = f"the first of the {len(fitting)} longest channels ({of})"
    return chosen, [f"channel {chosen.name}: {rule}; declare a channel to take another"]


def _named(source: Source, found: Candidates, wanted: str) -> Channel:
    for channel in found.channels:
        if wanted in (channel.name, *channel.aliases):
            return channel
    for channel in found.channels:
        if wanted.casefold() in (name.casefold() for name in (channel.name, *channel.aliases)):
            return channel
    if wanted.isascii() and wanted.isdigit() and int(wanted) < len(found.channels):
        return found.channels[int(wanted)]
    raise DeclarationError(
        f"{source.name}: there is no channel {printable(wanted)!r}; there are "
        f"{_listed([c.name for c in found.channels])} (or their numbers from 0)"
    )


def _alike(found: Candidates, chosen: Channel) -> tuple[Channel, ...]:
    """Return `chosen` and the channels taken together with it: as many samples, same rate, same unit."""

    def key(channel: Channel) -> tuple[Any, ...]:
        rate, unit = channel.facts.sampling_rate_hz, channel.facts.unit
        return channel.n_samples, rate and rate.value, unit and unit.value

    return (chosen, *(c for c in found.channels if c is not chosen and key(c) == key(chosen)))


def _left_out(found: Candidates, taken: tuple[Channel, ...], channels: Literal["one", "all"]) -> list[str]:
    left = [c.name for c in found.channels if c not in taken]
    if channels == "one" or not left:
        return []
    return [f"left out {_listed(left)}: another length, rate or unit than {taken[0].name}"]


def _rate(
    source: Source,
    declared: Declared,
    facts: Facts,
    axis: TimeAxis | None,
    base: TimeBase | None,
    notes: list[str],
) -> float | None:
    stated = facts.sampling_rate_hz
    if stated is not None and not 0 < stated.value < math.inf:
        if declared.sampling_rate_hz is None:
            raise source.error(
                f"states a sampling rate of {stated.value:g} Hz ({stated.reason}), which is impossible; "
                "declare the sampling rate"
            )
        notes.append(f"the file states an impossible sampling rate of {stated.value:g} Hz ({stated.reason})")
        stated = None
    if axis is not None and base is not None:
        stated = _rate_from_axis(source, declared, stated, axis, base, notes)
    rate_hz = declared.sampling_rate_hz
    if stated is None:
        if rate_hz is None:
            notes.append("sampling rate undeclared: the file does not state it; declare it in Hz")
        return rate_hz
    if rate_hz is None:
        notes.append(f"sampling rate {stated.value:.10g} Hz: {stated.reason}")
        return stated.value
    if not math.isclose(rate_hz, stated.value, rel_tol=_SAME_RATE):
        notes.append(
            _contradiction("sampling rate", f"{rate_hz:.10g} Hz", Stated(f"{stated.value:.10g} Hz", stated.reason))
        )
    return rate_hz


def _rate_from_axis(
    source: Source,
    declared: Declared,
    stated: Stated[float] | None,
    axis: TimeAxis,
    base: TimeBase,
    notes: list[str],
) -> Stated[float] | None:
    if base.sampling_rate_hz is None:
        if declared.sampling_rate_hz is None and stated is None:
            raise source.error(
                f"is not sampled uniformly: {base.problem} ({axis.reason}; allowed are steps within 50 % of the "
                "median); resample it, or declare the sampling rate if only the stamps are coarse"
            )
        notes.append(f"the time stamps were not used: {base.problem}")
        return stated
    if base.remark is not None:
        notes.append(base.remark)
    proved = Stated(base.sampling_rate_hz, axis.reason)
    if stated is None:
        return proved
    if not math.isclose(stated.value, proved.value, rel_tol=_SAME_RATE):
        notes.append(
            f"the file contradicts itself: {stated.value:.10g} Hz ({stated.reason}), {proved.value:.10g} Hz "
            f"({proved.reason}); the first is used"
        )
    return stated


def _speed(
    declared: Declared, facts: Facts, notes: list[str]
) -> tuple[float | None, Literal["declared", "file"] | None]:
    stated = facts.speed_hz
    if declared.speed_hz is not None:
        if stated is not None and not math.isclose(declared.speed_hz, stated.value, rel_tol=_SAME_SPEED):
            as_rpm = Stated(f"{60 * stated.value:.6g} rpm", stated.reason)
            notes.append(_contradiction("speed", f"{60 * declared.speed_hz:.6g} rpm", as_rpm))
        return declared.speed_hz, "declared"
    if stated is None:
        return None, None
    notes.append(f"speed {60 * stated.value:.6g} rpm: {stated.reason}")
    return stated.value, "file"


def _contradiction(what: str, declared: object, stated: Stated[Any]) -> str:
    return (
        f"contradiction: the declared {what} is {declared}, the file says {stated.value} ({stated.reason}); "
        "the declared one is used"
    )
