"""``palier worker``: workers without a web process."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options, settings_typed

__all__ = ["worker"]


@click.command()
@settings_options
@click.option("--processes", type=click.IntRange(1, 64), help="Worker processes.  [default: 2]")
@click.option("--queue", "queues", multiple=True, type=click.Choice(["analysis", "training", "reports", "notify"]),
              help="Only this kind of work; repeatable.  [default: all]")  # fmt: skip
def worker(settings_file: Path | None, data_dir: Path | None, processes: int | None, queues: tuple[str, ...]) -> None:
    """Run jobs for a server that runs elsewhere, until SIGTERM or Ctrl-C; jobs that run are handed back.

    The settings are those of the server: the same database, data folder and secret key.
    """
    from palier.server.run import work_alone
    from palier.worker.supervisor import QUEUES

    settings = settings_typed(settings_file, data_dir=data_dir, workers=processes)
    work_alone(settings, queues=queues or QUEUES, say=lambda text: click.echo(text))
