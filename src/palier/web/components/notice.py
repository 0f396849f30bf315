"""Messages that appear at the edge of the window and go away."""

from typing import Any, Literal
from zlib import crc32

from dash import html

from palier.web.i18n import t

__all__ = ["NOTICES", "Tone", "notice"]

#: The container that shows them: set its ``sendNotifications``.
NOTICES = "notices"

Tone = Literal["good", "info", "warn", "bad"]


def notice(
    text: str,
    *,
    title: str | None = None,
    tone: Tone = "info",
    request_id: str | None = None,
    action: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return a message for ``sendNotifications``; bad ones, and those with a link, stay until they are closed."""
    parts: list[Any] = [text]
    if action is not None:
        parts.append(html.A(action[0], href=action[1], className="notice-action"))
    if request_id is not None:
        parts.append(html.Span([t("errors.request"), " ", html.Code(request_id)], className="notice-request"))
    return {
        "action": "show",
        "id": f"notice-{crc32(f'{title} {text}'.encode()):08x}",  # the same again is not shown twice at once
        "title": title,
        "message": parts,
        "className": f"notice tone-{tone}",
        "autoClose": False if tone == "bad" or action is not None else 6000,
        "closeButtonProps": {"aria-label": t("shell.close")},
        "role": "alert" if tone == "bad" else "status",
    }
