"""``palier compare``: several bundles on the same records."""

import sys
from pathlib import Path

import click

from palier.cli.model_options import workers_option

__all__ = ["compare"]


@click.command()
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--data", "data_path", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option(
    "--split", "split_name", help="Split whose test side is scored; without it every record of another dataset."
)
@click.option("--fold", "fold_name", help="Fold of the split.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the intervals.")
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the comparison as JSON.")
@workers_option
def compare(
    bundles: tuple[Path, ...],
    data_path: Path,
    split_name: str | None,
    fold_name: str | None,
    seed: int,
    report: Path | None,
    json_path: Path | None,
    workers: int,
    no_cache: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Compare the models in the folders BUNDLES on the same records: exact McNemar tests, adjusted by Holm."""
    from rich.console import Console
    from rich.table import Table

    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.model_options import cache_of
    from palier.cli.present import write_text
    from palier.data.store import open_dataset
    from palier.models.bundle import open_bundle
    from palier.research.evaluation_run import compare_bundles

    dataset = open_dataset(data_path)
    with dataset_progress(0, doing="scoring") as advance:
        comparison = compare_bundles(
            [open_bundle(b) for b in bundles], dataset, split_name=split_name, fold_name=fold_name, seed=seed,
            cache=cache_of(unused=no_cache), workers=workers, on_progress=advance,
        )  # fmt: skip
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table("model", "accuracy", "macro-F1", box=None, pad_edge=False)
    for name, result in zip(comparison.names, comparison.results, strict=True):
        accuracy = result.figures.accuracy
        table.add_row(
            name, f"{accuracy.value:.2%} ({accuracy.low:.1%}–{accuracy.high:.1%})",
            f"{result.figures.macro_f1.value:.4f}",
        )  # fmt: skip
    console.print(table)
    for pair in comparison.pairs:
        click.echo(f"{pair.a} – {pair.b}: {pair.verdict} (p = {pair.mcnemar_holm:.3g} after Holm)")
    for caution in comparison.cautions:
        click.secho(f"· {caution.text}", fg="yellow")
    if json_path is not None:
        from palier.evaluation.document import comparison_json

        write_text(json_path, comparison_json(comparison))
        click.echo(f"JSON: {json_path}")
    if report is not None:
        from palier.evaluation.report import write_comparison_report

        write_comparison_report(comparison, report)
        click.echo(f"Report: {report}")
