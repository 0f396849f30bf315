"""The reference page of models and recipes, from the catalogue and the recipe's own fields."""

import ast
import inspect
import textwrap
from dataclasses import MISSING, fields
from itertools import pairwise

from palier.data.transforms import _FORMS
from palier.models.catalogue import MODELS
from palier.simulate.acquisition import LAYERS
from palier.simulate.spec import DatasetSpec
from palier.training.recipe import Recipe

MARK = "<!-- made by scripts/generate_docs.py; edit that, not this -->\n"


def field_notes(kind: type) -> dict[str, str]:
    """The text under each field of a dataclass."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = tree.body[0].body  # type: ignore[attr-defined]
    notes = {}
    for first, second in pairwise(body):
        if isinstance(first, ast.AnnAssign) and isinstance(second, ast.Expr) and isinstance(second.value, ast.Constant):
            notes[first.target.id] = " ".join(str(second.value.value).split())  # type: ignore[union-attr]
    return notes


def field_table(kind: type) -> str:
    notes, rows = field_notes(kind), []
    for f in fields(kind):
        default = "" if f.default is MISSING else f"`{f.default!r}`"
        rows.append(f"| `{f.name}` | {default} | {notes.get(f.name, '').replace('|', '/')} |")
    return "| field | default | meaning |\n|---|---|---|\n" + "\n".join(rows)


def models_page() -> str:
    parts = [
        f"# Models and recipes\n\n{MARK}",
        (
            f"{len(MODELS)} models, all trained by `palier train`, exported to ONNX and served by the ONNX runtime alone. Their worth on simulated\n"
            "journal bearings: [classical](classical.md); on measured rolling bearings: [real models](real-models.md).\n"
        ),
    ]
    for m in MODELS.values():
        sets = (
            "the waveform" if m.feature_sets is None else ", ".join(f"`{v}` ({k})" for k, v in m.feature_sets.items())
        )
        parts.append(f"## {m.name}\n\n{m.text}\n\nTakes {sets}. Reference: {m.reference}.\n")
        if m.parameters:
            parts.append("| parameter | default | allowed |\n|---|---|---|")
            for key, value in m.parameters.items():
                low, high = m.ranges.get(key, (None, None))
                parts.append(f"| `{key}` | `{value}` | {'' if low is None else f'{low:g} to {high:g}'} |")
            parts.append("")
    parts.append(
        f"## Recipe\n\nA YAML table, one line `field: value` each (`palier train --recipe FILE`).\n\n{field_table(Recipe)}\n"
    )
    parts.append(
        "## Noise variants\n\nOf test records (`palier evaluate --noise`) and of training windows (`augment`); made when they are asked for, each record "
        "with a stream of its own.\n\n| kind | written as |\n|---|---|"
    )
    parts += [f"| {kind} | {form} |" for kind, (_, form) in _FORMS.items()]
    parts.append("")
    parts.append(
        f"## Specification of a simulated dataset\n\nA YAML table (`palier dataset simulate --spec FILE`).\n\n{field_table(DatasetSpec)}\n\n"
        f"The acquisition chain has {len(LAYERS)} layers, in this order:\n\n| layer | default | what it does |\n|---|---|---|"
    )
    parts += [f"| `{name}` | {'on' if layer.default else 'off'} | {layer.text} |" for name, layer in LAYERS.items()]
    return "\n".join(parts) + "\n"
