"""A moment: shown as an age or a time, in local time once the browser has it."""

from datetime import UTC, datetime

from dash import html
from dash.development.base_component import Component

from palier.web.i18n import ago, date_time

__all__ = ["age", "moment"]


def age(then: datetime | None, now: datetime) -> Component:
    """Show how long ago something was; the moment itself is its tooltip."""
    if then is None:
        return html.Span("–")
    return html.Time(ago(then, now), dateTime=_iso(then), title=date_time(then), className="age")


def moment(when: datetime | None) -> Component:
    """Show a moment."""
    if when is None:
        return html.Span("–")
    return html.Time(date_time(when), dateTime=_iso(when), className="moment")


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
