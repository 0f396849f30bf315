"""What features cost, as ratios against real FFTs of the same length. Writes docs/reference/speed-features.md.

* The 36 features of a 1 s window at 20,480 Hz against 15 real FFTs of that length, single precision, in batches as a model
  is fed, and one window at a time. The FFTs are done twice: by NumPy, and by SciPy, which works on several rows at once.
* The other sets beside it.
* Ranking: mutual information and mRMR of 160 features.

Both sides of a ratio are timed in turn in the same run; the ratio is the median of the pairs'.
"""

import platform
import sys
import time
from pathlib import Path

import numpy as np
import scipy
import scipy.fft

from palier.features import FEATURE_SETS, extract
from palier.features.select import rank_features

RATE_HZ, N, WINDOWS, FFTS = 20_480.0, 20_480, 64, 15
REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 15


def side_by_side(work, rival) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratio pair by pair: the machine's own drift falls out."""
    pairs = []
    for repeat in range(REPEATS + 2):
        start = time.perf_counter()
        work()
        middle = time.perf_counter()
        rival()
        if repeat >= 2:  # the first ones load libraries and fill caches
            pairs.append((middle - start, time.perf_counter() - middle))
    first, second = np.array(pairs).T
    return float(np.median(first)), float(np.median(second)), float(np.median(first / second))


def main() -> None:
    rng = np.random.default_rng(0)
    t_s = np.arange(N) / RATE_HZ
    x = rng.standard_normal((WINDOWS, N), dtype=np.float32) + np.sin(2 * np.pi * 60 * t_s).astype(np.float32)
    speed_hz = rng.uniform(54, 66, WINDOWS)

    def features(name: str, rows: int = WINDOWS):
        return lambda: extract(x[:rows], sampling_rate_hz=RATE_HZ, speed_hz=speed_hz[:rows], feature_set=name)

    def ffts(transform, rows: int = WINDOWS):
        def work() -> None:
            for first in range(0, rows, 16):
                part = x[:rows][first : first + 16]
                for _ in range(FFTS):
                    transform(part)

        return work

    rows = []
    for text, count, transform, library in (
        ("64 windows in one call", WINDOWS, np.fft.rfft, "NumPy, 16 windows to a call"),
        ("64 windows in one call", WINDOWS, scipy.fft.rfft, "SciPy, 16 windows to a call"),
        ("one window in a call", 1, np.fft.rfft, "NumPy"),
        ("one window in a call", 1, scipy.fft.rfft, "SciPy"),
    ):
        ours, rival, ratio = side_by_side(features("standard-1", count), ffts(transform, count))
        rows.append(
            f"| {text} | **{ratio:.2f}×** | {1e6 * ours / count:.0f} µs | {library}: {1e6 * rival / count:.0f} µs |"
        )
    sets = []
    for name, s in FEATURE_SETS.items():
        count = 8 if {"advanced-1", "all-1"} & {name} else WINDOWS
        ours, rival, ratio = side_by_side(features(name, count), ffts(np.fft.rfft, count))
        sets.append(f"| {name} | {len(s.names)} | {1e3 * ours / count:.2f} ms | {ratio:.2f}× |")
    y = np.arange(880) % 11
    table = rng.standard_normal((880, 160)) + 0.3 * y[:, None]
    rank_s = []
    for method in ("mutual_information", "mrmr"):
        start = time.perf_counter()
        rank_features(table, y, method=method)  # type: ignore[arg-type]
        rank_s.append(f"{method.replace('_', ' ')} {time.perf_counter() - start:.1f} s")
    text = f"""# Speed of features

<!-- made by benchmarks/bench_features.py (make bench); edit that, not this -->

Measured on {platform.machine()}, {platform.python_implementation()} {platform.python_version()}, NumPy {np.__version__}, SciPy
{scipy.__version__}, one thread, medians of {REPEATS} runs. Both sides of a ratio were timed in turn in one run; absolute times depend on
the machine.

The 36 features of `standard-1` of a 1 s window at 20,480 Hz against {FFTS} real FFTs of that length, single precision (aim ≤ 1×):

| features | ratio | per window | the FFTs |
|---|---|---|---|
{chr(10).join(rows)}

The {FFTS} FFTs are NumPy's here too, in batches of 16 (advanced-1 and all-1: 8 windows):

| set | features | per window | ratio |
|---|---|---|---|
{chr(10).join(sets)}

Ranking 160 features on 880 windows of 11 classes: {", ".join(rank_s)}.
"""
    path = Path(__file__).resolve().parents[1] / "docs" / "reference" / "speed-features.md"
    path.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
