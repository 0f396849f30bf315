"""``palier demo``: the main job on a bearing that is simulated, and says so."""

from pathlib import Path

import click

from palier.cli.present import finish

__all__ = ["demo"]


@click.command()
@click.option("--fault", default="outer_race", show_default=True,
              type=click.Choice(["healthy", "outer_race", "inner_race", "rolling_element", "cage"]),
              help="What to simulate.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the simulation.")
@click.option("--report", type=click.Path(path_type=Path), default=Path("palier-demo.html"), show_default=True,
              help="Where the report goes (.html or .pdf).")  # fmt: skip
@click.option("--json", "json_path", help="Write the diagnosis as JSON to this file, or to - for standard output.")
def demo(fault: str, seed: int, report: Path, json_path: str | None) -> None:
    """Diagnose a simulated bearing, to see what palier does.

    The recording is made by a documented impact model, not measured, and everything shown says so.
    """
    from palier.diagnosis.demo import diagnose_simulated

    result = diagnose_simulated(fault, seed=seed, report=report)
    finish([result], json_path=json_path, targets=[report])
