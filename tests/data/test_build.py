"""Building: the same whoever writes, whole or not at all, gone on with after any end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.data.dataset_cases import NOW, assert_same, make_record, mixed_records, source_of

from palier.core.dataset import LabelledRecord
from palier.core.recording import Provenance, Recording
from palier.data import MemorySource, build_dataset, open_dataset
from palier.data.build import partial_folder, shard_size
from palier.data.schema import INDEX_COLUMNS
from palier.errors import DatasetError, OutputError, ParameterError, ReadError


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@dataclass
class Failing:
    """Gives records until one fails."""

    records: list[LabelledRecord]
    fails_at: int
    error: BaseException
    made: list[int]

    @property
    def description(self) -> dict[str, object]:
        return {"generator": "test", "version": 1, "licence": "CC0-1.0"}

    def __len__(self) -> int:
        return len(self.records)

    def record(self, index: int) -> LabelledRecord:
        if index == self.fails_at:
            raise self.error
        self.made.append(index)
        return self.records[index]


def test_every_fact_of_every_record_comes_back(tmp_path: Path) -> None:
    records = mixed_records()
    dataset = build_dataset(source_of(records), tmp_path / "a", now=lambda: NOW)
    assert len(dataset) == len(records)
    for i, record in enumerate(records):
        assert_same(dataset.record(i), record)
        assert dataset.truth(i) == record.truth


def test_the_card_says_what_is_inside(tmp_path: Path) -> None:
    card = build_dataset(source_of(mixed_records()), tmp_path / "a", name="mixed", now=lambda: NOW).card
    assert (card.name, card.n_records, card.n_simulated, card.n_unlabelled) == ("mixed", 40, 40, 10)
    assert card.classes == {"healthy": 10, "imbalance": 10, "oil_whirl": 10}
    assert card.created == "2026-01-02T03:04:05+00:00"
    assert card.licence == "CC0-1.0"
    assert card.duration_s == pytest.approx(sum(5000 + 300 * (i % 2) for i in range(40) if i != 4) / 1024)
    assert sum(f.stat().st_size for f in (tmp_path / "a").rglob("*.[hp]*")) == card.n_bytes


def test_other_programs_read_the_files(tmp_path: Path) -> None:
    """What h5py and pyarrow see on their own is what was put in."""
    records = mixed_records(9)
    for compression in ("none", "gzip"):
        build_dataset(source_of(records), tmp_path / compression, compression=compression, records_per_shard=4)
        index = pq.read_table(tmp_path / compression / "index.parquet").to_pylist()
        assert list(index[0]) == [c.name for c in INDEX_COLUMNS]
        for row, record in zip(index, records, strict=True):
            with h5py.File(tmp_path / compression / "shards" / f"shard-{row['shard']:05d}.h5") as file:
                array = file[row["array"]]
                np.testing.assert_array_equal(array[row["row"]], record.recording.samples)
                assert file[f"{row['array']}_record_id"][row["row"]].decode() == record.record_id
                assert array.chunks[:2] == (1, array.shape[1])
                assert array.compression == (None if compression == "none" else "gzip")


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    source = source_of(mixed_records())
    seen: list[tuple[int, int]] = []
    one = build_dataset(source, tmp_path / "one", now=lambda: NOW)
    two = build_dataset(source, tmp_path / "two", workers=2, on_progress=lambda *p: seen.append(p), now=lambda: NOW)
    assert two.card.content_hash == one.card.content_hash
    assert two.card.shards == one.card.shards  # even the bytes
    assert seen[-1] == (40, 40)
    assert sorted(seen) == seen


@pytest.mark.integration
@pytest.mark.filterwarnings("default")
def test_a_cluster_makes_the_same(tmp_path: Path) -> None:
    from distributed import LocalCluster

    source = source_of(mixed_records())
    seen: list[tuple[int, int]] = []
    one = build_dataset(source, tmp_path / "one")
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        other = build_dataset(
            source, tmp_path / "two", scheduler=cluster.scheduler_address, on_progress=lambda *p: seen.append(p)
        )
    assert other.card.content_hash == one.card.content_hash
    assert seen[-1] == (40, 40)
    for i in (0, 7, 39):
        assert_same(other.record(i), one.record(i))


def test_no_scheduler_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no Dask scheduler answers"):
        build_dataset(source_of(mixed_records(2)), tmp_path / "a", scheduler="nonsense://nowhere")


def test_progress_counts_every_record(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    build_dataset(source_of(mixed_records(10)), tmp_path / "a", on_progress=lambda *p: seen.append(p))
    assert seen == [(i, 10) for i in range(11)]


def test_the_content_hash_knows_facts_and_samples_and_not_their_storage(tmp_path: Path) -> None:
    records = mixed_records(12)

    def content(name: str, changed: list[LabelledRecord], **options: object) -> str:
        return build_dataset(source_of(changed), tmp_path / name, **options).card.content_hash  # type: ignore[arg-type]

    base = content("base", records)
    assert content("gzip", records, compression="gzip") == base
    assert content("window", records, window_s=0.25) == base
    assert content("shards", records, records_per_shard=5) == base
    assert content("order", records[::-1]) != base
    from dataclasses import replace

    assert content("fact", [replace(records[0], rig="other"), *records[1:]]) != base
    assert content("truth", [replace(records[0], truth={"ratio": 1}), *records[1:]]) != base
    louder = replace(records[0].recording, samples=np.nextafter(records[0].recording.samples, np.float32(9)))
    assert content("sample", [replace(records[0], recording=louder), *records[1:]]) != base


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "no records"),
        ([make_record(1), make_record(2), make_record(1)], "two records are called 'r1'"),
    ],
)
def test_records_that_cannot_be_one_dataset(tmp_path: Path, records: list[LabelledRecord], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        build_dataset(source_of(records), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_samples_changed_behind_a_record_are_refused(tmp_path: Path) -> None:
    x = np.zeros((1, 4096), np.float32)
    record = LabelledRecord("r0", Recording(x, Provenance("a", "0" * 64), sampling_rate_hz=64.0))
    x[0, 7] = np.nan
    with pytest.raises(ParameterError, match=r"record 'r0': 1 of 4096 samples are NaN or infinite"):
        build_dataset(source_of([record]), tmp_path / "a")


def test_a_truth_without_a_json_form_is_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    for truth in ({"x": float("nan")}, {"x": object()}):
        with pytest.raises(ParameterError, match="record 'r1': its truth is no JSON value"):
            build_dataset(source_of([replace(make_record(1), truth=truth)]), tmp_path / "a")


@pytest.mark.parametrize(
    "options",
    [{"workers": 0}, {"compression": "lzma"}, {"window_s": 0.0}, {"window_s": np.nan}, {"records_per_shard": 0}],
)
def test_arguments_outside_their_range(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(options))):
        build_dataset(source_of([make_record(1)]), tmp_path / "a", **options)  # type: ignore[arg-type]


def test_what_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    build_dataset(source_of(mixed_records(3)), tmp_path / "a")
    with pytest.raises(OutputError, match="is a dataset; name another"):
        build_dataset(source_of(mixed_records(4)), tmp_path / "a")
    build_dataset(source_of(mixed_records(4)), tmp_path / "a", overwrite="replace")
    assert open_dataset(tmp_path / "a").card.n_records == 4
    assert names(tmp_path) == ["a"]


def test_a_folder_that_is_no_dataset_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="something that is no dataset"):
        build_dataset(source_of(mixed_records(3)), tmp_path / "a", overwrite="replace")
    assert (tmp_path / "a" / "thesis.txt").read_text() == "years of work"


def test_a_system_that_cannot_exchange_names_replaces_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palier.data.files._exchange", lambda *_: False)
    build_dataset(source_of(mixed_records(3)), tmp_path / "a")
    build_dataset(source_of(mixed_records(5)), tmp_path / "a", overwrite="replace")
    assert open_dataset(tmp_path / "a").card.n_records == 5
    assert names(tmp_path) == ["a"]
    (tmp_path / "a").rename(tmp_path / ".a.previous")
    with pytest.raises(DatasetError, match=r"was being replaced.*\.a\.previous"):
        open_dataset(tmp_path / "a")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ReadError("file 20 is damaged")])
def test_an_end_in_the_middle_is_gone_on_with(tmp_path: Path, error: BaseException) -> None:
    records = mixed_records()
    first, second = Failing(records, 20, error, []), Failing(records, -1, error, [])
    with pytest.raises(type(error)) as caught:
        build_dataset(first, tmp_path / "a")
    if isinstance(error, KeyboardInterrupt):
        assert "the same call goes on" in caught.value.__notes__[0]
    assert not (tmp_path / "a").exists()
    with pytest.raises(DatasetError, match="is not finished"):
        open_dataset(tmp_path / "a")
    seen: list[tuple[int, int]] = []
    dataset = build_dataset(second, tmp_path / "a", on_progress=lambda *p: seen.append(p))
    assert second.made == list(range(16, 40))  # two shards of eight were finished
    assert seen[0] == (16, 40)
    assert dataset.card.content_hash == build_dataset(source_of(records), tmp_path / "b").card.content_hash
    assert names(tmp_path) == ["a", "b"]


def test_a_finished_shard_that_was_damaged_is_written_again(tmp_path: Path) -> None:
    records = mixed_records()
    with pytest.raises(ReadError):
        build_dataset(Failing(records, 20, ReadError("x"), []), tmp_path / "a")
    shard = partial_folder(tmp_path / "a") / "dataset" / "shards" / "shard-00000.h5"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    again = Failing(records, -1, ReadError("x"), [])
    dataset = build_dataset(again, tmp_path / "a")
    assert again.made == [*range(8), *range(16, 40)]
    assert_same(dataset.record(3), records[3])


def test_unfinished_work_of_another_source_is_not_thrown_away_unasked(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        build_dataset(Failing(mixed_records(), 20, ReadError("x"), []), tmp_path / "a")
    other = source_of(mixed_records(5), seed=3)
    with pytest.raises(OutputError, match="unfinished dataset of another source"):
        build_dataset(other, tmp_path / "a")
    assert build_dataset(other, tmp_path / "a", overwrite="replace").card.n_records == 5


def test_an_interrupted_replacement_leaves_what_was_there(tmp_path: Path) -> None:
    build_dataset(source_of(mixed_records(3)), tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        build_dataset(Failing(mixed_records(), 20, KeyboardInterrupt(), []), tmp_path / "a", overwrite="replace")
    assert open_dataset(tmp_path / "a").verify().whole


KILLED = """
import sys, time
from dataclasses import dataclass
from pathlib import Path
from palier.data import MemorySource, build_dataset
from tests.data.dataset_cases import mixed_records

@dataclass
class Slow:
    records: list
    description: dict
    def __len__(self): return len(self.records)
    def record(self, i):
        time.sleep(0.02)
        return self.records[i]

if __name__ == "__main__":
    source = Slow(mixed_records(), {"generator": "test", "version": 1, "licence": "CC0-1.0"})
    build_dataset(source, Path(sys.argv[1]), workers=int(sys.argv[2]), overwrite="replace",
                  on_progress=lambda done, total: print(done, flush=True))
"""


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_writer_leaves_the_previous_state(tmp_path: Path, workers: int, how: signal.Signals) -> None:
    """A real process, ended in the middle of its work; then the work is gone on with."""
    before = build_dataset(source_of(mixed_records(3)), tmp_path / "a").card.content_hash
    script = tmp_path / "write.py"
    script.write_text(KILLED)
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, script, tmp_path / "a", str(workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)}, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 20:
            break
    if how == signal.SIGKILL:
        process.kill()  # the writer alone: what it started must end by itself
    else:
        os.killpg(process.pid, how)  # Ctrl-C reaches the whole group
    process.stdout.close()
    _, said = process.communicate(timeout=20)
    if how == signal.SIGINT:
        assert "the same call goes on" in said
    until = time.monotonic() + 20
    while _alive(process.pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _alive(process.pid), "a worker outlived the process that started it"
    assert open_dataset(tmp_path / "a").card.content_hash == before
    assert open_dataset(tmp_path / "a").verify().whole
    seen: list[int] = []
    records = mixed_records()
    dataset = build_dataset(
        source_of(records), tmp_path / "a", overwrite="replace", on_progress=lambda done, _: seen.append(done)
    )
    assert seen[0] >= 8, "nothing of the killed writer's work was kept"
    assert dataset.card.content_hash == build_dataset(source_of(records), tmp_path / "b").card.content_hash


DYING = """
import os, signal, sys
from pathlib import Path
from palier.data import build_dataset
from tests.data.dataset_cases import make_record

class Dying:
    description = {"generator": "test"}
    def __len__(self): return 40
    def record(self, i):
        if i == 30 and not Path(sys.argv[1]).with_name("healed").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return make_record(i)

if __name__ == "__main__":
    build_dataset(Dying(), Path(sys.argv[1]), workers=2)
"""


def test_a_worker_that_is_killed_is_said(tmp_path: Path) -> None:
    script, root = tmp_path / "write.py", Path(__file__).resolve().parents[2]
    script.write_text(DYING)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, script, tmp_path / "a"], capture_output=True, text=True, cwd=root, check=False, timeout=60,
            env={**os.environ, "PYTHONPATH": str(root)},
        )  # fmt: skip

    assert "OutputError: a process that wrote the dataset was killed" in run().stderr
    assert not (tmp_path / "a").exists()
    (tmp_path / "healed").touch()
    assert run().returncode == 0
    assert len(open_dataset(tmp_path / "a")) == 40


def _alive(group: int) -> bool:
    """Say whether any process of a group is left, zombies aside."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of_group) == group and state not in "ZX":
            return True
    return False


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    class Second:
        description = source_of([]).description

        def __len__(self) -> int:
            return 1

        def record(self, index: int) -> LabelledRecord:
            with pytest.raises(OutputError, match="another process is writing"):
                build_dataset(source_of([make_record(1)]), tmp_path / "a")
            return make_record(1)

    assert build_dataset(Second(), tmp_path / "a").card.n_records == 1


def test_a_full_disk_is_said_and_the_work_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    calls = []

    def full(path: Path) -> None:
        calls.append(path)
        if len(calls) == 8:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("palier.data.writer.synchronise", full)
    with pytest.raises(OutputError, match="the disk or the quota is full; make room"):
        build_dataset(source_of(mixed_records(72)), tmp_path / "a")
    assert not list(partial_folder(tmp_path / "a").rglob("*.part"))
    monkeypatch.undo()
    seen: list[int] = []
    build_dataset(source_of(mixed_records(72)), tmp_path / "a", on_progress=lambda done, _: seen.append(done))
    assert seen[0] == 56


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write anywhere")
def test_no_permission_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="choose a folder that you may write to"):
        build_dataset(source_of(mixed_records(2)), tmp_path / "a")


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        build_dataset(source_of(mixed_records(2)), tmp_path / "file" / "a")


def test_the_shards_depend_on_the_number_of_records_alone() -> None:
    assert [shard_size(n) for n in (1, 64, 1024, 1025, 3520, 10**6)] == [8, 8, 8, 9, 28, 4096]


def test_a_memory_source_is_a_source() -> None:
    source = MemorySource([make_record(0)])
    assert len(source) == 1
    assert source.record(0).record_id == "r0"
