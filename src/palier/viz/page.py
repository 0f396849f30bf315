"""What every report's page looks like: colours in light and dark, the head, the answer."""

import re
from importlib.resources import files

__all__ = ["page_style"]


def page_style(package: str) -> str:
    """Return the style sheet of a report: the common one, then ``report.css`` of its package, without indents."""
    sheets = (files("palier.viz") / "page.css", files(package) / "report.css")
    return "".join(re.sub(r"\s*\n\s*", "\n", sheet.read_text(encoding="utf-8")) for sheet in sheets)
