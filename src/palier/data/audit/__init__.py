"""Whether recordings are what they are said to be, before anything is concluded or learnt from them."""

from palier.data.audit.audit import audit_recording
from palier.data.audit.findings import Finding, worst

__all__ = ["Finding", "audit_recording", "worst"]
