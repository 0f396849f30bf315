"""``palier user add``: invite somebody."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options

__all__ = ["add"]


@click.command()
@settings_options
@click.option("--workspace", help="Name of the workspace.  [default: the first]")
@click.option("--role", type=click.Choice(["viewer", "analyst", "engineer", "admin"]), default="analyst",
              show_default=True, help="What the person may do.")  # fmt: skip
@click.argument("email")
def add(settings_file: Path | None, data_dir: Path | None, workspace: str | None, role: str, email: str) -> None:
    """Invite somebody: prints a link that works once, for a week."""
    from palier.app.roles import Role
    from palier.cli.user.operator import operating

    with operating(settings_file, data_dir, workspace) as operator:
        click.echo(operator.accounts.people.invite(operator.actor, email=email, role=Role(role)))
