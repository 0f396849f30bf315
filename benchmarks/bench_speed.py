"""Speed and memory of the main job, as ratios against what cannot be avoided. Writes docs/reference/speed.md.

* A diagnosis of 10 s at 12 kHz against the FFTs it cannot avoid: one forward FFT of the recording, and one inverse and one
  forward FFT per demodulation band, of the lengths the diagnosis uses.
* From the shell to the result: a fresh process, one recording.
* 100 recordings in one call, per recording.
* Peak memory of a process over that of an empty one, against the samples of a 10-million-sample recording.
"""

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from palier.core.catalogue import find_bearing
from palier.diagnosis.rolling import diagnose_rolling
from palier.diagnosis.sufficiency import sufficiency
from palier.dsp.demodulate import band_plan
from palier.dsp.whiten import fast_length
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")
REPEATS = 9


def median_s(work) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def recording(seconds: float = 10.0, rate_hz: float = 12_000.0):
    scenario = RollingScenario(BEARING, fault="inner_race", speed_hz=29.9, duration_s=seconds, sampling_rate_hz=rate_hz)
    return simulate_rolling(scenario, rng=np.random.default_rng(0))[0]


def side_by_side(work, rival) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratio pair by pair: the machine's own drift falls out."""
    pairs = []
    for _ in range(2 * REPEATS):
        start = time.perf_counter()
        work()
        middle = time.perf_counter()
        rival()
        pairs.append((middle - start, time.perf_counter() - middle))
    first, second = np.array(pairs).T
    return float(np.median(first)), float(np.median(second)), float(np.median(first / second))


def unavoidable(item):
    x = item.samples[0]
    n = fast_length(len(x))
    enough = sufficiency(BEARING, shaft_hz=29.9, sampling_rate_hz=12_000.0, duration_s=item.duration_s)
    plan = band_plan(nyquist_hz=6000.0, least_width_hz=enough.least_width_hz)
    counts = [2 * round((high - low) * n / 12_000) for low, high in plan]
    waves = [np.zeros(c, np.complex64) for c in counts]
    reals = [np.zeros(c, np.float32) for c in counts]
    for w, r in zip(waves, reals, strict=True):
        w[:] = np.random.default_rng(1).standard_normal(len(w))
        r[:] = w.real

    def ffts() -> None:
        np.fft.rfft(x[:n])
        for w, r in zip(waves, reals, strict=True):
            np.fft.ifft(w)
            np.fft.rfft(r)

    return ffts, len(plan)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "palier", *arguments]


def write_npz(path: Path, item) -> None:
    np.savez(path, signal=item.samples[0], fs=item.sampling_rate_hz, rpm=item.speed_hz * 60)


def peak_mib(arguments: list[str]) -> float:
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return int(out.stdout) / 1024


def main() -> None:
    item = recording()
    ffts, bands = unavoidable(item)
    diagnosis_s, ffts_s, ratio = side_by_side(lambda: diagnose_rolling(item, bearing=BEARING), ffts)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_npz(folder / "one.npz", item)
        one = command("diagnose", str(folder / "one.npz"), "--bearing", "6205", "--json", str(folder / "o.json"))
        shell_s = median_s(lambda: subprocess.run(one, check=True, stdout=subprocess.DEVNULL))
        report = command("diagnose", str(folder / "one.npz"), "--bearing", "6205", "--report", str(folder / "o.html"))
        report_s = median_s(lambda: subprocess.run(report, check=True, stdout=subprocess.DEVNULL))
        (folder / "many").mkdir()
        for k in range(100):
            write_npz(folder / "many" / f"{k:03}.npz", item)
        start = time.perf_counter()
        many = command("diagnose", str(folder / "many"), "--bearing", "6205", "--json", str(folder / "m.json"))
        subprocess.run(many, check=True, stdout=subprocess.DEVNULL)
        many_s = (time.perf_counter() - start) / 100
        assert len(json.loads((folder / "m.json").read_text())["results"]) == 100
        long = recording(seconds=10_000_000 / 25_600, rate_hz=25_600.0)
        np.save(folder / "long.npy", long.samples[0])
        samples_mib = long.samples.nbytes / 2**20
        del long
        idle = peak_mib(command("--version"))
        peak = peak_mib(
            command(
                "diagnose",
                str(folder / "long.npy"),
                "--bearing",
                "6205",
                "--sampling-rate",
                "25600",
                "--speed-rpm",
                "1794",
                "--json",
                str(folder / "l.json"),
            )
        )
    text = f"""# Speed and memory

<!-- made by benchmarks/bench_speed.py (make bench); edit that, not this -->

Measured on {platform.machine()}, {platform.python_implementation()} {platform.python_version()}, NumPy {np.__version__}, one thread, medians
of {REPEATS} runs. Ratios were measured side by side in one run; absolute times depend on the machine.

| what | measured | aim |
|---|---|---|
| Diagnosis of 10 s at 12 kHz ({bands} bands), as a multiple of the FFTs it cannot avoid | **{ratio:.1f}×** ({1e3 * diagnosis_s:.0f} ms against {1e3 * ffts_s:.0f} ms) | ≤ 5× |
| From the shell to the result, one recording, JSON written | **{shell_s:.2f} s** | ≤ 1.5 s |
| The same with the HTML report | {report_s:.2f} s | |
| 100 recordings in one call, per recording | {1e3 * many_s:.0f} ms ({many_s / shell_s:.2f} of a single call) | |
| Peak memory over an idle process, 10 million samples, as a multiple of the samples (single precision) | **{(peak - idle) / samples_mib:.1f}×** ({peak - idle:.0f} MiB for {samples_mib:.0f} MiB) | ≤ 6× |
"""
    path = Path(__file__).resolve().parents[1] / "docs" / "reference" / "speed.md"
    path.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
