import numpy as np
import pytest

from palier.data.audit.rate_ratio import compare_rates
from palier.data.audit.summary import summarise

RIG_HZ = (147.75, 161.75, 191.5, 233.1, 317.2, 411.9, 523.4, 631.8, 788.2, 977.7)


def rig(rng, *, rate_hz, speed_hz=29.12, lines_hz=RIG_HZ):
    """Ten lines of a rig and twenty of its shaft over noise."""
    n = round(10 * rate_hz)
    t_s = np.arange(n) / rate_hz
    x = rng.normal(size=n)
    for f in (*lines_hz, *(speed_hz * k for k in range(1, 21))):
        x += 0.3 * np.sin(2 * np.pi * f * t_s + rng.uniform(0, 6.28))
    return x


def summaries(make, rng, declared, **changes):
    true = {"a": 12_000.0, "b": 12_000.0, "c": 24_000.0}
    return [
        summarise(
            make(rig(rng, rate_hz=rate, **changes), source=name, sampling_rate_hz=declared[name], speed_hz=29.12),
            label=None,
        )
        for name, rate in true.items()
    ]


def test_the_odd_one_out_is_named_with_its_factor(make, rng):
    (found,) = compare_rates(summaries(make, rng, {"a": 12_000.0, "b": 12_000.0, "c": 12_000.0}))
    assert found.source == "c"
    assert found.severity == "fatal"
    assert found.values["ratio"] == 2
    assert found.values["proved_rate_hz"] == 24_000


def test_right_rates_agree(make, rng):
    assert compare_rates(summaries(make, rng, {"a": 12_000.0, "b": 12_000.0, "c": 24_000.0})) == ()


def test_speeds_of_one_to_two_are_no_wrong_rate(make, rng):
    slow = summarise(make(rig(rng, rate_hz=12_000.0, lines_hz=()), source="slow", speed_hz=29.12), label=None)
    fast = summarise(
        make(rig(rng, rate_hz=12_000.0, lines_hz=(), speed_hz=58.24), source="fast", speed_hz=58.24), label=None
    )
    assert compare_rates([slow, fast]) == ()


@pytest.mark.parametrize("seed", range(10))
def test_unrelated_machines_prove_nothing(make, seed):
    rng = np.random.default_rng(seed)
    made = [
        summarise(
            make(
                rig(rng, rate_hz=12_000.0, speed_hz=rng.uniform(20, 40), lines_hz=rng.uniform(100, 1000, 12)),
                source=str(i), speed_hz=29.12,
            ),
            label=None,
        )
        for i in range(3)
    ]  # fmt: skip
    assert compare_rates(made) == ()


def test_without_speeds_nothing_is_compared(make, rng):
    made = [
        summarise(make(rig(rng, rate_hz=r), source=str(r), speed_hz=None), label=None) for r in (12_000.0, 24_000.0)
    ]
    assert compare_rates(made) == ()
