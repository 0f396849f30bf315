"""``palier user reset``: help somebody who cannot sign in."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options

__all__ = ["reset"]


@click.command()
@settings_options
@click.option("--workspace", help="Name of the workspace.  [default: the first]")
@click.option("--second-factor", is_flag=True, help="Also remove the second factors, where they are lost.")
@click.argument("email")
def reset(
    settings_file: Path | None,
    data_dir: Path | None,
    workspace: str | None,
    second_factor: bool,  # noqa: FBT001 - click's signature
    email: str,
) -> None:
    """Print a link with which somebody chooses a new password; it works once, for an hour."""
    from palier.cli.user.operator import operating

    with operating(settings_file, data_dir, workspace) as operator:
        person = operator.id_of(email)
        if second_factor:
            operator.accounts.people.remove_factors(operator.actor, person)
        click.echo(operator.accounts.people.reset_link(operator.actor, person))
