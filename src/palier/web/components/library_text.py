"""Sentences that the library wrote: in French where the phrase book has them, otherwise marked as English."""

import re

from dash import html
from dash.development.base_component import Component

from palier.web.i18n import current_language
from palier.web.i18n.phrases import french

__all__ = ["library_text"]

_OPTIONS = re.compile(r" \(--[^)]*\)")


def library_text(text: str) -> Component:
    """Show a sentence of the library, without the options of the command line that it names."""
    text = _OPTIONS.sub("", text)
    if current_language() != "fr":
        return html.Span(text)
    translated = french(text)
    return html.Span(text, lang="en") if translated is None else html.Span(translated)
