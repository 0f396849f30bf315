"""Files that are handed out: always as a download, never run in the application's own origin."""

from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse

__all__ = ["HTML_ANSWER", "ZIP_ANSWER", "html_file", "zip_file"]

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
_DISPOSITION = {"Content-Disposition": {"description": "attachment, and a file name.", "schema": {"type": "string"}}}


def _answer(media_type: str, words: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "format": "binary"} if media_type == "application/zip" else {"type": "string"}
    return {200: {"description": words, "content": {media_type: {"schema": schema}}, "headers": _DISPOSITION}}


HTML_ANSWER = _answer("text/html", "The report.")
ZIP_ANSWER = _answer("application/zip", "The files of the export.")


def html_file(path: Path, name: str) -> FileResponse:
    """Return a report as a download."""
    return FileResponse(path, media_type="text/html; charset=utf-8", filename=name, headers=_HEADERS)


def zip_file(path: Path, name: str) -> FileResponse:
    """Return an export as a download."""
    return FileResponse(path, media_type="application/zip", filename=name, headers=_HEADERS)
