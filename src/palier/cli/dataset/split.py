"""``palier dataset split``: training, validation and test, without anything that straddles."""

from pathlib import Path
from typing import Any

import click

__all__ = ["split"]

_KINDS = {
    "holdout": "holdout", "kfold": "kfold", "leave-one-out": "leave_one_out", "source": "source",
    "shift-severity": "shift", "shift-speed": "shift", "shift-load": "shift", "shift-temperature": "shift",
    "shift-condition": "shift", "shift-bearing": "shift", "shift-rig": "shift", "shift-noise": "shift",
}  # fmt: skip


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name to store the split under.")
@click.option("--kind", type=click.Choice(list(_KINDS)), default="holdout", show_default=True, help="How to part.")
@click.option("--level", type=click.Choice(["window", "record", "condition", "bearing", "rig"]),
              help="What must not straddle.  [default: the highest that the records name]")  # fmt: skip
@click.option("--shares", default="0.6,0.2,0.2", show_default=True, help="Of training, validation and test.")
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Folds of a kfold.")
@click.option("--direction", type=click.Choice(["up", "down"]), default="up", show_default=True,
              help="Of a shift: train below and test above, or (down) the reverse.")  # fmt: skip
@click.option("--threshold", type=float, help="Of a shift by a number: where to part.  [default: the median]")
@click.option("--train-on", multiple=True, help="Of a shift: a name, a number or LOW..HIGH to train on; repeatable.")
@click.option("--test-on", multiple=True,
              help="Of a shift: likewise to test on; for noise a variant such as white:10dB; repeatable.")  # fmt: skip
@click.option("--label", "labels", multiple=True, help="Only this class; repeatable.  [default: all]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed.")
@click.option("--leaky", is_flag=True, help="Allow a leaking split, only to show its score beside the honest one.")
@click.option("--overwrite", is_flag=True, help="Replace a split of that name.")
def split(dataset: Path, **options: Any) -> None:
    """Part the records of a stored dataset, check that nothing leaks from one side to the other, and store the split.

    DATASET is its folder. The split is made on the highest level that the records name (condition, bearing, rig); a
    lower one is refused, with what would straddle, unless --leaky says that this is the point.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.dataset.split_table import show_split
    from palier.data.leaks import check_split, refuse_copies
    from palier.data.split import make_split
    from palier.data.store import open_dataset

    opened = open_dataset(dataset)
    made = make_split(opened.index, _request(options))
    refuse_copies(opened.index, made)
    try:
        with dataset_progress(len(opened), doing="looking for leaks") as advance:
            findings = check_split(opened, made, on_done=advance)
    except KeyboardInterrupt:
        click.echo("interrupted; no split was stored", err=True)
        raise SystemExit(130) from None
    opened.add_split(made, overwrite="replace" if options["overwrite"] else "refuse")
    show_split(opened, made, findings)


def _request(options: dict[str, Any]) -> Any:
    from palier.data.split import Shift, SplitRequest

    kind = options["kind"]
    shift = None
    if kind.startswith("shift-"):
        shift = Shift(
            kind.removeprefix("shift-"), options["direction"], options["threshold"], options["train_on"],
            options["test_on"],
        )  # fmt: skip
    elif options["train_on"] or options["test_on"] or options["threshold"] is not None:
        raise click.UsageError("--train-on, --test-on and --threshold are for shifts (--kind shift-…)")
    try:
        shares = tuple(float(s) for s in options["shares"].split(","))
    except ValueError:
        shares = ()
    if len(shares) != 3:
        raise click.BadParameter(f"{options['shares']!r}; give three such as 0.6,0.2,0.2", param_hint="--shares")
    return SplitRequest(
        options["name"], _KINDS[kind], options["level"], options["seed"], shares, options["folds"],  # type: ignore[arg-type]  # checked by the request
        leaky=options["leaky"], shift=shift, labels=options["labels"] or None,
    )  # fmt: skip
