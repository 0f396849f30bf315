"""Machines: the list, and one machine with its points, recordings, trends and spectra."""

from typing import TYPE_CHECKING

from palier.web.pages.machines import listing, page
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]


def register(app: PalierDash, services: "Services") -> None:
    """Serve both pages."""
    listing.register(app, services)
    page.register(app, services)
