"""``palier models list``."""

import json

import click

__all__ = ["list"]


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list(as_json: bool) -> None:  # noqa: A001, FBT001 - the command's name; click's signature
    """List the models that can be trained."""
    from palier.models.catalogue import MODELS

    if as_json:
        rows = [
            {
                "name": m.name,
                "text": m.text,
                "input": m.input,
                "feature_sets": None if m.feature_sets is None else dict(m.feature_sets),
            }
            for m in MODELS.values()
        ]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    width = max(map(len, MODELS))
    for model in MODELS.values():
        click.echo(f"{model.name:<{width}}  {model.text}")
