"""What every set makes of fixed waveforms. ``python tests/features/goldens.py`` writes the file again.

A difference means that a formula changed: give the set a new number, so that models of the old refuse the new numbers.
"""

import json
from pathlib import Path

import numpy as np

from palier.features import FEATURE_SETS, extract

PATH = Path(__file__).with_name("goldens.json")
RATE_HZ = 8192.0


def waveforms() -> np.ndarray:
    """Two waveforms by a congruential generator and plain sines: no library decides what they are."""
    n = 16_384
    t_s = np.arange(n) / RATE_HZ
    state, noise = 12_345, np.empty(n)
    for i in range(n):
        state = (1_103_515_245 * state + 12_345) % 2**31
        noise[i] = state / 2**30 - 1
    shaft = sum(np.sin(2 * np.pi * k * 29.7 * t_s + k) / k for k in (1, 2, 3))
    bursts = (1 + np.sin(2 * np.pi * 106.4 * t_s)) ** 4 * np.sin(2 * np.pi * 1900 * t_s) / 16
    return np.stack([shaft + 0.2 * noise, 0.3 * shaft + bursts + 0.1 * noise + 0.4 * np.sin(2 * np.pi * 13.4 * t_s)])


def values() -> dict[str, dict[str, list[float | None]]]:
    made = {}
    for name, s in FEATURE_SETS.items():
        got = extract(
            waveforms(), sampling_rate_hz=RATE_HZ, speed_hz=29.7, feature_set=name, line_orders={"bpfo": 3.582}
        )
        made[name] = {n: [None if np.isnan(v) else float(f"{v:.7g}") for v in got[:, i]] for i, n in enumerate(s.names)}
    return made


if __name__ == "__main__":
    PATH.write_text(json.dumps(values(), indent=0) + "\n", encoding="utf-8")
