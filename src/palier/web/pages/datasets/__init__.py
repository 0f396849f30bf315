"""Datasets: simulated, imported, audited, looked at, exported."""

from palier.web.pages.datasets.page import register

__all__ = ["register"]
