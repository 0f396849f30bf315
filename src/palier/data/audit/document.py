"""The JSON form of an audit: the same inputs give the same bytes."""

import json
import math
from typing import Any, Final

from palier.data.audit.audit import SetAudit
from palier.data.audit.findings import Finding

__all__ = ["AUDIT_SCHEMA_VERSION", "audit_json"]

#: The first number changes when a reader of the old form would break.
AUDIT_SCHEMA_VERSION: Final = "1.0"
_DIGITS: Final = 6


def audit_json(audit: SetAudit) -> str:
    """Return the JSON document of an audit; numbers to six significant digits, ``null`` where there is none.

    Parameters
    ----------
    audit : SetAudit

    Examples
    --------
    >>> from palier.data.audit import audit_set
    >>> print(audit_json(audit_set([], labels=None)))
    {
      "schema_version": "1.0",
      "recordings": 0,
      "labels": {},
      "unlabelled": 0,
      "findings": [],
      "unreadable": []
    }
    """
    document = {
        "schema_version": AUDIT_SCHEMA_VERSION,
        "recordings": audit.n_recordings,
        "labels": dict(audit.labels),
        "unlabelled": audit.n_unlabelled,
        "findings": [_finding(f) for f in audit.findings],
        "unreadable": [{"source": u.source, "error": u.error, "message": u.message} for u in audit.unreadable],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "key": finding.key,
        "severity": finding.severity,
        "source": finding.source,
        "text": finding.text,
        "remedy": finding.remedy,
        "values": {name: _plain(value) for name, value in sorted(finding.values.items())},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
