"""The cache of unpacked pieces: right under threads, and never larger than its limit."""

import threading
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from palier.data.window_cache import WindowCache
from palier.errors import ParameterError

LIMIT = 100 * 8


class CacheMachine(RuleBasedStateMachine):
    """Single steps against a naive model; and bursts of threads, after which everything must add up."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = WindowCache(limit_bytes=LIMIT)
        self.model: OrderedDict[int, int] = OrderedDict()
        self.calls = 0

    @staticmethod
    def size(key: int) -> int:
        return 1 + (key * 37) % 120  # some are larger than the limit

    def made(self, key: int) -> np.ndarray:
        self.calls += 1
        return np.full(self.size(key), key, np.float64)

    @rule(key=st.integers(0, 12))
    def get(self, key: int) -> None:
        before = self.calls
        array = self.cache.get_or_load(key, lambda: self.made(key))
        assert array.tolist() == [key] * self.size(key)
        assert (self.calls == before) == (key in self.model)
        if key in self.model:
            self.model.move_to_end(key)
        elif self.size(key) * 8 <= LIMIT:
            self.model[key] = self.size(key) * 8
            while sum(self.model.values()) > LIMIT:
                self.model.popitem(last=False)

    @rule()
    def forget(self) -> None:
        self.cache.clear()
        self.model.clear()

    @rule(seed=st.integers(0, 10**6))
    def burst(self, seed: int) -> None:
        wrong: list[int] = []

        def work(k: int) -> None:
            rng = np.random.default_rng([seed, k])
            for key in rng.integers(0, 13, 40).tolist():
                array = self.cache.get_or_load(key, lambda key=key: np.full(self.size(key), key, np.float64))
                if array.tolist() != [key] * self.size(key):
                    wrong.append(key)
                if self.cache.count().n_bytes > LIMIT:
                    wrong.append(-1)

        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert wrong == []
        # the order of use is the threads' affair; from here on the model follows what is there
        self.model = OrderedDict((k, a.nbytes) for k, a in self.cache._arrays.items())

    @invariant()
    def it_adds_up(self) -> None:
        count = self.cache.count()
        assert count.n_bytes == sum(self.model.values()) <= LIMIT
        assert count.entries == len(self.model)
        assert self.cache._loading == {}


CacheMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestCache = CacheMachine.TestCase


def test_of_several_threads_that_miss_one_loads() -> None:
    cache = WindowCache(limit_bytes=1000)
    calls: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def load() -> np.ndarray:
        calls.append(1)
        begun.set()
        go_on.wait(10)
        return np.ones(3)

    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get_or_load("k", load))) for _ in range(5)]
    threads[0].start()
    begun.wait(10)
    for t in threads[1:]:
        t.start()
    go_on.set()
    for t in threads:
        t.join()
    assert len(calls) == 1
    assert all(a is found[0] for a in found)
    assert (cache.count().misses, cache.count().hits) == (1, 4)


def test_a_failure_is_the_callers_and_nothing_is_left_of_it() -> None:
    cache = WindowCache(limit_bytes=1000)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_load("k", lambda: np.zeros(1 // 0))
    assert cache.get_or_load("k", lambda: np.ones(2)).tolist() == [1, 1]


def test_who_waited_for_a_failure_loads_for_themselves() -> None:
    cache = WindowCache(limit_bytes=1000)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> np.ndarray:
        begun.set()
        go_on.wait(10)
        raise OSError

    def first() -> None:
        with pytest.raises(OSError):  # noqa: PT011 - its message does not matter
            cache.get_or_load("k", fail)

    found: list[np.ndarray] = []
    one = threading.Thread(target=first)
    other = threading.Thread(target=lambda: found.append(cache.get_or_load("k", lambda: np.ones(1))))
    one.start()
    begun.wait(10)
    other.start()
    go_on.set()
    one.join()
    other.join()
    assert found[0].tolist() == [1]


def test_arrays_are_read_only_and_limits_checked() -> None:
    array = WindowCache(limit_bytes=0).get_or_load("k", lambda: np.ones(2))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2
    with pytest.raises(ParameterError, match="limit_bytes is -1"):
        WindowCache(limit_bytes=-1)
