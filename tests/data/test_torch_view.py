"""The loader gives every window once, in an order that the seed alone decides, without leaking descriptors."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.data.dataset_cases import make_record, mixed_records, source_of

from palier.data import Dataset, build_dataset
from palier.data.torch_view import WindowView, window_loader
from palier.errors import ParameterError, UndeclaredError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return build_dataset(source_of(mixed_records()), tmp_path_factory.mktemp("d") / "a")


@pytest.fixture(scope="module")
def view(dataset: Dataset) -> WindowView:
    return WindowView(dataset, [1, 7, 2, 20, 39, 12], window_s=0.5, hop_s=0.25)


def seen(loader: object) -> list[tuple[int, int]]:
    return [(int(i), int(s)) for batch in loader for i, s in zip(batch.record, batch.start, strict=True)]  # type: ignore[attr-defined]


def test_batches_are_the_windows_they_say(dataset: Dataset, view: WindowView) -> None:
    for batch in window_loader(view, batch_size=16, seed=1):
        assert (batch.samples.dtype, batch.samples.shape[1]) == (torch.float32, 512)
        x = dataset.windows(batch.record.numpy(), batch.start.numpy(), 512)
        np.testing.assert_array_equal(batch.samples.numpy(), x)
        np.testing.assert_array_equal(batch.class_index.numpy(), dataset.index.column("class_index")[batch.record])
        np.testing.assert_array_equal(batch.speed_hz.numpy(), dataset.index.column("speed_hz")[batch.record])


def test_the_seed_alone_decides_the_order(view: WindowView) -> None:
    ordered = list(zip(view.record.tolist(), view.start.tolist(), strict=True))
    assert seen(window_loader(view, batch_size=7, seed=None)) == ordered
    loader = window_loader(view, batch_size=7, seed=5)
    first, second = seen(loader), seen(loader)
    assert sorted(first) == sorted(second) == sorted(ordered)
    assert first != second != ordered
    other = window_loader(view, batch_size=7, seed=5, workers=2)
    assert [seen(other), seen(other)] == [first, second]
    assert seen(window_loader(view, batch_size=7, seed=6)) != first


def test_one_item_is_a_batch_of_one(view: WindowView) -> None:
    assert view[3].samples.shape == (1, 512)
    assert len(view) == len(view.record)


def test_what_a_loader_cannot_give(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UndeclaredError, match="record r4"):
        WindowView(dataset, [4], window_s=0.5)
    rates = build_dataset(source_of([make_record(i, rate_hz=1000.0 + 500 * i) for i in range(2)]), tmp_path / "b")
    with pytest.raises(ParameterError, match=r"windows of 1.0 s have \[1000, 1500\] samples"):
        WindowView(rates, [0, 1], window_s=1.0)
    for bad in ({"batch_size": 0}, {"workers": -1}, {"seed": -1}):
        with pytest.raises(ParameterError, match="batch_size, workers and seed"):
            window_loader(WindowView(dataset, [1], window_s=0.5), **{"batch_size": 4, "seed": 0, **bad})  # type: ignore[arg-type]


def descriptors(pids: list[int]) -> dict[int, int]:
    """Count the open files of processes, each at its calmest: shared memory is opened and closed within an instant."""
    found = []
    for _ in range(8):
        found.append([len(os.listdir(f"/proc/{pid}/fd")) for pid in pids])  # noqa: PTH208 - only their number counts
        time.sleep(0.005)
    return dict(zip(pids, np.min(found, axis=0).tolist(), strict=True))


@pytest.mark.integration
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
@pytest.mark.filterwarnings("ignore:This DataLoader will create 8 worker processes:UserWarning")
def test_open_descriptors_are_constant_over_a_thousand_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight workers, 1,000 batches; every shard is open in every worker after the first hundred, and only once.

    Tensors travel through named shared memory here: PyTorch's other way holds a descriptor for each one under way.
    """
    strategy = torch.multiprocessing.get_sharing_strategy()
    monkeypatch.setattr(torch.multiprocessing, "_sharing_strategy", strategy)
    torch.multiprocessing.set_sharing_strategy("file_system")
    source = source_of([make_record(i) for i in range(40)])
    dataset = build_dataset(source, tmp_path / "a")
    view = WindowView(dataset, np.arange(40), window_s=0.25, hop_s=0.015)  # hundreds of windows of each record
    loader = window_loader(view, batch_size=11, seed=0, workers=8)
    batches = iter(loader)
    workers = [process.pid for process in batches._workers]  # type: ignore[attr-defined]
    assert len(workers) == 8
    counts = []
    for number in range(1000):
        next(batches)
        if number >= 99 and (number + 1) % 100 == 0:
            counts.append(descriptors([os.getpid(), *workers]))
    assert len(counts) == 10
    assert counts[1:] == [counts[0]] * 9
    for pid in workers:
        links = [os.readlink(f) for f in Path(f"/proc/{pid}/fd").iterdir() if f.is_symlink()]  # noqa: PTH115
        mine = [f for f in links if f.startswith(str(tmp_path))]
        assert len(mine) == len(set(mine)) == 5


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = ["torch", "h5py", "pyarrow", "scipy", "distributed", "pandas", "multiprocessing.pool"]
    code = f"import sys, palier.data, palier.data.torch_view; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
