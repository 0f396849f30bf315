"""Detection curves: simulated healthy machines in noise of four colours, simulated faults down to the limit, real healthy segments.

Writes benchmarks/results_curves.json and docs/images/roc.png, which bench_real_data.py puts into docs/reference/results.md.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from palier.core.catalogue import find_bearing, parse_bearing
from palier.diagnosis.rolling import diagnose_rolling
from palier.simulate.population import random_scenario
from palier.simulate.rolling import simulate_rolling
from palier.viz.style import COLOURS, figure, save_figure
from real_data import labelled_recordings

HERE = Path(__file__).resolve().parent
COLOUR_NAMES = ("white", "pink", "brown", "resonant")
SNR_DB = (-18.0, -14.0, -10.0, -6.0, -2.0)
FAULTS = ("outer_race", "inner_race", "rolling_element")


def score(recording, bearing) -> tuple[float, float, bool, str]:
    diagnosis, _ = diagnose_rolling(recording, bearing=bearing)
    found = diagnosis.detection
    if found is None:
        return 1.0, 0.0, False, ""
    return found.p_value, found.effect / found.effect_threshold, found.damage, diagnosis.ranking[0].fault


def statistic(p: float, ratio: float) -> float:
    """One number to sweep: damage is called when both are met, so the weaker of the two counts."""
    return min(np.log10(max(p, 1e-30)) / -2, ratio)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rng = np.random.default_rng(2026)
    bearings = [find_bearing(b) for b in ("6205", "6203", "ER-16K", "UER204", "NICE")]
    healthy, p_values, flagged = [], [], defaultdict(list)
    for colour in COLOUR_NAMES:
        for _ in range(n):
            bearing = bearings[int(rng.integers(len(bearings)))]
            scenario = random_scenario(bearing=bearing, fault="healthy", impact_snr_db=0, rng=rng, noise_colour=colour,
                                       duration_s=5.0)  # fmt: skip
            p, ratio, damage, _ = score(simulate_rolling(scenario, rng=rng)[0], bearing)
            healthy.append(statistic(p, ratio))
            p_values.append(p)
            flagged[colour].append(damage)
    damaged, right, caught = defaultdict(list), defaultdict(list), defaultdict(list)
    for snr in SNR_DB:
        for fault in FAULTS:
            for _ in range(max(8, n // 4)):
                bearing = bearings[int(rng.integers(len(bearings)))]
                scenario = random_scenario(bearing=bearing, fault=fault, impact_snr_db=snr, rng=rng, duration_s=5.0)
                p, ratio, damage, first = score(simulate_rolling(scenario, rng=rng)[0], bearing)
                damaged[snr].append(statistic(p, ratio))
                caught[snr].append(damage)
                right[snr].append(first == fault)
    real = []
    for item in labelled_recordings():
        if item.truth == "healthy":
            for k in range(int(item.recording.duration_s)):
                part = item.recording.segment(start_s=k, duration_s=1.0)
                p, ratio, _, _ = score(part, parse_bearing(str(part.bearing_name)))
                real.append(statistic(p, ratio))
    levels = np.sort(healthy)
    with figure(height_in=3.2) as fig:
        ax = fig.subplots()
        for snr, shade in zip(SNR_DB, np.linspace(0.3, 1.0, len(SNR_DB)), strict=True):
            thresholds = np.concatenate([levels, [np.inf]])
            false = [(np.array(healthy) >= t).mean() for t in thresholds]
            true = [(np.array(damaged[snr]) >= t).mean() for t in thresholds]
            ax.step(false, true, where="post", color=COLOURS["series"], alpha=float(shade), label=f"{snr:g} dB")
        ax.set_xscale("symlog", linthresh=1e-2)
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1.02)
        ax.set_xlabel("simulated healthy machines flagged (share, all four colours)")
        ax.set_ylabel("simulated faults detected (share)")
        ax.legend(title="impacts over noise", frameon=False, fontsize=8)
        save_figure(fig, HERE.parent / "docs" / "images" / "roc.png")
    total = sum(map(len, flagged.values()))
    rows = "\n".join(f"| {c} | {sum(v)}/{len(v)} |" for c, v in flagged.items())
    limit = "\n".join(f"| {s:g} | {np.mean(caught[s]):.0%} | {np.mean(right[s]):.0%} |" for s in SNR_DB)
    text = f"""## Detection curves (simulated machines)

{total} simulated healthy machines (`random_scenario`: five bearings, 10–50 Hz, gears, mains, other machines' lines, noise following the
shaft, 5 s each), flagged at the stated 1 %:

| noise | flagged |
|---|---|
{rows}

p ≤ 0.01 in {np.mean(np.array(p_values) <= 0.01):.1%} and p ≤ 0.05 in {np.mean(np.array(p_values) <= 0.05):.1%} of them: the p-value alone holds, too.
Real healthy 1 s segments at or above the damage line: {sum(s >= 1 for s in real)} of {len(real)}.

Simulated faults (inner and outer race, element) down to the limit:

| impacts over noise, dB | detected | right fault first |
|---|---|---|
{limit}

![Share of simulated faults detected against the share of healthy machines flagged](../images/roc.png)
"""
    (HERE / "results_curves.json").write_text(json.dumps({"n": total, "markdown": text}, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
