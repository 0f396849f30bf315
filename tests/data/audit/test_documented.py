"""Every kind of finding is in the reference, and the reference names no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def keys_in_code():
    """First arguments of `Finding` and of `_Trait`, and first fields of the table of settings."""
    for path in (ROOT / "src/palier/data/audit").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Finding", "_Trait"}
            first = (
                node.args[0]
                if named and node.args
                else node.elts[0]
                if isinstance(node, ast.Tuple) and node.elts
                else None
            )
            if isinstance(first, ast.Constant) and (named or str(first.value).endswith("_names_class")):
                yield first.value


def test_the_reference_lists_every_key():
    page = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(keys_in_code())
