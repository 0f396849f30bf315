"""Request limits: in memory, and through Redis up, down and coming back."""

from pathlib import Path

import pytest
from tests.servers import free_port, started_redis

from palier.adapters import rate_limit
from palier.adapters.rate_limit import WindowLimiter


def test_a_window_in_memory() -> None:
    limiter = WindowLimiter(None)
    decisions = [limiter.hit("3/minute", "ada") for _ in range(5)]
    assert [d.allowed for d in decisions] == [True, True, True, False, False]
    assert [d.remaining for d in decisions] == [2, 1, 0, 0, 0]
    assert all(d.limit == 3 and 0 <= d.reset_after_s <= 60 for d in decisions)
    assert limiter.hit("3/minute", "grace").allowed
    assert limiter.degraded() is None


def test_refused_requests_do_not_lengthen_the_wait() -> None:
    limiter = WindowLimiter(None)
    limiter.hit("1/minute", "ada")
    waits = [limiter.hit("1/minute", "ada").reset_after_s for _ in range(20)]
    assert waits == sorted(waits, reverse=True)


def test_a_redis_that_never_answered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1000.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: at[0])
    limiter = WindowLimiter(f"redis://127.0.0.1:{free_port()}/0")
    assert [limiter.hit("2/minute", "ada").allowed for _ in range(3)] == [True, True, False]
    assert "Redis does not answer" in str(limiter.degraded())
    assert limiter.fallbacks == 1, "it is left alone for a while"
    at[0] += 6
    limiter.hit("2/minute", "ada")
    assert limiter.fallbacks == 2


@pytest.mark.integration
def test_processes_share_a_window_through_redis_up_down_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [1000.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: at[0])
    with started_redis(tmp_path) as redis:
        first, second = WindowLimiter(redis.url), WindowLimiter(redis.url)
        assert [limiter.hit("3/hour", "ada").allowed for limiter in (first, second, first, second)] == [
            True, True, True, False
        ]  # fmt: skip
        assert (first.degraded(), first.fallbacks) == (None, 0)
        redis.stop()
        assert [first.hit("3/hour", "ada").allowed for _ in range(4)] == [True, True, True, False]
        assert second.hit("3/hour", "ada").allowed, "each process counts for itself now"
        assert "counted in each process alone (1 times so far)" in str(first.degraded())
        redis.start()
        at[0] += 6
        assert not first.hit("3/hour", "ada").allowed, "what Redis kept counts again"
        assert first.hit("3/hour", "grace").allowed
        assert first.degraded() is None
