"""Write the generated pages of the reference, or (--check) say which are stale."""

import inspect
import json
import math
import sys
from pathlib import Path

import click
from features_page import features_page
from models_page import models_page
from rest_page import openapi_json, rest_page

import palier.errors
from palier.cli.main import main
from palier.config import Settings
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
        "NotFoundError": "Look the thing up again; it may have been removed, or belong to another workspace.",
        "ConflictError": "Read the newest state and repeat the change, or choose another name; the message says which.",
        "PermissionDeniedError": "Ask an admin for the role that the message names, or make a key with the scope.",
        "ProofNeededError": "Confirm your password, then repeat the change.",
        "SignInError": "Sign in again, or give a valid API key.",
        "TooManyAttemptsError": "Wait as long as the message says; nothing is locked for good.",
        "TooLargeError": "Cut the file, or ask the operator to raise the limit that the message names.",
        "ConfigurationError": "Correct the setting that the message names; `palier config show` tells where each comes from.",
        "UnavailableError": "Try again in a moment; nothing was changed. Operators look at `/readyz`.",
        "CancelledError": "Nothing: somebody asked for it. Retry the job where that was a mistake.",
        "TimeLimitError": "Make the task smaller, or split it.",
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


def settings_page() -> str:
    """Every setting of the application, from its declaration, and the variables of the library."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if default is None or default == () else f"`{default}`"
        rows.append(f"| `PALIER_{name.upper()}` | {field.description} | {shown} |")
    return (
        f"# Settings\n\n{MARK}\n"
        "## The application\n\n"
        "`palier serve` and `palier worker` read their settings in this order: command line, environment (`PALIER_…`), a "
        "file that holds the value (`PALIER_…_FILE`, for secrets such as `PALIER_SECRET_KEY_FILE`), a settings file "
        "(`--settings`, `PALIER_SETTINGS`, or `palier.toml` in the current folder; names in lower case without the "
        "prefix), defaults. Setting both a variable and its `_FILE` form is refused. `palier config show` prints every "
        "value and where it came from, `palier config check` says what would not be safe to serve with.\n\n"
        "| variable | meaning | default |\n|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "Lists are separated by commas.\n\n"
        "## The client\n\n| variable | meaning | default |\n|---|---|---|\n"
        "| `PALIER_SERVER` | Address of a server that `palier diagnose` sends recordings to, instead of `--server` | |\n"
        "| `PALIER_API_KEY` | Key for it; never given on the command line, where others would see it | |\n\n"
        "## The library\n\n| variable | meaning | default |\n|---|---|---|\n"
        "| `PALIER_CACHE_DIR` | Folder of the cache of derived data (features, spectra) | `palier` in the user's cache "
        "folder (`~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`) |\n"
        "| `PALIER_CHROMIUM` | Path of the Chromium that prints PDF reports | the first of `chromium`, "
        "`chromium-browser`, `google-chrome` on the path |\n"
        "| `PALIER_REAL_DATA` | Folder of the measured recordings that tests and benchmarks read | "
        "`../shared/data/real` beside the checkout |\n"
    )


PAGES = {
    "settings.md": settings_page,
    "cli.md": command_page,
    "bearings.md": bearing_page,
    "errors.md": error_page,
    "features.md": features_page,
    "models.md": models_page,
    "openapi.json": openapi_json,
    "rest.md": rest_page,
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
