"""Argon2id as it is used; with little memory here, for speed."""

import threading
from typing import Any

import pytest

from palier.adapters import passwords
from palier.adapters.passwords import Argon2Hasher


@pytest.fixture
def quick() -> Argon2Hasher:
    return Argon2Hasher(memory_kib=64, passes=1)


def test_a_hash_is_salted_and_opens_with_its_password_alone(quick: Argon2Hasher) -> None:
    first, second = quick.hash("copper lantern meadow"), quick.hash("copper lantern meadow")
    assert first != second
    assert first.startswith("$argon2id$")
    assert quick.verify("copper lantern meadow", first)
    assert not quick.verify("copper lantern meadow ", first)
    assert not quick.verify("", first)


@pytest.mark.parametrize("hashed", ["", "none", "$argon2id$v=19$broken", "5f4dcc3b5aa765d61d8327deb882cf99"])
def test_what_is_no_hash_opens_with_nothing(quick: Argon2Hasher, hashed: str) -> None:
    assert not quick.verify("", hashed)
    assert not quick.verify("nobody has this password", hashed)


def test_nobody_has_no_password_but_the_same_work_is_done(quick: Argon2Hasher) -> None:
    asked: list[str] = []

    class Counting:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def hash(self, password: str) -> str:
            return str(self.inner.hash(password))

        def verify(self, hashed: str, password: str) -> bool:
            asked.append(hashed)
            return bool(self.inner.verify(hashed, password))

    quick._argon2 = Counting(quick._argon2)  # type: ignore[assignment]
    assert not quick.verify("nobody has this password", None)
    assert not quick.verify("x", None)
    assert len(asked) == 2
    assert all(h.startswith("$argon2id$v=19$m=64,t=1,p=1$") for h in asked)


def test_new_parameters_make_old_hashes_outdated(quick: Argon2Hasher) -> None:
    stronger = Argon2Hasher(memory_kib=128, passes=1)
    old = quick.hash("copper lantern meadow")
    assert (quick.outdated(old), stronger.outdated(old)) == (False, True)
    assert stronger.verify("copper lantern meadow", old)


def test_the_parameters_are_those_of_the_design() -> None:
    real = Argon2Hasher()._argon2
    assert (real.memory_cost, real.time_cost, real.type.name) == (65_536, 3, "ID")
    assert passwords._AT_ONCE <= 4


def test_only_a_few_are_at_work_at_once() -> None:
    hasher = Argon2Hasher(memory_kib=64, passes=1, at_once=2)
    inside, most, lock, both_in = 0, 0, threading.Lock(), threading.Barrier(2)

    class Slow:
        def hash(self, password: str) -> str:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            both_in.wait(10)  # two at a time get here, or this breaks
            with lock:
                inside -= 1
            return password

    hasher._argon2 = Slow()  # type: ignore[assignment]
    threads = [threading.Thread(target=hasher.hash, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 2
