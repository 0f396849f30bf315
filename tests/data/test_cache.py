"""The cache of derived arrays: what comes out is what was computed, whoever else is writing."""

import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from palier.data.cache import CacheKey, DerivedCache, default_cache_folder
from palier.errors import ParameterError


def key(n: int, **changes: object) -> CacheKey:
    return CacheKey("test", **{"content": f"{n:064x}", "parameters": {"n": n}, **changes})  # type: ignore[arg-type]


def never() -> np.ndarray:
    raise AssertionError("it was there")


@given(array=arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(min_dims=0, min_side=0)))
def test_any_array_comes_back(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    cache = DerivedCache(tmp_path_factory.mktemp("c"), 10**6)
    cache.get_or_compute(key(1), lambda: array)
    again = cache.get_or_compute(key(1), never)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.tobytes() == array.tobytes()


def test_everything_that_an_array_depends_on_is_in_its_key() -> None:
    keys = [
        key(1), key(2), key(1, parameters={"n": 2}), key(1, parameters={}), key(1, schema_version=2),
        key(1, code_version="2"), CacheKey("other", content=f"{1:064x}", parameters={"n": 1}),
    ]  # fmt: skip
    assert len({k.digest for k in keys}) == len(keys)
    assert key(1).digest == key(1).digest
    with pytest.raises(ParameterError, match="no JSON value"):
        key(1, parameters={"x": object()})
    with pytest.raises(ParameterError, match="neither may be empty"):
        key(1, content="")


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    size = 1000 * 8 + 128 + 32
    cache = DerivedCache(tmp_path, 10 * size)
    for n in range(10):
        cache.get_or_compute(key(n), lambda n=n: np.full(1000, float(n)))
        os.utime(cache._path(key(n)), (n, n))
    assert (cache.info().n_entries, cache.info().n_bytes) == (10, 10 * size)
    cache.get_or_compute(key(0), never)  # now it is the youngest
    cache.get_or_compute(key(10), lambda: np.zeros(1000))
    assert cache.info().n_bytes <= 10 * size
    assert not cache._path(key(1)).exists()
    assert cache._path(key(0)).exists()
    cache.get_or_compute(key(9), never)


@given(sizes=st.lists(st.integers(0, 400), max_size=30))
def test_the_limit_holds_whatever_comes(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    cache = DerivedCache(tmp_path_factory.mktemp("c"), 2000)
    for n, size in enumerate(sizes):
        made = np.arange(size, dtype=np.float64)
        np.testing.assert_array_equal(cache.get_or_compute(key(n), lambda made=made: made), made)
        info = cache.info()
        assert info.n_bytes <= 2000
        assert info.n_bytes == (cache._noted() if info.n_entries else info.n_bytes)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "pickle"])
def test_a_damaged_entry_is_computed_anew(tmp_path: Path, damage: str) -> None:
    cache = DerivedCache(tmp_path, 10**6)
    cache.get_or_compute(key(1), lambda: np.arange(100.0))
    path = cache._path(key(1))
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[:-1]
    elif damage == "flip":
        data[300] ^= 1
    elif damage == "empty":
        data = bytearray()
    else:
        data = bytearray(b"\x80\x04cos\nsystem\n")
    path.write_bytes(data)
    assert cache.get_or_compute(key(1), lambda: np.arange(100.0)).tolist() == list(range(100))
    assert cache.get_or_compute(key(1), never).tolist() == list(range(100))


def test_entries_are_npy_files(tmp_path: Path) -> None:
    cache = DerivedCache(tmp_path, 10**6)
    cache.get_or_compute(key(1), lambda: np.arange(6).reshape(2, 3).T)
    with cache._path(key(1)).open("rb") as file:
        np.testing.assert_array_equal(np.load(file, allow_pickle=False), np.arange(6).reshape(2, 3).T)


def test_what_cannot_be_kept(tmp_path: Path) -> None:
    cache = DerivedCache(tmp_path, 100)
    assert len(cache.get_or_compute(key(1), lambda: np.zeros(1000))) == 1000
    assert cache.info().n_entries == 0
    with pytest.raises(ParameterError, match="an array of object cannot be kept"):
        cache.get_or_compute(key(1), lambda: np.array([{}]))
    with pytest.raises(ParameterError, match="limit_bytes is -1"):
        DerivedCache(tmp_path, -1)
    (tmp_path / "file").write_text("")
    nowhere = DerivedCache(tmp_path / "file" / "x", 10**6)
    assert nowhere.get_or_compute(key(1), lambda: np.ones(2)).tolist() == [1, 1]
    assert nowhere.clear() == 0


def test_a_failure_is_the_callers(tmp_path: Path) -> None:
    cache = DerivedCache(tmp_path, 10**6)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_compute(key(1), lambda: np.zeros(1 // 0))
    assert cache.info().n_entries == 0


def test_clearing(tmp_path: Path) -> None:
    cache = DerivedCache(tmp_path / "c", 10**6)
    assert cache.clear() == 0
    for n in range(3):
        cache.get_or_compute(key(n), lambda: np.ones(2))
    assert cache.clear() == 3
    assert (cache.info().n_entries, cache.info().n_bytes) == (0, 0)
    cache.get_or_compute(key(1), lambda: np.ones(2))
    assert cache._noted() == cache.info().n_bytes


def _hammer(folder: Path, seed: int, limit: int, queue: object) -> None:
    cache, rng, wrong, worst = DerivedCache(folder, limit), np.random.default_rng(seed), 0, 0
    for step in range(120):
        n = int(rng.integers(0, 30))
        found = cache.get_or_compute(key(n), lambda n=n: np.full(50 + 10 * n, float(n)))
        wrong += found.tolist() != [n] * (50 + 10 * n)
        if step % 10 == 0:
            worst = max(worst, cache.info().n_bytes)
        if rng.random() < 0.05:
            path = cache._path(key(int(rng.integers(0, 30))))
            if path.exists():
                path.write_bytes(b"damaged")
        if rng.random() < 0.01:
            cache.clear()
    queue.put((wrong, worst))  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_processes_that_write_damage_and_clear_all_at_once(tmp_path: Path) -> None:
    """Four processes on one small cache: nobody ever gets an array that is not the right one."""
    context = multiprocessing.get_context("fork")
    queue, limit = context.Queue(), 20_000
    children = [context.Process(target=_hammer, args=(tmp_path, seed, limit, queue)) for seed in range(4)]
    for child in children:
        child.start()
    found = [queue.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    assert [wrong for wrong, _ in found] == [0] * 4
    # who counts while others replace entries may see an old and a new one of each of them
    assert max(worst for _, worst in found) <= limit + 4 * (8 * 350 + 128)
    assert DerivedCache(tmp_path, limit).info().n_bytes <= limit
    assert not list(tmp_path.rglob("*.part"))


def test_a_killed_writer_leaves_no_half_entry(tmp_path: Path) -> None:
    """Ended at any moment, a process leaves a cache from which everything that is read is right."""
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_write_for_ever, args=(tmp_path,))
    child.start()
    until = time.monotonic() + 30
    while not list(tmp_path.rglob("*.npy")) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.05)
    child.kill()
    child.join()
    cache = DerivedCache(tmp_path, 10**6)
    assert cache.info().n_entries > 0
    for n in range(40):
        assert (cache.get_or_compute(key(n), lambda n=n: np.full(3000, float(n))) == n).all()


def _write_for_ever(folder: Path) -> None:
    cache, n = DerivedCache(folder, 10**6), 0
    while True:
        cache.get_or_compute(key(n % 60), lambda n=n: np.full(3000, float(n % 60)))
        n += 1


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PALIER_CACHE_DIR", str(tmp_path))
    assert default_cache_folder() == tmp_path
    monkeypatch.delenv("PALIER_CACHE_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert default_cache_folder() == tmp_path / "x" / "palier"
    monkeypatch.setattr("sys.platform", "darwin")
    assert default_cache_folder() == Path.home() / "Library" / "Caches" / "palier"
