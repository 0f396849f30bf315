"""``palier demo``: the main job on a bearing that is simulated, and says so."""

from pathlib import Path

import click

from palier.cli.present import finish

__all__ = ["demo"]


@click.command()
@click.option("--kind", type=click.Choice(["rolling", "journal"]), default="rolling", show_default=True,
              help="Kind of bearing.")  # fmt: skip
@click.option("--fault", help="What to simulate.  [default: outer_race, or oil_whirl of a journal bearing]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the simulation.")
@click.option("--report", type=click.Path(path_type=Path), default=Path("palier-demo.html"), show_default=True,
              help="Where the report goes (.html or .pdf).")  # fmt: skip
@click.option("--json", "json_path", help="Write the diagnosis as JSON to this file, or to - for standard output.")
def demo(kind: str, fault: str | None, seed: int, report: Path, json_path: str | None) -> None:
    """Diagnose a simulated bearing, to see what palier does.

    The recording is made by a documented model, not measured, and everything shown says so. For a journal bearing a
    small dataset is simulated first and a model trained on it (about half a minute).
    """
    if kind == "rolling":
        from palier.diagnosis.demo import diagnose_simulated
        from palier.simulate.rolling import ROLLING_SCENARIO_FAULTS

        chosen = _checked(fault or "outer_race", ROLLING_SCENARIO_FAULTS)
        finish([diagnose_simulated(chosen, seed=seed, report=report)], json_path=json_path, targets=[report])
        return
    from palier.cli.dataset.progress import dataset_progress
    from palier.core.faults import JOURNAL_CLASSES
    from palier.research.demo import demonstrate_journal

    chosen = _checked(fault or "oil_whirl", tuple(f.key for f in JOURNAL_CLASSES))
    with dataset_progress(0, doing="simulating the training data") as advance:
        shown = demonstrate_journal(chosen, seed=seed, report=report, on_progress=advance)
    if json_path != "-":
        click.echo(shown.result.sentence)
    finish([shown.diagnosis], json_path=json_path, targets=[report])


def _checked(fault: str, allowed: tuple[str, ...]) -> str:
    if fault not in allowed:
        raise click.BadParameter(f"{fault!r}; allowed are {', '.join(allowed)}", param_hint="--fault")
    return fault
