"""``palier evaluate``: a bundle on records it has not seen."""

from pathlib import Path
from typing import Literal

import click

from palier.cli.model_options import workers_option

__all__ = ["evaluate"]


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--data", "data_path", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option(
    "--split", "split_name", help="Split whose test side is scored; without it every record of another dataset."
)
@click.option(
    "--fold", "fold_name", help="Fold of the split; the one the bundle was trained on if it is of this split."
)
@click.option("--noise", multiple=True, help="Also under this noise variant, such as white:10dB; repeatable.")
@click.option("--channel", type=click.IntRange(min=0), default=0, show_default=True, help="Number of the channel.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the intervals.")
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the result as JSON.")
@click.option("--figures", type=click.Path(path_type=Path), help="Save the figures one by one to this folder.")
@click.option("--figure-format", type=click.Choice(["png", "svg", "pdf"]), default="png", show_default=True,
              help="Format of the saved figures; PNG has 300 dpi.")  # fmt: skip
@click.option("--scores", "scores_path", type=click.Path(path_type=Path), help="Write the records' scores as Parquet.")
@workers_option
def evaluate(
    bundle: Path,
    data_path: Path,
    split_name: str | None,
    fold_name: str | None,
    noise: tuple[str, ...],
    channel: int,
    seed: int,
    report: Path | None,
    json_path: Path | None,
    scores_path: Path | None,
    figures: Path | None,
    figure_format: Literal["png", "svg", "pdf"],
    workers: int,
    no_cache: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Judge the model in the folder BUNDLE on records that it has not seen.

    On the dataset it was trained on, --split is needed, and only the test side is scored; on another dataset every
    record is scored where no split is given.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.evaluation_table import finish_evaluation
    from palier.cli.model_options import cache_of
    from palier.data.store import open_dataset
    from palier.models.bundle import open_bundle
    from palier.research.evaluation_run import evaluate_bundle

    opened, dataset = open_bundle(bundle), open_dataset(data_path)
    with dataset_progress(0, doing="scoring") as advance:
        judged = evaluate_bundle(
            opened, dataset, split_name=split_name, fold_name=fold_name, noise=noise, channel=channel, seed=seed,
            cache=cache_of(unused=no_cache), workers=workers, on_progress=advance,
        )  # fmt: skip
    if judged.unknown:
        click.echo(f"{judged.unknown} records are of a class that the model does not know: judged wrong", err=True)
    if scores_path is not None:
        from palier.evaluation.score_file import write_record_scores

        write_record_scores(scores_path, judged.scores)
        click.echo(f"Scores: {scores_path}")
    finish_evaluation(judged.result, report=report, json_path=json_path, figures=figures, ending=figure_format)
