"""Every classical model on the default simulated dataset. Writes docs/reference/classical.md (figures: classical.json).

3,520 records, 11 classes by 4 severities, each record of a machine of its own. Split by record (which is by bearing here):
60 % training, 20 % validation, 20 % test. Clean, and with white noise laid over the test records; trained on clean
windows alone, and with noise variants beside them; five training seeds. Then: trained on mild and above, tested on
incipient records of other machines.

    classical_models.py [--models svm,extra_trees] [--seeds 5] [--records-per-class 320] [--keep FOLDER]

About an hour on two cores (MiniRocket takes most of it), so `make bench` leaves it out: `make bench-classical`.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from palier.data.build import build_dataset
from palier.data.cache import DerivedCache
from palier.data.split import Shift, SplitRequest, make_split
from palier.data.store import open_dataset
from palier.models.catalogue import MODELS
from palier.research.experiments.noise_table import NoiseTable, run_noise_table, spread
from palier.simulate import DatasetSpec, JournalSource

HERE = Path(__file__).parent
NOISE = ("clean", "white:20dB", "white:10dB", "white:5dB", "white:0dB")
AUGMENT = ("white:20dB", "white:10dB", "white:5dB", "white:0dB")


def dataset_in(folder: Path, records_per_class: int):
    path = folder / f"default-{records_per_class}"
    if not path.exists():
        build_dataset(JournalSource(DatasetSpec(records_per_class=records_per_class)), path, workers=2)
    dataset = open_dataset(path)
    for request in (
        SplitRequest("by-record"),
        SplitRequest("to-incipient", kind="shift", shift=Shift("severity", "down")),
    ):
        if request.name not in dataset.splits():
            dataset.add_split(make_split(dataset.index, request))
    return open_dataset(path)


def measure(models, seeds, splits, dataset, cache, target) -> dict:
    found = {"content_hash": dataset.card.content_hash, "n": len(dataset), "seeds": list(seeds), "splits": {}}
    before = json.loads(target.read_text()) if target.exists() else {}
    same = all(before.get(k) == found[k] for k in ("content_hash", "n", "seeds"))
    earlier = before.get("splits", {}) if same else {}  # models that are not run again keep their rows
    for name in splits:
        augment = ((), AUGMENT) if name == "by-record" else ((),)
        split = dataset.split(name)
        fold = split.folds[0]
        noise = NOISE if name == "by-record" else ("clean",)
        rows = [r for r in earlier.get(name, {}).get("rows", []) if r[0] not in models]
        seconds = {m: s for m, s in earlier.get(name, {}).get("seconds", {}).items() if m not in models}
        for model in models:
            start = time.perf_counter()
            table = NoiseTable((model,), tuple(seeds), noise, augment)
            made = run_noise_table(table, dataset, split, cache=cache, workers=1)
            rows += [[r.model, r.augmented, r.seed, r.noise, r.accuracy, r.n_records] for r in made]
            seconds[model] = time.perf_counter() - start
            print(
                name,
                model,
                f"{seconds[model]:.0f} s",
                [r[-2] for r in rows if r[0] == model and r[2] == seeds[0]],
                flush=True,
            )
            sides = {"train": len(fold.train), "validation": len(fold.validation), "test": len(fold.test)}
            found["splits"][name] = {"rows": rows, "seconds": seconds, "sides": sides, "text": split.text}
            target.write_text(json.dumps(found, indent=1) + "\n")
    for name, part in earlier.items():
        found["splits"].setdefault(name, part)
    return found


def row_name(rows, model) -> str:
    """The model, and how many seeds it was trained with where these are not five."""
    seeds = len({r.seed for r in rows if r.model == model})
    return model if seeds == 5 else f"{model} ({seeds} seeds)"


def cells(rows, model, *, augmented) -> list[str]:
    own = [r for r in rows if r.model == model and r.augmented == augmented]
    out = []
    for noise in NOISE:
        mean, width = spread([r for r in own if r.noise == noise])
        out.append(f"{mean:.2%} ({width * 100:.2f})")
    return out


def page(found: dict) -> str:
    from palier.research.experiments.noise_table import NoiseRow

    main = found["splits"]["by-record"]
    rows = [NoiseRow(*r) for r in main["rows"]]
    models = [m for m in MODELS if any(r.model == m for r in rows)]
    text = [
        "# Classical models on the default simulated dataset\n",
        "<!-- Written by benchmarks/classical_models.py; do not edit. -->\n",
        (
            f"SIMULATED journal bearings, never validated on measured ones: {found['n']} records (content hash `{found['content_hash'][:12]}`), "
            f"{main['text']}: {main['sides']['train']} training, {main['sides']['validation']} validation, {main['sides']['test']} test records, each of "
            f"a machine of its own. Share of test records named rightly; mean of {len(found['seeds'])} training seeds, in brackets the range from the "
            "lowest to the highest seed in percentage points. White noise by the ratio of the record's power to the noise's.\n"
        ),
    ]
    for augmented, title in (
        (False, "Trained on clean windows"),
        (True, "Trained with noise variants (20, 10, 5, 0 dB) beside the clean windows"),
    ):
        text.append(f"## {title}\n")
        text.append("| model | " + " | ".join(n.replace("white:", "") for n in NOISE) + " |")
        text.append("|---|" + "---|" * len(NOISE))
        text += [f"| {row_name(rows, m)} | " + " | ".join(cells(rows, m, augmented=augmented)) + " |" for m in models]
        text.append("")
    shift = found["splits"].get("to-incipient")
    if shift:
        own = [NoiseRow(*r) for r in shift["rows"]]
        text.append("## Trained on mild and above, tested on incipient\n")
        text.append(
            f"{shift['text']}: {shift['sides']['train']} training and {shift['sides']['test']} test records; clean; no class prior is adapted, "
            "healthy records carry the severity as a slot label.\n"
        )
        text.append("| model | accuracy (range over seeds, points) |\n|---|---|")
        for m in models:
            mine = [r for r in own if r.model == m]
            if mine:
                mean, width = spread(mine)
                text.append(f"| {row_name(own, m)} | {mean:.2%} ({width * 100:.2f}) |")
        text.append("")
    lacking = [m for m in MODELS if m not in models]
    if lacking:
        text.append(f"Not run for this page: {', '.join(lacking)} (`--models {','.join(lacking)}` adds them).\n")
    text.append("![Records named rightly over noise, trained with noise variants](../images/classical.png)\n")
    return "\n".join(text)


def draw(found: dict) -> None:
    from palier.research.experiments.noise_table import NoiseRow
    from palier.research.judge import snr_of
    from palier.viz.noise_curve import ScorePoint, draw_noise_curve
    from palier.viz.style import figure, save_figure

    rows = [NoiseRow(*r) for r in found["splits"]["by-record"]["rows"]]
    shown = [
        m
        for m in ("svm", "extra_trees", "mlp", "minirocket", "logistic_log_spectrum")
        if any(r.model == m for r in rows)
    ]
    with figure(height_in=3.2) as fig:
        axes = fig.subplots(1, 2, sharey=True)
        for ax, augmented in zip(axes, (False, True), strict=True):
            lines = {}
            for model in shown:
                points = []
                for noise in NOISE:
                    values = [r.accuracy for r in rows if (r.model, r.augmented, r.noise) == (model, augmented, noise)]
                    points.append(
                        ScorePoint(
                            noise,
                            snr_of(noise),
                            (mean := sum(values) / len(values)),
                            min(*values, mean),
                            max(*values, mean),
                        )
                    )
                lines[model] = points
            draw_noise_curve(ax, lines)
            ax.set_title("with noise variants" if augmented else "clean windows alone", fontsize=9)
        axes[1].set_ylabel("")
        save_figure(fig, HERE.parent / "docs" / "images" / "classical.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--splits", default="by-record,to-incipient")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--records-per-class", type=int, default=320)
    parser.add_argument("--keep", type=Path, help="Folder where dataset and features stay for the next run.")
    parser.add_argument("--target", type=Path, default=HERE / "classical.json", help="Where the figures are written.")
    parser.add_argument("--page-only", action="store_true", help="Write the page from classical.json.")
    args = parser.parse_args()
    target = args.target
    if not args.page_only:
        with tempfile.TemporaryDirectory(prefix="palier-bench-") as temporary:
            folder = args.keep or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            dataset = dataset_in(folder, args.records_per_class)
            measure(
                args.models.split(","),
                range(args.seeds),
                args.splits.split(","),
                dataset,
                DerivedCache(folder / "cache"),
                target,
            )
    found = json.loads(target.read_text())
    draw(found)
    (HERE.parent / "docs" / "reference" / "classical.md").write_text(page(found))
    print(page(found))


if __name__ == "__main__":
    main()
