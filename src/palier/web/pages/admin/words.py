"""What is said of a person in a few words."""

from dash.development.base_component import Component

from palier.app.views import PersonView
from palier.web.components.badge import badge
from palier.web.i18n import t

__all__ = ["access_badge", "factor_badge"]


def factor_badge(person: PersonView) -> Component:
    """Say which second factor a person has, and whether one is missing."""
    there = [t("admin.factor_totp")] * person.has_totp + [t("admin.factor_passkeys", n=person.passkeys)] * (
        person.passkeys > 0
    )
    if there:
        return badge("✓", ", ".join(there), "good")
    return (
        badge("!", t("admin.factor_missing"), "warn")
        if person.second_factor_required
        else badge("–", t("admin.factor_none"), "none")
    )


def access_badge(person: PersonView) -> Component:
    """Say whether a person can sign in."""
    if person.disabled_at is not None:
        return badge("✕", t("admin.access_disabled"), "bad")
    return badge("✓", t("admin.access_yes"), "good")
