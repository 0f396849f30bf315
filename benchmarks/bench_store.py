"""The dataset store against what cannot be avoided. Prints the tables of docs/decisions/0007-dataset-store.md.

* Random windows of 1 s (20,480 Hz, float32), page cache warm, rivals taking turns: the store, a flat file through numpy.memmap, and rows
  of a gzip HDF5 file as they are usually stored (one record per chunk).
* Chunks of other lengths, and compressed ones: size and time per window, for noise and for what a 16-bit converter gives.
* Peak memory of a process that reads random windows, while the dataset grows tenfold.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

from palier.core.dataset import LabelledRecord
from palier.core.recording import Provenance, Recording
from palier.data import build_dataset, open_dataset

RATE_HZ, SECONDS = 20_480, 5
N = RATE_HZ * SECONDS
ROUNDS, WINDOWS = 15, 200


class Noise:
    """Gaussian records, or the same as a 16-bit converter gives them."""

    def __init__(self, n: int, bits: int | None = None) -> None:
        self.n, self.bits = n, bits
        self.description = {"generator": "noise", "n": n, "bits": bits}

    def __len__(self) -> int:
        return self.n

    def record(self, i: int) -> LabelledRecord:
        x = np.random.default_rng(i).standard_normal((1, N), dtype=np.float32)
        if self.bits is not None:
            step = np.float32(20 / 2**self.bits)
            x = np.round(x / step) * step
        recording = Recording(x, Provenance("simulated: noise", "0" * 64), sampling_rate_hz=float(RATE_HZ), unit="g")
        return LabelledRecord(f"r{i}", recording, label="healthy")


def per_window_us(works: dict) -> dict:
    """Median microseconds per window of each rival, which take turns, so that the machine's drift falls on all alike."""
    times: dict = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, n) in works.items():
            start = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - start) / n * 1e6)
    return {name: float(np.median(t)) for name, t in times.items()}


def random_windows(rng: np.random.Generator, records: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, records, n), rng.integers(0, N - RATE_HZ, n)


def speed(folder: Path, records: int) -> str:
    dataset = build_dataset(Noise(records), folder / "store")
    flat, packed = folder / "flat.bin", folder / "gzip.h5"
    with h5py.File(packed, "w") as file:
        rows = file.create_dataset(
            "signals", (records, N), "<f4", chunks=(1, N), compression="gzip", compression_opts=4
        )
        with flat.open("wb") as out:
            for i in range(records):
                x = dataset.window(i, 0, N)
                out.write(x.tobytes())
                rows[i] = x[0]
    memory = np.memmap(flat, np.float32, "r", shape=(records, N))
    file = h5py.File(packed, "r")
    rng = np.random.default_rng(0)
    which, first = random_windows(rng, records, WINDOWS)
    few = 10
    out = np.empty((WINDOWS, RATE_HZ), np.float32)

    def through_memmap() -> None:
        for k in range(WINDOWS):
            out[k] = memory[which[k], first[k] : first[k] + RATE_HZ]

    def memmap_fresh() -> None:
        fresh = np.empty((WINDOWS, RATE_HZ), np.float32)
        for k in range(WINDOWS):
            fresh[k] = memory[which[k], first[k] : first[k] + RATE_HZ]

    def one_by_one() -> None:
        for k in range(WINDOWS):
            dataset.window(int(which[k]), int(first[k]), RATE_HZ)

    def memmap_one_by_one() -> None:
        for k in range(WINDOWS):
            np.array(memory[which[k], first[k] : first[k] + RATE_HZ])

    def gzip_rows() -> None:
        for k in range(few):
            file["signals"][which[k]][first[k] : first[k] + RATE_HZ]

    assert (
        dataset.windows(which, first, RATE_HZ)
        == [memory[i, s : s + RATE_HZ] for i, s in zip(which, first, strict=True)]
    ).all()
    us = per_window_us(
        {
            "store, batches of 200": (lambda: dataset.windows(which, first, RATE_HZ), WINDOWS),
            "memmap, into a new batch of 200": (memmap_fresh, WINDOWS),
            "memmap, into memory that is reused": (through_memmap, WINDOWS),
            "store, one at a time": (one_by_one, WINDOWS),
            "memmap, one at a time": (memmap_one_by_one, WINDOWS),
            "gzip HDF5 rows": (gzip_rows, few),
        }
    )
    rows_ = "\n".join(f"| {name} | {t:.1f} |" for name, t in us.items())
    batch, one = us["store, batches of 200"], us["store, one at a time"]
    return (
        f"| way, {records} records of {SECONDS} s | µs per window |\n|---|---|\n{rows_}\n\n"
        f"The store reaches {us['memmap, into a new batch of 200'] / batch:.0%} of the rate of memmap in batches and "
        f"{us['memmap, one at a time'] / one:.0%} one at a time, and is {us['gzip HDF5 rows'] / batch:.0f} times as fast as gzip rows.\n"
    )


def storage(folder: Path, records: int) -> str:
    rng = np.random.default_rng(1)
    which, first = random_windows(rng, records, WINDOWS)
    works, sizes = {}, {}
    for bits in (None, 16):
        for compression, window_s in (
            ("none", 0.1),
            ("none", 1.0),
            ("none", 5.0),
            ("gzip", 0.1),
            ("gzip", 1.0),
            ("gzip", 5.0),
        ):
            name = f"{'noise' if bits is None else '16 bit'} | {compression} | {window_s:g} s"
            dataset = build_dataset(
                Noise(records, bits), folder / name.replace(" ", ""), compression=compression, window_s=window_s
            )
            dataset = open_dataset(dataset.path, cache_bytes=0)
            n = WINDOWS if compression == "none" else 20
            works[name] = (lambda d=dataset, n=n: d.windows(which[:n], first[:n], RATE_HZ), n)
            sizes[name] = dataset.card.n_bytes / (records * N * 4)
    us = per_window_us(works)
    rows = "\n".join(f"| {name} | {sizes[name]:.2f} | {t:.1f} |" for name, t in us.items())
    return f"| samples | compression | chunk | bytes on disk per byte of samples | µs per random window of 1 s |\n|---|---|---|---|---|\n{rows}\n"


READ = """
import json, sys
import numpy as np
from palier.data import open_dataset
d = open_dataset(sys.argv[1])
def peak():  # of this program alone: getrusage would count the process that started it
    return int(next(r for r in open("/proc/self/status") if r.startswith("VmHWM")).split()[1]) / 1024
rng = np.random.default_rng(0)
for _ in range(20):
    d.windows(rng.integers(0, len(d), 64), rng.integers(0, 81920, 64), 20480)
random = peak()
n = sum(len(b.samples) for b in d.iterate(window_s=1.0, batch=64))
print(json.dumps([random, peak(), n]))
"""


def memory_of(folder: Path, sizes: tuple[int, ...]) -> str:
    rows = []
    for n in sizes:
        dataset = build_dataset(Noise(n), folder / f"m{n}")
        done = subprocess.run(
            [sys.executable, "-c", READ, str(dataset.path)], capture_output=True, text=True, check=True
        )
        random, whole, windows = json.loads(done.stdout)
        rows.append(f"| {n} | {dataset.card.n_bytes / 2**20:.0f} | {random:.0f} | {whole:.0f} | {windows} |")
    return (
        "| records | dataset, MiB | peak after 1,280 random windows, MiB | peak after all windows, MiB | windows |\n|---|---|---|---|---|\n"
        + "\n".join(rows) + "\n"
    )  # fmt: skip


def main() -> None:
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(speed(folder, 60 if quick else 400))
        print(storage(folder, 20 if quick else 60))
        print(memory_of(folder, (20, 200) if quick else (100, 1000)))


if __name__ == "__main__":
    main()
