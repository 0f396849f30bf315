"""One diagnosis: its progress, then the answer, the evidence, the plots, and what the analyst says of it."""

from palier.web.pages.diagnosis.page import register

__all__ = ["register"]
