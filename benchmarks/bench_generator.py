"""Making a full record against drawing one Gaussian stream of its length, and two workers against one. Writes
docs/reference/speed-generator.md.

Aim: a default record (5 s at 20,480 Hz, every default layer on, truth and checks included) in at most six times what
`rng.standard_normal(102400, dtype=float32)` takes. Both are timed in turn in one run, in seconds of the processor (one thread), so that
other work on the machine counts for neither; medians of ratios.
"""

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from palier.data.build import build_dataset
from palier.simulate import DatasetSpec, JournalSource, simulate_journal

HERE = Path(__file__).parent
REPEATS = 41


def ratios(spec: DatasetSpec) -> dict[str, float]:
    rng = np.random.default_rng(0)
    found = {}
    for c, fault in enumerate(spec.faults):
        pairs = []
        for i in range(REPEATS):
            start = time.process_time()
            simulate_journal(spec, c * spec.records_per_class + i)
            middle = time.process_time()
            rng.standard_normal(spec.n_samples, dtype=np.float32)
            pairs.append((middle - start) / (time.process_time() - middle))
        found[fault] = float(np.median(pairs))
    return found


def scaling(records_per_class: int = 40) -> dict[int, float]:
    found = {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="palier-bench-") as folder:
            spec = DatasetSpec(records_per_class=records_per_class, seed=workers)
            start = time.perf_counter()
            build_dataset(JournalSource(spec), Path(folder) / "d", workers=workers)
            found[workers] = len(spec) / (time.perf_counter() - start)
    return found


def main() -> None:
    spec = DatasetSpec()
    simulate_journal(spec, 0)
    by_class = ratios(spec)
    rates = scaling()
    median = float(np.median(list(by_class.values())))
    rows = "\n".join(f"| {fault} | {ratio:.1f}× |" for fault, ratio in by_class.items())
    text = f"""# Speed of the generator

<!-- made by benchmarks/bench_generator.py (make bench); edit that, not this -->

A default record of 5 s at 20,480 Hz, all default layers on, against one `standard_normal(102400, dtype=float32)` in the same run
(aim: at most 6×), median of {REPEATS} records of each class:

| class | record / Gaussian stream |
|---|---|
{rows}
| **median of the classes** | **{median:.1f}×** |

Writing a dataset of 440 records: {rates[1]:.0f} records/s with 1 worker, {rates[2]:.0f} with 2 ({rates[2] / rates[1]:.2f}×, the workers' start included).
"""
    (HERE.parent / "docs" / "reference" / "speed-generator.md").write_text(text)
    (HERE / "generator.json").write_text(json.dumps({"by_class": by_class, "rates": rates}, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
