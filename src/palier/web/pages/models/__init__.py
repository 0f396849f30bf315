"""Models: trained, compared, judged honestly; and where they may be used."""

from palier.web.pages.models.page import register

__all__ = ["register"]
