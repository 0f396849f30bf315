"""``palier train``: one recipe, one split, one bundle, honestly judged."""

from pathlib import Path
from typing import Any

import click

from palier.cli.model_options import workers_option

__all__ = ["train"]


@click.command()
@click.option("--model", help="Name of a model of `palier models list`.")
@click.option("--recipe", "recipe_path", type=click.Path(path_type=Path), help="YAML file with the recipe.")
@click.option("--data", "data_path", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--split", "split_name", help="Name of a split stored with it; may be left out where there is one.")
@click.option("--fold", "fold_name", help="Fold of the split: its name, or `all` to cross-validate (no bundle then).")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the training.")
@click.option("--augment", multiple=True, help="Noise variant of the training windows, such as white:10dB; repeatable.")
@click.option("--window-s", type=click.FloatRange(min=0, min_open=True), help="Length of a window in seconds.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder of the bundle.")
@click.option("--leaky/--no-leaky", "show_leaky", default=True, show_default=True,
              help="Train once more under a leaky split, to print its score beside the honest one.")  # fmt: skip
@click.option("--despite", multiple=True, help="Key of a fatal audit finding that is accepted knowingly; repeatable.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the evaluation as an HTML report.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the evaluation as JSON.")
@workers_option
def train(
    model: str | None,
    recipe_path: Path | None,
    data_path: Path,
    split_name: str | None,
    fold_name: str | None,
    seed: int,
    augment: tuple[str, ...],
    window_s: float | None,
    out: Path | None,
    show_leaky: bool,  # noqa: FBT001 - click's signature
    despite: tuple[str, ...],
    report: Path | None,
    json_path: Path | None,
    workers: int,
    no_cache: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Train a classical model, judge it on records it has not seen, and write it as a bundle.

    Everything that learns — scaling, choice of features, the classifier — learns from the training side of the split.
    The test score is printed beside the score of the same recipe under a leaky split and beside the majority.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.evaluation_table import finish_evaluation
    from palier.cli.model_options import audit_gate, cache_of, read_split_of
    from palier.data.store import open_dataset
    from palier.research.training_run import TrainingRun, run_training

    changes: dict[str, Any] = {"augment": augment or None, "window_s": window_s}
    recipe = _recipe(model, recipe_path, changes)
    dataset = open_dataset(data_path)
    name = read_split_of(dataset, split_name)
    accepted = audit_gate(dataset, despite=despite)
    run = TrainingRun(recipe, name, fold_name, seed, accepted, show_leaky=show_leaky)
    with dataset_progress(0, doing=f"training {recipe.model}") as advance:
        done = run_training(
            run, dataset, out=out, cache=cache_of(unused=no_cache), workers=workers, on_progress=advance
        )
    if done.bundle is not None:
        click.echo(f"Bundle: {done.bundle.path}")
    finish_evaluation(done.judgement.result, report=report, json_path=json_path)


def _recipe(model: str | None, path: Path | None, changes: dict[str, Any]) -> Any:
    from palier.training import read_recipe, recipe_from

    given = {k: v for k, v in changes.items() if v is not None}
    if (model is None) == (path is None):
        raise click.UsageError("give --model NAME or --recipe FILE, one of the two")
    if path is None:
        return recipe_from({"model": model, **{k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}})
    from dataclasses import replace

    return replace(read_recipe(path), **given)
