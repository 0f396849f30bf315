"""``palier features rank``."""

from pathlib import Path

import click

__all__ = ["rank"]


@click.command()
@click.option("--data", "data_path", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--split", "split_name", help="Name of a split stored with it; may be left out where there is one.")
@click.option("--fold", "fold_name", help="Fold of the split, by its name; the first otherwise.")
@click.option(
    "--set", "set_name", default="standard-1", show_default=True, help="Feature set; see `palier features list --sets`."
)
@click.option("--method", type=click.Choice(["mrmr", "mi", "rfe", "permutation"]), default="mrmr", show_default=True,
              help="How usefulness is judged; mi is mutual information.")  # fmt: skip
@click.option(
    "--window-s",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Length of a window.",
)
@click.option(
    "--hop-s", type=click.FloatRange(min=0, min_open=True), help="From one window to the next; its length otherwise."
)
@click.option("--missing-speed", type=click.Choice(["refuse", "estimate", "nan"]), default="refuse", show_default=True,
              help="What to do where no speed is known and a feature needs it.")  # fmt: skip
@click.option("--speed-range-rpm", nargs=2, type=float, help="Lowest and highest speed, where it is to be estimated.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of forests and shuffles.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rank(
    data_path: Path,
    split_name: str | None,
    fold_name: str | None,
    set_name: str,
    method: str,
    window_s: float,
    hop_s: float | None,
    missing_speed: str,
    speed_range_rpm: tuple[float, float] | None,
    seed: int,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Put features in order of use for telling the classes of a dataset apart.

    Judged on the training side of the split alone: an order found on all records would already know the test side.
    """
    from palier.cli.features.ranking import Question, rank_training_side, show_ranking
    from palier.cli.features.tables import Job

    job = Job(set_name, window_s, hop_s, missing_speed, speed_range_rpm, None)
    question = Question(data_path, split_name, fold_name, "mutual_information" if method == "mi" else method, seed)
    show_ranking(rank_training_side(question, job=job), as_json=as_json)
