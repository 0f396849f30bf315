"""Waveforms of many kinds, for tests of features."""

import numpy as np

RATE_HZ, N, SPEED_HZ = 20_480.0, 20_480, 50.0
T_S = np.arange(N) / RATE_HZ
LINES = {"bpfo": 3.58, "bpfi": 5.42, "bsf2": 4.71, "ftf": 0.398}


def knocks(rng: np.random.Generator, *, hz: float, carrier_hz: float, decay_per_s: float = 600.0) -> np.ndarray:
    strikes = np.zeros(N)
    strikes[(np.arange(0, 1, 1 / hz) * N).astype(int)] = rng.uniform(0.7, 1.3, len(np.arange(0, 1, 1 / hz)))
    ring = np.exp(-decay_per_s * T_S[:2048]) * np.sin(2 * np.pi * carrier_hz * T_S[:2048])
    return np.convolve(strikes, ring)[:N]


def named(seed: int = 0) -> dict[str, np.ndarray]:
    """One waveform of each kind, r.m.s. about 1."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(N)
    walk = np.cumsum(rng.standard_normal(N))
    shaft = sum(a * np.sin(2 * np.pi * k * SPEED_HZ * T_S + k) for k, a in ((1, 1.0), (2, 0.6), (3, 0.3)))
    single = np.zeros(N)
    single[N // 3] = 1.0
    kinds = {
        "white": white,
        "walk": walk - np.linspace(walk[0], walk[-1], N),
        "sine": np.sin(2 * np.pi * 997.3 * T_S),
        "shaft": shaft + 0.1 * white,
        "impulse": single,
        "knocks": knocks(rng, hz=3.58 * SPEED_HZ, carrier_hz=3200.0) + 0.05 * white,
        "whirl": (1 + 0.2 * np.sin(2 * np.pi * 11 * T_S)) * np.sin(2 * np.pi * 22 * T_S) + 0.02 * white,
        "stick_slip": np.sin(2 * np.pi * 3.5 * T_S) + 0.05 * white,
        "modulated": (1 + np.sin(2 * np.pi * 31.7 * T_S)) * white,
        "chirp": np.sin(2 * np.pi * (100 * T_S + 2000 * T_S**2)),
        "square": np.sign(np.sin(2 * np.pi * 60.3 * T_S)) + 0.01 * white,
        "skewed": rng.exponential(size=N),
        "bursts": white * (0.05 + (np.sin(2 * np.pi * 7 * T_S) > 0.95)),
    }
    return {name: x / x.std() for name, x in kinds.items()}


def mixtures(count: int, seed: int = 1) -> np.ndarray:
    """Random mixtures of all kinds, at levels over three decades."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        parts = list(named(int(rng.integers(2**31))).values())
        weights = 10 ** rng.uniform(-2, 0.5, len(parts)) * (rng.random(len(parts)) < 0.5)
        weights[0] += 0.01
        row = sum(w * p for w, p in zip(weights, parts, strict=True))
        rows.append(10 ** rng.uniform(-1, 1) * np.roll(row, int(rng.integers(N))))
    return np.array(rows)
