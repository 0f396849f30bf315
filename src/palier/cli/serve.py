"""``palier serve``: the application."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options, settings_typed

__all__ = ["serve"]


@click.command()
@settings_options
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8050]")
@click.option("--workers", type=click.IntRange(0, 64), help="Worker processes beside the web process.  [default: 2]")
@click.option("--sample", is_flag=True, help="Add a workspace of SIMULATED recordings to look around in.")
def serve(
    settings_file: Path | None,
    data_dir: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    sample: bool,  # noqa: FBT001 - click's signature
) -> None:
    """Serve the application: pages, API and workers, until Ctrl-C.

    Without any setting it keeps everything in one folder (SQLite and files), and prints its address and, at the first
    start, a link to make the first account with. Other settings: `palier config show`.
    """
    from palier.server.run import serve as serve_settings

    settings = settings_typed(settings_file, data_dir=data_dir, host=host, port=port, workers=workers)
    serve_settings(settings, sample=sample, say=lambda text: click.echo(text))
