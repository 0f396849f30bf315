"""Turn what was typed into the settings of a diagnosis."""

from typing import Any

from palier.diagnosis.rolling import DiagnosisSettings

__all__ = ["settings_from"]


def settings_from(typed: dict[str, Any]) -> DiagnosisSettings:
    """Convert percent to fractions and rpm to Hz."""
    range_rpm = typed["speed_range_rpm"]
    return DiagnosisSettings(
        false_alarm_rate=typed["false_alarm_rate"],
        speed_tolerance=typed["speed_tolerance"] / 100,
        speed_range_hz=None if range_rpm is None else (range_rpm[0] / 60, range_rpm[1] / 60),
        machine_group=typed["machine_group"],
        support=typed["support"],
    )
