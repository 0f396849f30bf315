"""The rules that pages keep: short callbacks, no neighbours, nothing inline, nothing from elsewhere."""

import ast
import re
from pathlib import Path

import pytest

import palier.web
from palier.web.app import PAGES
from palier.web.routing import PalierDash

WEB = Path(palier.web.__file__).parent
PAGE_FILES = sorted((WEB / "pages").rglob("*.py"))


def callbacks(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("app.callback" in ast.unparse(d).split("(")[0] for d in node.decorator_list)
    ]


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda p: str(p.relative_to(WEB)))
def test_callbacks_have_ten_lines_at_most(path: Path) -> None:
    for function in callbacks(path):
        assert function.end_lineno is not None
        assert function.end_lineno - function.body[0].lineno + 1 <= 10, function.name


def test_there_are_callbacks_to_measure() -> None:
    assert sum(len(callbacks(p)) for p in PAGE_FILES) > 20


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda p: str(p.relative_to(WEB)))
def test_pages_do_not_know_each_other(path: Path) -> None:
    own = path.relative_to(WEB / "pages").parts[0].removesuffix(".py")
    for module in re.findall(r"palier\.web\.pages\.(\w+)", path.read_text(encoding="utf-8")):
        assert module == own


def test_nothing_comes_from_elsewhere_and_no_file_goes_through_the_page() -> None:
    for path in [*WEB.rglob("*.py"), *WEB.rglob("*.js"), *WEB.rglob("*.css"), *WEB.rglob("*.svg")]:
        if path.relative_to(WEB).parts[0] in {"guard", "entry"}:
            continue
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn", text), path
        assert "dcc.Upload" not in text, path
        assert "background=" not in text or path.suffix == ".css", path
        assert "plotly.express" not in text, path
        assert not re.search(r"clientside_callback\(\s*[\"']", text), path


def test_scripts_evaluate_no_text() -> None:
    for path in (WEB / "assets").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|document\.write", text), path


def test_the_application_is_what_operations_says(app: PalierDash) -> None:
    assert app._enable_mcp is False
    assert app.config.serve_locally
    assert not app.config.external_scripts
    assert not app.config.external_stylesheets
    assert not any(c.get("background") for c in app._callback_list)
    rules = {str(r) for r in app.server.url_map.iter_rules()}
    assert not any("mcp" in r for r in rules)


def test_only_one_script_is_inline(app: PalierDash) -> None:
    assert len(app.csp_hashes()) == 1
    page = app.server.test_client().get("/").text
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    assert len(inline) == 1
    assert "on" + "click=" not in page


def test_every_page_module_is_registered_once() -> None:
    assert len(set(PAGES)) == len(PAGES)
    there = {p.stem if p.is_file() else p.name for p in (WEB / "pages").iterdir() if p.name[0] != "_"}
    assert there == set(PAGES)


def test_files_are_short() -> None:
    for path in WEB.rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 600, path
