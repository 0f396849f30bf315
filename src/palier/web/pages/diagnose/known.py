"""What is known of a recording, from whom, and what is missing for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from palier.app.entities import Point, Recording
from palier.web.i18n import duration, frequency, rpm, t

__all__ = ["Fact", "Known", "known_of", "read_words"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, and who states it: ``declared``, ``file`` or ``point``."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a diagnosis will be made with, as things stand."""

    rate: Fact | None
    unit: Fact | None
    speed: Fact | None
    bearing: Fact | None
    journal: bool

    @property
    def missing(self) -> list[str]:
        """Return the names of what an answer cannot do without."""
        needed = {"rate": self.rate, "speed": self.speed, "bearing": self.bearing}
        return [k for k, v in needed.items() if v is None and not (k == "bearing" and self.journal)]

    def facts(self) -> list[tuple[str, Any]]:
        """Return what is shown of it."""
        written = {
            "rate": lambda v: frequency(v),
            "unit": lambda v: {"m/s^2": "m/s²", "um": "µm"}.get(v, v),
            "speed": rpm,
            "bearing": lambda v: v,
        }
        return [(t(f"diagnose.{name}"), _said(getattr(self, name), write)) for name, write in written.items()]


def _said(fact: Fact | None, write: Any) -> str:
    if fact is None:
        return t("shell.not_declared")
    return t(f"diagnose.origin_{fact.origin}", value=write(fact.value))


def known_of(recording: Recording, points: Mapping[str, Point]) -> Known:
    """Gather what is known: what was declared wins, then the file, then the measurement point."""
    declared = recording.declared_json or {}
    point = points.get(recording.point_id or "")

    def found(name: str, from_file: Any, from_point: Any) -> Fact | None:
        for value, origin in ((declared.get(name), "declared"), (from_file, "file"), (from_point, "point")):
            if value is not None:
                return Fact(value, origin)
        return None

    return Known(
        rate=found("sampling_rate_hz", recording.sampling_rate_hz, point and point.sampling_rate_hz),
        unit=found("unit", recording.unit, point and point.unit),
        speed=found("speed_hz", recording.speed_hz, point and point.nominal_speed_hz),
        bearing=found("bearing", recording.bearing, point and point.bearing),
        journal=point is not None and point.kind == "journal",
    )


def read_words(recording: Recording) -> str:
    """Say what was read, in one line."""
    if recording.n_samples is None:
        return "–"
    channels = t("diagnose.n_channels", n=len(recording.channels_json))
    if recording.sampling_rate_hz is None:
        return " · ".join((channels, t("diagnose.n_samples", n=recording.n_samples)))
    length = duration(recording.n_samples / recording.sampling_rate_hz)
    return " · ".join((channels, length, frequency(recording.sampling_rate_hz)))
