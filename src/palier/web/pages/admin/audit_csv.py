"""The audit log as a file that no spreadsheet runs as formulas."""

import csv
import io
import json
from collections.abc import Iterable

from palier.app.entities import AuditEntry

__all__ = ["audit_csv", "harmless"]

_COLUMNS = ("time_utc", "actor_id", "actor", "action", "subject_kind", "subject_id", "address", "details")
#: A text that begins so is run as a formula by spreadsheets, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Return a text that spreadsheets show and do not run.

    Examples
    --------
    >>> harmless("=1+1"), harmless("pump 3")
    ("'=1+1", 'pump 3')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def audit_csv(entries: Iterable[AuditEntry]) -> str:
    """Write entries, one a line, with a head. It begins with a byte-order mark: spreadsheets then read UTF-8."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(_COLUMNS)
    for e in entries:
        details = json.dumps(e.details_json, ensure_ascii=False, sort_keys=True)
        cells = (
            e.at.isoformat(timespec="milliseconds"),
            e.actor_id,
            e.actor_name,
            e.action,
            e.subject_kind,
            e.subject_id,
            e.address,
            details,
        )
        writer.writerow([harmless(c) for c in cells])
    return "\ufeff" + sink.getvalue()
