"""Whether recordings are what they are said to be, before anything is concluded or learnt from them."""

from palier.data.audit.audit import SetAudit, Unreadable, audit_recording, audit_set
from palier.data.audit.findings import Finding, worst

__all__ = ["Finding", "SetAudit", "Unreadable", "audit_recording", "audit_set", "worst"]
