"""The leak check finds every planted leak, with its pair and its lag, and nothing between distinct records."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal
from tests.data.dataset_cases import NOW, source_of

from palier.core.dataset import LabelledRecord
from palier.core.recording import Provenance, Recording
from palier.core.split import Fold, Split
from palier.data import build_dataset
from palier.data.leak_search import candidates, landmarks, prints_of, prove
from palier.data.leaks import check_leaks, check_split, copies_across, members_of_files, refuse_copies
from palier.errors import LeakError
from palier.simulate.dataset import JournalSource, RollingSource
from palier.simulate.spec import DatasetSpec

N = 20_480


@dataclass(frozen=True)
class Held:
    name: str
    samples: np.ndarray

    def read(self):
        return np.atleast_2d(self.samples).astype(np.float32)


def machine(seed, n=N):
    """A shaft line, its harmonic, a resonance and noise: what tells records apart is the noise alone."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    b, a = signal.butter(2, [0.3, 0.4], "band")
    lines = 3 * np.sin(0.01 * t + rng.uniform(0, 6)) + np.sin(0.02 * t)
    return lines + rng.normal(size=n) + 3 * signal.lfilter(b, a, rng.normal(size=n))


def copies(x):
    low, high = signal.butter(4, 0.3), signal.butter(4, 0.2, "high")
    rng = np.random.default_rng(99)
    return {
        "scaled": (2.5 * x - 7, 0),
        "inverted": (-x, 0),
        "rounded": (np.round(x * 50) / 50, 0),
        "low-pass": (signal.lfilter(*low, x), None),
        "high-pass": (signal.filtfilt(*high, x), 0),
        "integrated": (np.cumsum(x - x.mean()), None),
        "noisy": (x + 0.05 * x.std() * rng.normal(size=len(x)), 0),
        "shifted": (np.r_[machine(50, 333), x[:-333]], 333),
        "cut": (x[7001:], -7001),
        "end": (x[-4096:], -(N - 4096)),
        "cut and filtered": (signal.filtfilt(*low, x[5000:15000]), -5000),
    }


@pytest.mark.parametrize("kind", copies(np.zeros(N)))
def test_every_kind_of_copy_is_found_with_its_lag(kind):
    x = machine(1)
    copy, lag = copies(x)[kind]
    others = [Held(f"other {i}", machine(10 + i)) for i in range(6)]
    found = check_leaks([Held("x", x), *others[:3]], [], [*others[3:], Held("copy", copy)])
    assert [(f.source, f.values["other"]) for f in found] == [("x", "copy")]
    assert found[0].key in ("leak_near_copy", "leak_overlap")
    assert found[0].severity == "fatal"
    assert found[0].values["sides"] == ("train", "test")
    if lag is None:
        assert abs(found[0].values["lag"]) < 10
    else:
        assert found[0].values["lag"] == lag
    if kind in ("scaled", "inverted", "cut"):
        assert abs(found[0].values["correlation"]) > 0.99999


def test_an_exact_copy_is_found_even_of_a_signal_that_repeats_itself():
    x = np.sin(0.1 * np.arange(5000))
    found = check_leaks([Held("a", x), Held("b", machine(2))], [], [Held("c", x.copy())])
    assert [(f.key, f.source, f.values["other"]) for f in found] == [("leak_copy", "a", "c")]


def test_a_copy_in_one_of_several_channels_is_found():
    x, y, z = machine(3), machine(4), machine(5)
    found = check_leaks([Held("two", np.stack([y, x]))], [Held("one", 3 * x)], [Held("three", np.stack([z, z + 1, z]))])
    assert [(f.source, f.values["other"], f.values["sides"]) for f in found] == [
        ("two", "one", ("train", "validation"))
    ]


def test_copies_on_one_side_are_no_leak():
    x = machine(6)
    assert check_leaks([Held("a", x), Held("b", 2 * x)], [], [Held("c", machine(7))]) == ()


def test_windows_cut_with_overlap_are_found_and_those_side_by_side_are_not():
    x = machine(8, 40_960)
    windows = [Held(f"w{i}", x[512 * i : 512 * i + 1024]) for i in range(60)]
    found = check_leaks(windows[::2], [], windows[1::2])
    pairs = {frozenset((f.source, f.values["other"])) for f in found}
    assert pairs == {frozenset((f"w{i}", f"w{i + 1}")) for i in range(59)}
    assert {f.values["lag"] for f in found} == {-512, 512}
    beside = [Held(f"w{i}", x[1024 * i : 1024 * i + 1024]) for i in range(40)]
    assert check_leaks(beside[::2], [], beside[1::2]) == ()


@pytest.mark.parametrize(
    "source",
    [
        JournalSource(DatasetSpec(records_per_class=4, duration_s=1.0)),
        RollingSource(DatasetSpec(kind="rolling", records_per_class=8, duration_s=1.0, speed_hz=30.0)),
    ],
    ids=["journal", "rolling"],
)
def test_distinct_simulated_records_raise_no_alarm_and_their_copies_do(source):
    records = [source.record(i).recording.samples for i in range(len(source))]
    held = [Held(f"r{i}", x) for i, x in enumerate(records)]
    assert check_leaks(held[::2], [], held[1::2]) == ()
    copied = [Held(f"copy {i}", 2 * x[:, 1000:] + 1) for i, x in enumerate(records)]
    found = check_leaks(held, [], copied)
    assert {(f.source, f.values["other"]) for f in found} == {(f"r{i}", f"copy {i}") for i in range(len(records))}


def test_distinct_stretches_of_one_machine_raise_no_alarm():
    held = [Held(f"m{i}", machine(100 + i)) for i in range(30)]
    assert check_leaks(held[:20], held[20:25], held[25:]) == ()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-10, 10), st.integers(-6000, 6000))
def test_gain_offset_and_shift_do_not_hide_a_copy(seed, gain, offset, lag):
    x = np.random.default_rng(seed).normal(size=16_000).astype(np.float32)
    a, b = (x[6000:14000], x[6000 - lag : 14000 - lag])
    b = (gain * b + offset).astype(np.float32)
    pairs = list(candidates([prints_of(a, n_records=2), prints_of(b, n_records=2)]))
    assert len(pairs) == 1
    match = prove(a, b, lag=pairs[0][2])
    assert match.lag == lag
    assert match.n_shared == 8000 - abs(lag)


def test_prints_are_few_where_records_are_many():
    x = machine(9).astype(np.float32)
    assert len(prints_of(x, n_records=1).hashes) == 512
    assert len(prints_of(x, n_records=100_000).hashes) == 96


def test_signals_without_landmarks_have_none():
    assert len(landmarks(np.zeros(5000, np.float32))[0]) == 0
    assert len(landmarks(np.ones(100, np.float32))[0]) == 0
    assert list(candidates([])) == []
    assert prove(np.zeros(5000, np.float32), np.zeros(5000, np.float32), lag=0) is None


def test_constant_and_short_records_raise_no_alarm():
    held = [Held("zero", np.zeros(4000)), Held("one", np.ones(4000)), Held("short", machine(1, 20))]
    assert check_leaks(held[:1], held[1:2], held[2:]) == ()


# ---- of stored datasets ----


def record(name, x, **more):
    recording = Recording(
        np.atleast_2d(x).astype(np.float32), Provenance(more.pop("source", f"{name}.wav"), "0" * 64),
        sampling_rate_hz=1024.0,
    )  # fmt: skip
    return LabelledRecord(name, recording, label="wear", **more)


def stored(tmp_path, records):
    return build_dataset(source_of(records), tmp_path / "set", now=lambda: NOW)


def holdout(train, validation, test, **more):
    sides = [np.array(s, np.int64) for s in (train, validation, test)]
    return Split("s", "record", "holdout", (Fold(*sides),), 0, **more)


def test_a_stored_split_is_checked_for_signals_groups_and_files(tmp_path):
    x = machine(20, 8000)
    data = stored(
        tmp_path,
        [
            record("a", x[:6000], bearing="b1", rig="r1", source="day1.wav"),
            record("b", machine(21, 6000), bearing="b2", rig="r2", source="day1.wav"),
            record("c", 2 * x[2000:], bearing="b3", rig="r3"),
            record("d", machine(22, 6000), bearing="b1", rig="r2"),
            record("e", machine(23, 6000)),
        ],
    )
    steps = []
    found = check_split(data, holdout([0, 1], [4], [2, 3]), on_done=lambda *n: steps.append(n))
    assert [(f.key, f.severity) for f in found] == [
        ("leak_group", "fatal"), ("leak_overlap", "fatal"), ("leak_group", "warning")
    ]  # fmt: skip
    assert found[0].values["names"] == ("b1",)
    assert found[2].values["names"] == ("r2",)
    assert steps[-1] == (5, 5)
    assert [f.key for f in check_split(data, holdout([0, 3], [], [1, 4]))] == ["leak_group", "leak_source"]
    assert check_split(data, holdout([0, 1, 3], [], [4])) == ()


def test_every_fold_is_checked_and_named(tmp_path):
    x = machine(30, 6000)
    data = stored(tmp_path, [record("a", x), record("b", machine(31, 6000)), record("c", 3 * x)])
    none = np.zeros(0, np.int64)
    folds = (Fold(np.array([0, 2]), none, np.array([1]), "left"), Fold(np.array([0, 1]), none, np.array([2]), "right"))
    found = check_split(data, Split("s", "record", "kfold", folds, 0))
    assert len(found) == 1
    assert "fold right" in found[0].text


def test_a_split_with_exact_copies_across_is_refused_unless_leaky(tmp_path):
    x = machine(40, 4000)
    data = stored(tmp_path, [record("a", x), record("b", machine(41, 4000)), record("c", x)])
    assert copies_across(data.index, holdout([0, 1], [], [2])) == [("a", "c")]
    with pytest.raises(LeakError, match=r"1 pairs of records on two sides .* a and c"):
        refuse_copies(data.index, holdout([0, 1], [], [2]))
    refuse_copies(data.index, holdout([0, 1], [], [2], leaky=True))
    refuse_copies(data.index, holdout([0, 2], [], [1]))


def test_a_split_of_windows_is_said_to_leak(tmp_path):
    data = stored(tmp_path, [record("a", machine(1, 4000))])
    everyone = np.arange(1)
    split = Split("w", "window", "holdout", (Fold(everyone, everyone[:0], everyone),), 0, leaky=True)
    assert [f.key for f in check_split(data, split)] == ["leak_windows"]
    refuse_copies(data.index, split)


def test_files_of_anybody_are_compared(tmp_path):
    x = machine(60, 6000)
    for name, samples in {"a": x, "b": 2 * x[1000:], "c": machine(61, 6000)}.items():
        np.save(tmp_path / f"{name}.npy", samples)
    a, b, c = members_of_files([tmp_path / f"{n}.npy" for n in "abc"])
    assert [f.key for f in check_leaks([a], [], [b, c])] == ["leak_overlap"]
    assert check_leaks([a], [], [c]) == ()
