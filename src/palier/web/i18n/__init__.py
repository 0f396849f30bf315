"""Words, numbers, dates and units, in the language of whoever looks."""

from palier.web.i18n.catalogue import LANGUAGES, Language, current_language, has, speaking, t, use_language
from palier.web.i18n.formats import (
    ago,
    count,
    date_time,
    duration,
    frequency,
    number,
    p_value,
    percent,
    quantity,
    rpm,
    size,
)

__all__ = [
    "LANGUAGES",
    "Language",
    "ago",
    "count",
    "current_language",
    "date_time",
    "duration",
    "frequency",
    "has",
    "number",
    "p_value",
    "percent",
    "quantity",
    "rpm",
    "size",
    "speaking",
    "t",
    "use_language",
]
