"""Options by which a user states what a file does not say; shared by the commands that read recordings."""

from collections.abc import Callable
from typing import Any

import click

from palier.core.recording import Declared
from palier.core.units import parse_unit

__all__ = ["declaration_options", "declared_from"]

_OPTIONS = (
    click.option("--sampling-rate", type=click.FloatRange(min=0, min_open=True), help="Sampling rate in Hz."),
    click.option("--unit", help="Unit of the samples: g, m/s^2, mm/s or um."),
    click.option("--speed-rpm", type=click.FloatRange(min=0, min_open=True), help="Mean shaft speed in rpm."),
    click.option("--channel", help="Channel to judge, by name or by number from 0."),
    click.option("--format", "format_", help="Reader to use instead of the one the content suggests."),
)


def declaration_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the declaration options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def declared_from(
    sampling_rate: float | None, unit: str | None, speed_rpm: float | None, channel: str | None
) -> Declared:
    """Turn the options into what the library understands (Hz, canonical units)."""
    return Declared(
        sampling_rate_hz=sampling_rate,
        unit=None if unit is None else parse_unit(unit),
        speed_hz=None if speed_rpm is None else speed_rpm / 60,
        channel=channel,
    )
