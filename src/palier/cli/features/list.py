"""``palier features list``."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

__all__ = ["list"]


@click.command("list")
@click.option("--set", "set_name", help="Only the features of this set, such as standard-1.")
@click.option("--sets", "show_sets", is_flag=True, help="List the sets instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list(set_name: str | None, show_sets: bool, as_json: bool) -> None:  # noqa: A001, FBT001 - the command's name; click's signature
    """List the features, with units and formulas.

    The unit u is that of the waveform.
    """
    from palier.features import FEATURE_SETS, feature_set, registered

    if show_sets:
        rows = [{"set": s.name, "features": len(s.names), "what it is for": s.text} for s in FEATURE_SETS.values()]
    else:
        chosen = registered() if set_name is None else feature_set(set_name).features
        rows = [
            {
                "feature": f.name,
                "unit": f.unit,
                "needs": " ".join(f.needs),
                "what it is": f.summary,
                "formula": f.formula,
            }
            for f in chosen
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        _show(rows)


def _show(rows: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*rows[0], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(str(v)) for v in row.values()))
    Console(width=None if sys.stdout.isatty() else 220).print(table)
