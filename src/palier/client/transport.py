"""Requests to a server: the key, patience with a network that fails, and errors as palier's own."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from palier import __version__, errors

__all__ = ["Transport", "error_of"]

_LEAVES: dict[int, type[errors.PalierError]] = {
    400: errors.ParameterError,
    401: errors.SignInError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    405: errors.NotFoundError,
    409: errors.ConflictError,
    412: errors.ConflictError,
    413: errors.TooLargeError,
    415: errors.ParameterError,
    422: errors.ParameterError,
    428: errors.ParameterError,
    502: errors.UnavailableError,
    503: errors.UnavailableError,
    504: errors.UnavailableError,
    507: errors.OutputError,
}
_AGAIN = {429, 502, 503, 504}
_IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}
_LONGEST_WAIT_S = 60.0


def error_of(status: int, content: Mapping[str, Any] | None, *, retry_after_s: float = 1.0) -> errors.PalierError:
    """Return the error that an answer tells of, with the server's own words.

    Examples
    --------
    >>> error_of(404, {"detail": "no machine 'x' here"})
    NotFoundError("no machine 'x' here")
    """
    if content is None or "detail" not in content:
        message = f"the server answered {status} without saying why; is there a palier server at this address?"
    else:
        wrong = [f"{e['pointer'].lstrip('/')}: {e['detail']}" for e in content.get("errors") or ()]
        message = "; ".join(wrong) or str(content["detail"])
    if status == 429:
        return errors.TooManyAttemptsError(message, retry_after_s=retry_after_s)
    return _LEAVES.get(status, errors.PalierError)(message)


@dataclass(slots=True)
class Transport:
    """One connection to one server."""

    url: str
    key: str | None
    timeout_s: float = 30.0
    tries: int = 5
    sleep: Callable[[float], None] = time.sleep
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise errors.ParameterError(f"{self.url!r} is no address; write it like https://palier.example.com")
        headers = {"User-Agent": f"palier/{__version__}", "Accept": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            self.http = httpx.Client(base_url=self.url.rstrip("/"), headers=headers, timeout=self.timeout_s)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise errors.ParameterError("the address or the key has characters that cannot be sent") from None

    def ask(
        self,
        method: str,
        path: str,
        *,
        content: Callable[[], Iterator[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request; again after a failure of the network, where that can do no harm.

        Raises
        ------
        UnavailableError
            Where the server does not answer.
        PalierError
            The leaf that the server's answer stands for.
        """
        sent = dict(headers or {})
        safe = method in _IDEMPOTENT or "Idempotency-Key" in sent if repeatable is None else repeatable
        for attempt in range(1, self.tries + 1):
            last = attempt == self.tries or not safe
            try:
                body = None if content is None else content()
                answer = self.http.request(method, path, headers=sent, content=body, **options)
            except httpx.TransportError as error:
                if last:
                    raise self._silent(error) from None
                self.sleep(_pause_s(attempt))
                continue
            busy = answer.status_code == 409 and attempt > 1 and "Idempotency-Key" in sent
            if answer.is_success or last or not (answer.status_code in _AGAIN or busy):
                return checked(answer)
            self.sleep(_retry_after_s(answer) or _pause_s(attempt))
        raise AssertionError  # the last attempt returns or raises

    def json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Send a request and return the JSON of the answer."""
        found: dict[str, Any] = self.ask(method, path, **options).json()
        return found

    @contextmanager
    def stream(self, path: str, *, headers: Mapping[str, str], read_timeout_s: float) -> Iterator[httpx.Response]:
        """Open an answer that is read while it comes; failures of the network pass."""
        timeout = httpx.Timeout(self.timeout_s, read=read_timeout_s)
        with self.http.stream("GET", path, headers=dict(headers), timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
                checked(answer)
            yield answer

    def _silent(self, error: httpx.TransportError) -> errors.UnavailableError:
        why = str(error) or type(error).__name__
        return errors.UnavailableError(f"{self.url} does not answer ({why}); check the address, and try again")


def checked(answer: httpx.Response) -> httpx.Response:
    """Return a good answer; raise what another one tells of."""
    if answer.is_success:
        return answer
    content = None
    if "json" in answer.headers.get("content-type", ""):
        try:
            content = answer.json()
        except ValueError:
            content = None
    told = content if isinstance(content, dict) else None
    raise error_of(answer.status_code, told, retry_after_s=_retry_after_s(answer) or 1.0)


def _retry_after_s(answer: httpx.Response) -> float | None:
    try:
        return min(max(float(answer.headers["Retry-After"]), 0.0), _LONGEST_WAIT_S)
    except (KeyError, ValueError):
        return None


def _pause_s(attempt: int) -> float:
    """Return how long to wait after an attempt: twice as long each time, with jitter."""
    return float(0.5 * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
