"""Diagnose: drop recordings, see what was read, declare what is missing, run."""

from palier.web.pages.diagnose.page import register

__all__ = ["register"]
