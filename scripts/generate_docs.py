"""Write the generated pages of the reference, or (--check) say which are stale."""

import inspect
import json
import math
import sys
from pathlib import Path

import click
from features_page import features_page
from models_page import models_page

import palier.errors
from palier.cli.main import main
from palier.core.catalogue import catalogue
from palier.diagnosis.document import json_schema
from palier.evaluation.document import evaluation_schema

ROOT = Path(__file__).resolve().parents[1] / "docs" / "reference"
MARK = "<!-- made by scripts/generate_docs.py; edit that, not this -->\n"


def commands(group: click.Group, context: click.Context, path: str) -> list[str]:
    parts = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=f"{path} {name}", terminal_width=100, max_content_width=100)
        parts.append(f"{'#' * (1 + len(path.split()))} {path} {name}\n\n```text\n{command.get_help(inner)}\n```\n")
        if isinstance(command, click.Group):
            parts += commands(command, inner, f"{path} {name}")
    return parts


def command_page() -> str:
    parts = [f"# Commands\n\n{MARK}", *commands(main, click.Context(main, info_name="palier"), "palier")]
    parts.append(
        "## Exit status\n\n0 when every input was processed, whatever was found in it. 2 when an input or an option was bad; "
        "the other inputs are processed all the same. 130 when interrupted.\n"
    )
    return "\n".join(parts)


def bearing_page() -> str:
    rows = [
        f"| {b.name} | {b.n_elements} | {b.element_diameter_m * 1e3:.4g} | {b.pitch_diameter_m * 1e3:.5g} | "
        f"{math.degrees(b.contact_angle_rad):.4g} | {b.bpfo_order:.4f} | {b.bpfi_order:.4f} | {b.bsf2_order:.4f} | "
        f"{b.ftf_order:.5f} | {b.provenance} |"
        for b in catalogue()
    ]
    return (
        f"# Bearings\n\n{MARK}\n{len(rows)} bearings whose geometry is published. Lines are in orders of the shaft speed, inner "
        "ring turning. Any other bearing is given by its geometry: `--bearing n=9,d=7.94mm,D=39.04mm,phi=0`.\n\n"
        "| name | elements | d mm | D mm | angle ° | BPFO | BPFI | 2×BSF | FTF | source |\n|---|---|---|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def error_page() -> str:
    what_to_do = {
        "PalierError": "The root: catch it to catch all of them.",
        "ParameterError": "Correct the argument; the message names the range.",
        "UndeclaredError": "Declare what is missing: the message names the option. palier never guesses it.",
        "DeclarationError": "Find out which is right, the declaration or the file; the audit helps.",
        "BearingError": "Choose one of the names suggested, or give the geometry.",
        "ReadError": "Export the file again, cut out the bad part, or name its format with `--format`.",
        "MissingToolError": "Install the program that the message names.",
        "AuditRefusedError": "Remedy what the audit found, or accept it by name with `--despite`: the bundle will say so.",
        "BundleError": "Use a model made for such recordings, or copy the bundle again; the message says which.",
        "DatasetError": "Restore the dataset from its source; `palier dataset verify` names what is damaged.",
        "LeakError": "Split on the level that the message names; `--leaky` only to show a score beside the honest one.",
        "OutputError": "Choose a folder that exists and that you may write to.",
    }
    parts = [
        f"# Errors\n\n{MARK}\nEvery error that palier raises on purpose; each also is the Python error in brackets.\n"
    ]
    for name in ["PalierError", *[n for n in palier.errors.__all__ if n != "PalierError"]]:
        kind = getattr(palier.errors, name)
        builtin = next((b.__name__ for b in kind.__mro__ if b.__module__ == "builtins"), "")
        parts.append(f"## {name}\n\n({builtin}) {inspect.getdoc(kind)}\n\n*What to do:* {what_to_do[name]}\n")
    return "\n".join(parts)


PAGES = {
    "cli.md": command_page,
    "bearings.md": bearing_page,
    "errors.md": error_page,
    "features.md": features_page,
    "models.md": models_page,
    "evaluation.schema.json": lambda: json.dumps(evaluation_schema(), indent=2, ensure_ascii=False) + "\n",
    "diagnosis.schema.json": lambda: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
}


def run(*, check: bool) -> int:
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    if check and stale:
        print(f"stale: {', '.join(stale)}; run python scripts/generate_docs.py")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(run(check="--check" in sys.argv))
