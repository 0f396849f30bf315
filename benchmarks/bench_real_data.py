"""Results on measured recordings: writes docs/reference/results.md and its figures.

Detection at a stated false-alarm rate of 1 %, naming of the fault, per stratum; whole files and segments of 5, 2 and 1 s;
false alarms per healthy segment. Nothing is declared beyond what the readers state; speeds are refined by the diagnosis.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from palier import __version__
from palier.core.catalogue import parse_bearing
from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.diagnosis.rolling import diagnose_rolling
from palier.viz.style import COLOURS, figure, save_figure
from real_data import folder, labelled_recordings

DOCS = Path(__file__).resolve().parents[1] / "docs"
CURVES = Path(__file__).resolve().parent / "results_curves.json"
SEGMENTS_S = (None, 5.0, 2.0, 1.0)


def judge(seconds: float | None) -> dict[tuple[str, str], list[dict[str, object]]]:
    rows = defaultdict(list)
    for item in labelled_recordings():
        whole = item.recording
        starts = [0.0] if seconds is None else np.arange(int(whole.duration_s / seconds)) * seconds
        for start in starts:
            part = whole if seconds is None else whole.segment(start_s=float(start), duration_s=seconds)
            assert part.bearing_name is not None
            diagnosis, _ = diagnose_rolling(part, bearing=parse_bearing(part.bearing_name))
            found = diagnosis.detection
            rows[item.data_set, item.stratum].append(
                {
                    "source": whole.provenance.source,
                    "verdict": diagnosis.verdict,
                    "first": diagnosis.ranking[0].fault if diagnosis.ranking else None,
                    "truth": item.truth,
                    "p": None if found is None else found.p_value,
                    "effect": None if found is None else found.effect,
                    "threshold": None if found is None else found.effect_threshold,
                }
            )
    return rows


def table(results: dict[float | None, dict[tuple[str, str], list[dict[str, object]]]]) -> str:
    head = "| set | stratum | " + " | ".join(
        f"{name} detected | {name} right first" for name in ("whole", "5 s", "2 s", "1 s")
    )
    lines = [head + " | whole depth |", "|---|---|" + "---|" * 9]
    for key in results[None]:
        cells = []
        for seconds in SEGMENTS_S:
            rows = results[seconds][key]
            damaged = sum(str(r["verdict"]).startswith("damage") for r in rows)
            right = sum(r["first"] == r["truth"] for r in rows)
            cells += [f"{damaged}/{len(rows)}", "–" if key[1] == "healthy" else f"{right}/{len(rows)}"]
        depths = [r["effect"] for r in results[None][key] if r["effect"] is not None]
        cells.append(f"{min(depths):.2f}–{max(depths):.2f}")
        lines.append(f"| {key[0]} | {key[1].replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def totals(rows: dict[tuple[str, str], list[dict[str, object]]], data_set: str) -> tuple[int, int, int]:
    faulty = [r for (s, k), v in rows.items() if s == data_set and k != "healthy" for r in v]
    return (
        sum(str(r["verdict"]).startswith("damage") for r in faulty),
        sum(r["first"] == r["truth"] for r in faulty),
        len(faulty),
    )


def femto() -> str:
    paths = sorted((folder() / "femto_bearing3_1").glob("acc_*.csv"))
    hours = [(int(path.stem.split("_")[1]) - 1) * 10 / 3600 for path in paths]
    words = []
    with figure(height_in=2.6) as fig:
        ax = fig.subplots()
        for channel, colour in (("horizontal", COLOURS["series"]), ("vertical", COLOURS["element"])):
            rms = []
            for path in paths:
                x = read_recording(path, declared=Declared(channel=channel)).samples[0].astype(np.float64)
                rms.append(float(np.sqrt(np.mean((x - x.mean()) ** 2))))
            first = np.array(rms[:20])
            limit = first.mean() + 4 * first.std(ddof=1)
            above = np.array(rms) > limit
            alarm = next(i for i in range(len(rms)) if above[i:].all())
            words.append(
                f"{channel}: {np.mean(rms[:10]):.2f} g to {np.mean(rms[-10:]):.2f} g (mean of the first and last ten), for good "
                f"above the limit from {hours[alarm]:.2f} h on, {60 * (hours[-1] - hours[alarm]):.0f} min before the end"
            )
            ax.plot(hours, rms, color=colour, marker=".", markersize=3, label=channel)
            ax.axhline(limit, color=colour, linestyle="--", linewidth=0.8)
        ax.legend(frameon=False, fontsize=8)
        ax.set_yscale("log")
        ax.set_yticks([0.25, 0.5, 1.0, 1.5], labels=["0.25", "0.5", "1", "1.5"])
        ax.set_yticks([], minor=True)
        ax.set_xlabel("hours of running")
        ax.set_ylabel("r.m.s., g")
        save_figure(fig, DOCS / "images" / "femto.png")
    return (
        f"## A run to failure\n\nFEMTO Bearing3_1: {len(paths)} snapshots of 0.1 s, to the end at {hours[-1]:.2f} h. Each is too short for a "
        "diagnosis (2.5 revolutions), and is answered with *not enough data*; the level rises before the end "
        "(dashed: mean plus four standard deviations of the first 20 snapshots): "
        + "; ".join(words)
        + ".\n\n![Level of FEMTO Bearing3_1 over its life](../images/femto.png)"
    )


def main() -> None:
    results = {seconds: judge(seconds) for seconds in SEGMENTS_S}
    detected, right, n = totals(results[None], "CWRU")
    hit = totals(results[None], "HIT-SM")
    healthy = {s: [r for (_, k), v in rows.items() if k == "healthy" for r in v] for s, rows in results.items()}
    flagged = {s: sum(str(r["verdict"]).startswith("damage") for r in rows) for s, rows in healthy.items()}
    wrong = [
        f"| {r['source']} | {str(r['truth']).replace('_', ' ')} | {r['verdict'].replace('_', ' ')} | "  # type: ignore[union-attr]
        f"{str(r['first']).replace('_', ' ')} | {r['p']:.2g} | {r['effect']:.2f} | {r['threshold']:.2f} |"
        for rows in results[None].values()
        for r in rows
        if r["truth"] != "healthy" and (r["first"] != r["truth"] or not str(r["verdict"]).startswith("damage"))
    ]
    depth = [r["effect"] for s in healthy for r in healthy[s] if r["effect"] is not None]
    text = f"""# Results on measured recordings

<!-- made by benchmarks/bench_real_data.py (make bench); edit that, not this -->

Palier {__version__}. Detection at a stated false-alarm rate of 1 %; nothing trained; speeds as the files state them (CWRU: measured, HIT-SM:
nominal), refined by the diagnosis. *Right first* counts the ranking whatever the verdict.

* **CWRU drive end, whole files**: {detected} of {n} detected, the right fault first in {right} of {n}.
* **HIT-SM**: {hit[0]} of {hit[2]} detected, {hit[1]} of {hit[2]} right.
* **Healthy** (4 recordings of 2 rigs): {flagged[None]} of {len(healthy[None])} whole files flagged, {flagged[5.0]} of {len(healthy[5.0])}
  segments of 5 s, {flagged[2.0]} of {len(healthy[2.0])} of 2 s, {flagged[1.0]} of {len(healthy[1.0])} of 1 s. Highest modulation depth of a healthy
  recording or segment: {max(depth):.2f}.

{table(results)}

## Where it fails, and why

| file | truth | answer | first | p | depth | needed |
|---|---|---|---|---|---|---|
{chr(10).join(wrong)}

* **Outer race 0.014 in**: weak lines of both races at a modulation depth of 0.2, which the healthy HIT-SM bearings reach as well. Calling
  these damaged would call those damaged, too. They are known for not showing the classical line (Smith and Randall 2015).
* **Ball 0.007 and 0.021 in**: these records show clear lines of the outer race (0.007) or of the inner race (0.021, loads 1 and 3) with their
  sidebands, and hardly any at twice the ball spin frequency. The answer names what the recording shows, not what was seeded.
* **Ball 0.014 in**: only cage lines show. A damaged element is ranked before a damaged cage because it is more frequent.

{femto()}

{curves()}
"""
    (DOCS / "reference" / "results.md").write_text(text, encoding="utf-8")
    print(f"CWRU {detected}/{n} detected, {right}/{n} right; HIT-SM {hit}; healthy flagged {flagged}")
    print("docs/reference/results.md")


def curves() -> str:
    if not CURVES.exists():
        return ""
    return str(json.loads(CURVES.read_text())["markdown"])


if __name__ == "__main__":
    main()
