"""The shape of the code: file length, public names, broad excepts, machine paths."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HARD_LIMIT = 600
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

#: pyuff raises bare `Exception`; nothing narrower can be named there.
#: Besides readers: the one place where a worker turns whatever a job raises into its row.
BROAD_ALLOWED = {"src/palier/data/readers/uff58.py", "src/palier/jobs/execute.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name)
def test_no_file_is_longer_than_the_limit(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= HARD_LIMIT


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_states_its_public_names_and_they_exist(path: Path) -> None:
    if "migrations" in path.parts:  # read by Alembic, by its own rules
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    stated = [n for n in tree.body if isinstance(n, ast.Assign | ast.AnnAssign) and "__all__" in ast.unparse(n)]
    defined = {
        getattr(n, "name", None) or ast.unparse(getattr(n, "target", None) or n.targets[0])
        for n in tree.body
        if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign | ast.AsyncFunctionDef)
    }
    defined |= {
        ast.unparse(e)
        for n in tree.body
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Tuple)
        for e in n.targets[0].elts
    } | {a.asname or a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom | ast.Import) for a in n.names}
    if path.name == "__init__.py" and not stated:
        assert not any(isinstance(n, ast.FunctionDef | ast.ClassDef) for n in tree.body)
        return
    assert stated, "no __all__"
    assert set(ast.literal_eval(stated[0].value)) <= defined  # type: ignore[arg-type]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_broad_except_and_no_path_tricks(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"sys\.path\s*(\.(append|insert|extend)|\+?=[^=]|\[)", text)
    if name(path) in BROAD_ALLOWED:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            assert caught not in {"", "Exception", "BaseException"}, f"line {node.lineno}"


def test_there_is_no_utils_package() -> None:
    assert not [p for p in SOURCES if {"utils", "helpers", "common", "misc"} & set(p.with_suffix("").parts)]


def test_no_path_of_a_machine_and_no_registry_in_tracked_files() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files")
    pattern = re.compile(r"(?<![\w.])/(work|home|root|Users|mnt)/\w|index-url\s*=|--index-url")
    bad = []
    for line in listed.stdout.splitlines():
        path = ROOT / line
        if not path.is_file() or path == Path(__file__) or path.suffix in {".png", ".gz", ".mat", ".pdf"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        bad += [f"{line}: {m.group(0)}" for m in pattern.finditer(text)]
    assert not bad


def test_every_package_of_the_architecture_is_placed_on_a_floor() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(c for c in contracts if c["type"] == "layers")
    assert floors["exhaustive"]
    placed = set(re.findall(r"\w+", " ".join(floors["layers"])))
    here = {p.name.removesuffix(".py") for p in (ROOT / "src/palier").iterdir() if p.suffix == ".py" or p.is_dir()}
    assert here - {"__init__", "__main__", "__pycache__", "py.typed"} <= placed
