"""A window of a long recording: from its pack, and by reading and reducing the whole file.

``python benchmarks/bench_pack.py [samples]`` prints the times; nothing is written but a temporary folder. The files
lie in the page cache in both cases, which favours reading the whole one.
"""

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.core.recording import Provenance, Recording
from palier.data.pack import open_pack, write_pack
from palier.data.read import read_recording

POINTS = 2000
REPEATS = 20


def timed(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of several runs, in milliseconds."""
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    return 1e3 * float(np.median(took))


def reduced(x: np.ndarray, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Reduce a window of samples that are in memory."""
    edges = first + np.arange(POINTS) * (last - first) // POINTS
    return np.minimum.reduceat(x[:last], edges), np.maximum.reduceat(x[:last], edges)


def main(n: int) -> None:
    x = np.random.default_rng(0).normal(size=(1, n)).astype(np.float32)
    with tempfile.TemporaryDirectory() as place:
        file, folder = Path(place) / "long.npz", Path(place) / "pack"
        np.savez(file, acc=x[0], fs=25_600.0)
        recording = Recording(x, Provenance("long.npz", "0" * 64), sampling_rate_hz=25_600.0)
        start = time.perf_counter()
        write_pack(recording, folder)
        wrote_s = time.perf_counter() - start
        tracemalloc.start()
        write_pack(recording, folder)
        more_mib = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        size = sum(p.stat().st_size for p in folder.iterdir())
        print(f"{n:,} samples, pack of {size / 2**20:.1f} MiB ({size / x.nbytes - 1:.1%} more than the samples)")
        print(f"written in {wrote_s:.2f} s, {more_mib:.0f} MiB of memory beside the recording")
        pack = open_pack(folder)
        print(f"opened in {timed(lambda: open_pack(folder)):.2f} ms")
        print(f"| window, samples | {POINTS} points from the pack, ms | whole file read and reduced, ms |")
        print("|---|---|---|")
        for width in (n, n // 10, n // 100, n // 1000, POINTS):
            first = (n - width) // 3
            last = first + width
            low, high = reduced(x[0], first, last) if width > POINTS else (x[0, first:last],) * 2
            _, pack_low, pack_high = pack.envelope(0, first, last, POINTS)
            assert low.min() == pack_low.min()
            assert high.max() == pack_high.max()

            def whole(first: int = first, last: int = last) -> object:
                return reduced(read_recording(file).samples[0], first, last)

            from_pack = timed(lambda first=first, last=last: pack.envelope(0, first, last, POINTS))
            print(f"| {width:,} | {from_pack:.2f} | {timed(whole, 3):.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
