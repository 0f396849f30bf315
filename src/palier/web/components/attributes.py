"""Attributes that have a dash in their name."""

from typing import Any

__all__ = ["named"]


def named(**attributes: object) -> dict[str, Any]:
    """Return attributes by the names HTML gives them.

    Examples
    --------
    >>> named(aria_label="Zoom", data_zoom="in")
    {'aria-label': 'Zoom', 'data-zoom': 'in'}
    """
    return {name.replace("_", "-"): value for name, value in attributes.items()}
