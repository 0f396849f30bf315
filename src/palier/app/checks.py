"""Checks of what people type, in one place: each says what came, what is allowed and what to do."""

import unicodedata
from math import isfinite
from typing import TypeVar

from palier.core.catalogue import parse_bearing
from palier.core.units import UNITS
from palier.errors import ParameterError

U = TypeVar("U", bound=str)

__all__ = ["bearing_text", "choice", "display_name", "limit_of", "line", "positive", "share", "unit_name"]


def line(value: str, what: str, *, most: int = 200, least: int = 0) -> str:
    """Return one line of text without surrounding space; refuses control characters."""
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise ParameterError(f"{what} holds control characters; allowed is one line of plain text")
    if not least <= len(text) <= most:
        raise ParameterError(f"{what} has {len(text)} characters; allowed are {least} to {most}")
    return text


def display_name(file_name: str) -> str:
    """Return what is shown of a file's name: its last part, without control characters, at most 200 characters.

    Examples
    --------
    >>> display_name("../../etc/pump 3.wav"), display_name("C:\\\\data\\\\a.csv"), display_name("/")
    ('pump 3.wav', 'a.csv', 'recording')
    """
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in {"Cc", "Cs", "Cf"})
    kept = kept.strip()
    return (kept if len(kept) <= 200 else kept[:150] + "…" + kept[-40:]) or "recording"


def positive(value: float | None, what: str, *, most: float) -> float | None:
    """Return a positive, finite number at most `most`, or None."""
    if value is not None and not (isfinite(value) and 0 < value <= most):
        raise ParameterError(f"{what} is {value}; allowed is a positive number up to {most:g}")
    return None if value is None else float(value)


def share(value: float, what: str, *, least: float, most: float) -> float:
    """Return a number within bounds."""
    if not (isfinite(value) and least <= value <= most):
        raise ParameterError(f"{what} is {value}; allowed are {least:g} to {most:g}")
    return float(value)


def unit_name(value: U | None) -> U | None:
    """Return a unit that palier knows, or None."""
    if value is not None and value not in UNITS:
        raise ParameterError(f"the unit is {value!r}; allowed are {', '.join(UNITS)}")
    return value


def choice(value: str | None, what: str, allowed: tuple[str, ...]) -> None:
    """Stop at a value that is not one of those allowed; None is."""
    if value is not None and value not in allowed:
        raise ParameterError(f"{what} is {value!r}; allowed are {', '.join(allowed)}")


def bearing_text(value: str | None) -> str | None:
    """Return a bearing that can be read, as it was typed, or None."""
    if value is None or not value.strip():
        return None
    text = line(value, "the bearing")
    parse_bearing(text)
    return text


def limit_of(value: int, *, most: int = 200) -> int:
    """Return a page size within bounds."""
    if not 1 <= value <= most:
        raise ParameterError(f"a page of {value}; allowed are 1 to {most}")
    return value
