"""Numbers, quantities and times as the language writes them. No other place formats a number for people."""

from datetime import UTC, datetime
from math import floor, isfinite, log10

from palier.web.i18n.catalogue import current_language, t

__all__ = [
    "ago", "count", "date_time", "duration", "frequency", "number", "p_value", "percent", "quantity", "rpm", "size",
]  # fmt: skip

#: Between a number and its unit, and between thousands: neither breaks a line.
_THIN, _NARROW = "\u00a0", "\u202f"
_UNITS = {"m/s^2": "m/s²", "um": "µm"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def number(value: float | None, digits: int = 3) -> str:
    """Write a number to so many significant digits; a dash where there is none.

    Examples
    --------
    >>> number(1234.5), number(0.01234, 2), number(None)
    ('1,230', '0.012', '–')
    """
    if value is None or not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size_of = floor(log10(abs(value)))
    if not -5 <= size_of < 9:
        return _marks(f"{value:.{max(digits - 1, 0)}e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e"))
    rounded = round(value, digits - 1 - size_of)
    decimals = max(0, digits - 1 - size_of)
    text = f"{rounded:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _marks(text)


def count(value: int | None) -> str:
    """Write a whole number in full.

    Examples
    --------
    >>> count(1234567)
    '1,234,567'
    """
    return "–" if value is None else _marks(f"{value:,d}")


def _marks(text: str) -> str:
    text = text.replace("-", "−", 1) if text.startswith("-") else text
    if current_language() == "fr":
        return text.replace(",", _NARROW).replace(".", ",")
    return text


def quantity(value: float | None, unit: str | None, digits: int = 3) -> str:
    """Write a value with its unit.

    Examples
    --------
    >>> quantity(0.274, "m/s^2").split()
    ['0.274', 'm/s²']
    """
    if value is None:
        return "–"
    return number(value, digits) + (f"{_THIN}{_UNITS.get(unit, unit)}" if unit else "")


def percent(share: float | None, digits: int = 2) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.01).replace("\u00a0", "")
    '1%'
    """
    if share is None:
        return "–"
    return number(100 * share, digits) + (_THIN if current_language() == "fr" else "") + "%"


def p_value(value: float) -> str:
    """Write a p-value; below a millionth more digits would pretend.

    Examples
    --------
    >>> p_value(0.0312), p_value(1e-12)
    ('p = 0.031', 'p < 0.000001')
    """
    return "p < " + _marks("0.000001") if value < 1e-6 else "p = " + number(value, 2)


def frequency(value_hz: float | None, digits: int = 4) -> str:
    """Write a frequency in Hz, or in kHz from ten thousand.

    Examples
    --------
    >>> frequency(29.95).split(), frequency(25600).split()
    (['29.95', 'Hz'], ['25.6', 'kHz'])
    """
    if value_hz is not None and abs(value_hz) >= 10_000:
        return quantity(value_hz / 1000, "kHz", digits)
    return quantity(value_hz, "Hz", digits)


def rpm(value_hz: float | None) -> str:
    """Write a shaft speed given in Hz as revolutions per minute.

    Examples
    --------
    >>> rpm(29.95).split()
    ['1,797', 'rpm']
    """
    if value_hz is None:
        return "–"
    return quantity(value_hz * 60, t("formats.rpm"), max(4, len(str(int(value_hz * 60)))))


def size(n_bytes: int | None) -> str:
    """Write a size in decimal units.

    Examples
    --------
    >>> size(15_300_000).split()
    ['15.3', 'MB']
    """
    if n_bytes is None:
        return "–"
    value, unit = float(n_bytes), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, bigger
    if current_language() == "fr":
        unit = unit.replace("B", "o").replace("k", "k")
    return quantity(value, unit)


def duration(seconds: float | None) -> str:
    """Write a length of time in its two largest units.

    Examples
    --------
    >>> duration(4.25).split(), duration(3725).split()
    (['4.25', 's'], ['1', 'h', '2', 'min'])
    """
    if seconds is None:
        return "–"
    if seconds < _MINUTE:
        return quantity(seconds, "s", 3) if seconds >= 1 or seconds == 0 else quantity(1000 * seconds, "ms", 3)
    if seconds < _HOUR:
        minutes, rest = divmod(round(seconds), _MINUTE)
        return quantity(minutes, "min") + (f" {quantity(rest, 's')}" if rest else "")
    if seconds < _DAY:
        hours, rest = divmod(round(seconds / _MINUTE), 60)
        return quantity(hours, "h") + (f" {quantity(rest, 'min')}" if rest else "")
    days, rest = divmod(round(seconds / _HOUR), 24)
    day = t("formats.day")
    return quantity(days, day) + (f" {quantity(rest, 'h')}" if rest else "")


def ago(then: datetime | None, now: datetime) -> str:
    """Say how long ago something was, or how soon it will be.

    Examples
    --------
    >>> now = datetime(2026, 11, 23, tzinfo=UTC)
    >>> ago(datetime(2026, 11, 22, 21, tzinfo=UTC), now).replace("\u00a0", " "), ago(now, now)
    ('3 h ago', 'just now')
    """
    if then is None:
        return "–"
    passed = (now - then).total_seconds()
    if abs(passed) < 10:
        return t("formats.just_now")
    text = _one_unit(abs(passed))
    return t("formats.ago", time=text) if passed > 0 else t("formats.ahead", time=text)


def _one_unit(seconds: float) -> str:
    for unit, length in (("s", 1), ("min", _MINUTE), ("h", _HOUR)):
        upper = {"s": _MINUTE, "min": _HOUR, "h": 2 * _DAY}[unit]
        if seconds < upper:
            return quantity(max(1, int(seconds / length)), unit)
    return quantity(int(seconds / _DAY), t("formats.day"), 4)


def date_time(when: datetime | None) -> str:
    """Write a moment in UTC; the browser turns it into local time.

    Examples
    --------
    >>> date_time(datetime(2026, 11, 23, 9, 5, tzinfo=UTC)).replace("\u00a0", " ")
    '2026-11-23 09:05 UTC'
    """
    if when is None:
        return "–"
    at = when.astimezone(UTC)
    pattern = "%d/%m/%Y %H:%M" if current_language() == "fr" else "%Y-%m-%d %H:%M"
    return f"{at.strftime(pattern)}{_THIN}UTC"
