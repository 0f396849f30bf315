"""Kinds of value that requests hold: every number bounded and finite, every text of limited length.

JSON is taken at its word: text is no number, and a number is no time.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.convertors import Convertor, register_url_convertor

__all__ = [
    "NO_CONTROLS",
    "ChannelQuery",
    "Cursor",
    "Given",
    "Id",
    "IdField",
    "IdQuery",
    "Limit",
    "Line",
    "LongText",
    "Moment",
    "MomentQuery",
    "Name",
    "Number",
    "Points",
    "Rate",
    "Shown",
    "Speed",
    "Whole",
    "numbers",
]

_ID = r"^[0-9a-f]{32}$"
_AN_ID = "0193a1b2c3d4e5f60718293a4b5c6d7e"
#: One line of text: no control characters.
NO_CONTROLS = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_NAME = r"^[^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u001f\u007f-\u009f\s][^\u0000-\u001f\u007f-\u009f]*$"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")


class _IdConvertor(Convertor[str]):
    """Takes ids and nothing else: another word in their place is another address, and not found."""

    regex = "[0-9a-f]{32}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("id", _IdConvertor())


class Given(BaseModel):
    """What a request's body holds; a field that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Shown(BaseModel):
    """What an answer holds."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


def _utc(value: Any) -> datetime:
    """Return a time of RFC 3339 in UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if not isinstance(value, str) or _RFC3339.fullmatch(value) is None:
        raise ValueError("give a time with its zone as in RFC 3339, such as 2026-11-23T08:00:00+01:00")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:
        raise ValueError("that time is outside the years 1 to 9999") from None


def numbers(values: Any) -> list[float]:
    """Return an array as plain numbers."""
    return [float(v) for v in values]


Id = Annotated[str, Path(pattern=_ID, description="Its id.", examples=[_AN_ID])]
IdField = Annotated[str, Field(pattern=_ID, examples=[_AN_ID])]
IdQuery = Annotated[str, Query(pattern=_ID, examples=[_AN_ID])]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_NAME)]
Line = Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)]
LongText = Annotated[str, Field(max_length=2000, pattern=r"^[^\u0000-\u0009\u000b-\u000c\u000e-\u001f\u007f-\u009f]*$")]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True)]
Rate = Annotated[Number, Field(gt=0, le=1e9, description="Sampling rate in Hz.", examples=[12000])]
Speed = Annotated[Number, Field(gt=0, le=16_667, description="Shaft speed in Hz (rpm / 60).", examples=[29.95])]
Moment = Annotated[AwareDatetime, BeforeValidator(_utc)]
MomentQuery = Annotated[AwareDatetime, BeforeValidator(_utc), Query(examples=["2026-11-23T08:00:00+01:00"])]
ChannelQuery = Annotated[str, Query(max_length=200, pattern=NO_CONTROLS, description="Name of the channel.")]
Cursor = Annotated[
    str, Query(pattern=r"^[A-Za-z0-9_-]{22}$", description="`next` of the page before; leave it away for the first.")
]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows of a page.")]
Points = Annotated[int, Query(ge=16, le=20_000, description="How many steps at most, each with its extremes.")]
