"""``palier user disable``: let somebody in no more."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options

__all__ = ["disable"]


@click.command()
@settings_options
@click.option("--workspace", help="Name of the workspace.  [default: the first]")
@click.option("--undo", is_flag=True, help="Let the person in again.")
@click.argument("email")
def disable(
    settings_file: Path | None,
    data_dir: Path | None,
    workspace: str | None,
    undo: bool,  # noqa: FBT001 - click's signature
    email: str,
) -> None:
    """Let somebody in no more: their sessions end and their keys stop working."""
    from palier.cli.user.operator import operating

    with operating(settings_file, data_dir, workspace) as operator:
        people = operator.accounts.people
        view = (people.enable if undo else people.disable)(operator.actor, operator.id_of(email))
        click.echo(f"{view.email}: {'enabled' if undo else 'disabled'}")
