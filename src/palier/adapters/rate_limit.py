"""Request limits over a moving window, shared through Redis where it is configured."""

import time
from functools import lru_cache
from threading import Lock

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from palier.app.ports import RateDecision

__all__ = ["WindowLimiter"]

_log = structlog.get_logger(__name__)

#: How long Redis is left alone after it did not answer.
_REST_S = 5.0


class WindowLimiter:
    """See `palier.app.ports.RateLimiter`. Where Redis does not answer, each process counts for itself and says so."""

    def __init__(self, redis_url: str | None) -> None:
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis = None if redis_url is None else MovingWindowRateLimiter(_redis(redis_url))
        self._rest_until_s = 0.0
        self._fallbacks = 0
        self._lock = Lock()

    def hit(self, rule: str, subject: str) -> RateDecision:
        """Count one request of a subject under a rule such as ``"120/minute"``."""
        item = _rule(rule)
        if self._redis is not None and time.monotonic() >= self._rest_until_s:
            try:
                return _decided(self._redis, item, subject)
            except StorageError:
                with self._lock:
                    self._fallbacks += 1
                    self._rest_until_s = time.monotonic() + _REST_S
                _log.warning("Redis does not answer; request limits are counted in this process alone")
        return _decided(self._memory, item, subject)

    def degraded(self) -> str | None:
        """Return why limits are counted per process although Redis is configured, or None."""
        if self._redis is None or time.monotonic() >= self._rest_until_s:
            return None
        return f"Redis does not answer; limits are counted in each process alone ({self._fallbacks} times so far)"

    @property
    def fallbacks(self) -> int:
        """Return how often Redis did not answer."""
        return self._fallbacks


def _redis(url: str) -> Storage:
    return RedisStorage(
        url, wrap_exceptions=True, socket_connect_timeout=0.5, socket_timeout=0.5, retry_on_timeout=False
    )


@lru_cache(maxsize=32)
def _rule(rule: str) -> RateLimitItem:
    return parse(rule)


def _decided(limiter: MovingWindowRateLimiter, item: RateLimitItem, subject: str) -> RateDecision:
    allowed = limiter.hit(item, subject)
    reset_at, remaining = limiter.get_window_stats(item, subject)
    return RateDecision(allowed, item.amount, max(0, remaining), max(0.0, reset_at - time.time()))
