"""Server-sent events, read line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Event", "events_of"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    name: str
    data: str
    id: str | None


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """Yield the events of a stream; comments, such as heartbeats, are left out.

    Examples
    --------
    >>> list(events_of([": beat", "", "id: 7", "event: job", "data: {}", ""]))
    [Event(name='job', data='{}', id='7')]
    """
    name, data, id = "message", list[str](), None  # noqa: A001
    for line in lines:
        if not line:
            if data:
                yield Event(name, "\n".join(data), id)
            name, data = "message", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id":
            id = value  # noqa: A001
