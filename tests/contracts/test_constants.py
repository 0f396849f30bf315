"""No magic numbers: rates, lengths and class counts have one home, and the physics' constants have names."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "src" / "palier"
#: Sampling rates and record lengths that the code base before palier had sprinkled about.
MAGIC = {12_000, 12_800, 20_480, 25_600, 48_000, 51_200, 102_400}
#: Where a rate is a stated default, a drawn one, or that of a named data set.
HOMES = {"simulate/spec.py", "simulate/rolling.py", "simulate/population.py"}
#: Factors that formulas are made of.
PLAIN = {0, 0.5, 1, 1.5, 2, 3, 4, 10, 16}  # 16 is Ocvirk's, 1.5 the upper sideband of half a frequency
PHYSICS = [
    *sorted((ROOT / "simulate" / "signatures").glob("*.py")),
    ROOT / "simulate" / "acquisition.py",
    ROOT / "simulate" / "operating.py",
]


def numbers(tree: ast.AST) -> list[tuple[int, float]]:
    return [
        (n.lineno, n.value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, int | float) and not isinstance(n.value, bool)
    ]


def test_no_magic_rate_or_length_outside_its_home() -> None:
    found = []
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if name in HOMES or name.startswith(("data/readers/", "api/")):  # in the API they are examples of requests
            continue
        found += [f"{name}:{line}" for line, value in numbers(ast.parse(path.read_text())) if value in MAGIC]
    assert found == []


def test_the_number_of_classes_is_the_taxonomys() -> None:
    from palier.core.faults import JOURNAL_CLASSES, classes_of

    assert len(classes_of("journal")) == len(JOURNAL_CLASSES) == 11
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare | ast.Call)
        and any(
            isinstance(c, ast.Constant) and type(c.value) is int and c.value == 11 for c in ast.iter_child_nodes(node)
        )
    ]
    assert found == []


@pytest.mark.parametrize("path", PHYSICS, ids=lambda p: p.stem)
def test_every_constant_of_the_physics_has_a_name(path: Path) -> None:
    """Inside functions only plain factors: whatever shapes a signature stands above, named, with its source."""
    tree, found = ast.parse(path.read_text()), []
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        body = ast.Module(function.body, [])
        found += [(line, v) for line, v in numbers(body) if v not in PLAIN and not 0 < v < 1e-6]  # rounding's margin
    assert found == []
