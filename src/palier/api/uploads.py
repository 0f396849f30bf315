"""Uploads as streams: the bare file, or a form with one file in it; neither is ever held in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from palier.api.errors import MediaTypeError
from palier.errors import ParameterError

__all__ = ["UPLOAD_BODY", "upload_of"]

_MOST_HEADERS = 16 * 1024

#: What the documentation says of the body.
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, or a form whose one part `file` holds it.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {"file": {"type": "string", "format": "binary", "minLength": 1}},
                }
            },
        },
    }
}


async def upload_of(request: Request, file_name: str | None) -> tuple[str, AsyncIterator[bytes]]:
    """Return the name of an uploaded file and its content, read as it arrives.

    Raises
    ------
    MediaTypeError
        For a body that is neither a bare file nor a form.
    ParameterError
        Where nobody says how the file is called, or the form is not one with one file.
    """
    told = Message()
    told["content-type"] = request.headers.get("content-type", "")
    kind = told.get_content_type() if told["content-type"] else "application/octet-stream"
    if kind == "multipart/form-data":
        boundary = told.get_param("boundary")
        if not isinstance(boundary, str) or not boundary:
            raise ParameterError("the form has no boundary; send it as multipart/form-data; boundary=…")
        form = _Form(request.stream(), boundary)
        name = await form.begin()
        return file_name or name, form.content()
    if kind != "application/octet-stream":
        raise MediaTypeError(
            f"a body of type {kind[:100]}; allowed are application/octet-stream and multipart/form-data"
        )
    if not file_name:
        raise ParameterError("the file has no name; give it as ?file_name=…")
    return file_name, request.stream()


@dataclass(slots=True)
class _Form:
    """Takes a form apart while it arrives."""

    stream: AsyncIterator[bytes]
    boundary: str
    chunks: list[bytes] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    header: list[bytes] = field(default_factory=lambda: [b"", b""])
    size: int = 0
    file_name: str | None = None
    ended: bool = False
    parser: MultipartParser = field(init=False)

    def __post_init__(self) -> None:
        self.parser = MultipartParser(
            self.boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._part,
                "on_header_field": lambda data, start, end: self._header(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._header(1, data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._named,
                "on_part_data": lambda data, start, end: self.chunks.append(data[start:end]),
                "on_end": self._end,
            },
        )

    async def begin(self) -> str:
        """Read as far as the name of the file."""
        async for chunk in self.stream:
            self._feed(chunk)
            if self.file_name is not None:
                return self.file_name
        raise ParameterError("the form has no file; send one part called file, with a filename")

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the content of the file."""
        while self.chunks:
            yield self.chunks.pop(0)
        async for chunk in self.stream:
            self._feed(chunk)
            while self.chunks:
                yield self.chunks.pop(0)
        if not self.ended:
            raise ParameterError("the upload was cut off before the end of the form; nothing of it is kept")

    def _feed(self, chunk: bytes) -> None:
        try:
            if chunk:
                self.parser.write(chunk)
        except MultipartParseError as error:
            raise ParameterError(f"the form cannot be read: {error}") from None

    def _part(self) -> None:
        if self.file_name is not None:
            raise ParameterError("the form has more than one part; send one file, and declare values in the address")
        self.headers.clear()

    def _header(self, which: int, data: bytes) -> None:
        self.size += len(data)
        if self.size > _MOST_HEADERS:
            raise ParameterError("the headers of the form are too long")
        self.header[which] += data

    def _header_end(self) -> None:
        name, value = (part.decode("utf-8", "replace") for part in self.header)
        self.headers[name.lower()] = value
        self.header = [b"", b""]

    def _named(self) -> None:
        told = Message()
        told["content-disposition"] = self.headers.get("content-disposition", "").replace("\n", " ").replace("\r", " ")
        name = told.get_filename()
        if told.get_param("name", header="content-disposition") != "file" or not isinstance(name, str):
            raise ParameterError("the form has a part that is no file; send one part called file, with a filename")
        self.file_name = name[:1000] or "recording"

    def _end(self) -> None:
        self.ended = True
