"""Reports of evaluations in a real browser: both themes, a phone, the keyboard, paper, and the rules of WCAG 2.2 AA."""

import re
import runpy
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, sync_playwright

from palier.evaluation import Judged, compare_results
from palier.evaluation.report import render_comparison, render_evaluation

_CASES = runpy.run_path(str(Path(__file__).parents[1] / "evaluation" / "cases.py"))

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(20, 24, 28)"
KINDS = ("full", "bearing", "eleven", "comparison")


def rendered(kind: str) -> str:
    full = _CASES["full_result"]()
    if kind == "full":
        return render_evaluation(full)
    if kind in {"bearing", "eleven"}:
        return render_evaluation(_CASES[f"{kind}_result"]())
    entries = [Judged(n, full, _CASES["made_scores"](400, strength=s)) for n, s in (("forest", 2.5), ("k-nn", 1.0))]
    return render_comparison(compare_results(entries, rng=np.random.default_rng(0)))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("evaluations")
    for kind in KINDS:
        (made / f"{kind}.html").write_text(rendered(kind), encoding="utf-8")
    return made


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Any]:
    """Open a report; on leaving, nothing may have been said on the console or asked of any network."""
    contexts, said, asked = [], [], []

    def go(kind: str = "full", *, width: int = 1100, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / f"{kind}.html").as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert {url for url in asked if not (url.startswith("file://") and url.endswith(".html"))} == set()


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize(
    ("kind", "scheme"), [("full", "light"), ("full", "dark"), ("bearing", "dark"), ("comparison", "light")]
)
def test_no_rule_of_accessibility_is_broken(visit: Any, kind: str, scheme: str) -> None:
    page = visit(kind, color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"]
    assert [f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_never_scrolls_sideways(visit: Any, kind: str) -> None:
    page = visit(kind)
    for width in (320, 360, 768, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_theme_follows_the_system_and_the_button_and_paper_is_white(visit: Any) -> None:
    page = visit(color_scheme="dark")
    assert background(page) == NIGHT
    bar = page.locator(".plot path[style*='--fig-series']").first
    dark = bar.evaluate("e => getComputedStyle(e).fill")
    page.get_by_role("button", name="Light theme").click()
    assert background(page) == WHITE
    assert bar.evaluate("e => getComputedStyle(e).fill") != dark
    page.get_by_role("button", name="Dark theme").click()
    page.emulate_media(media="print")
    assert background(page) == WHITE
    assert not page.locator("button.theme").is_visible()


def test_everything_that_acts_or_scrolls_is_reached_by_the_keyboard(visit: Any) -> None:
    page = visit("bearing", width=360)
    wanted = page.evaluate(
        "[...document.querySelectorAll('button, .scroll')].filter(e => e.offsetParent).map(e => e.className)"
    )
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_of_a_figure_leaves_it_or_lies_on_another(visit: Any, kind: str) -> None:
    page = visit(kind)
    assert page.locator(".plot svg text").count() > 10
    overlaps = page.evaluate(
        """() => [...document.querySelectorAll('.plot svg')].flatMap(svg => {
            const whole = svg.getBoundingClientRect();
            const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim())
                .map(t => [t.textContent, t.getBoundingClientRect()]);
            const out = boxes.filter(([, b]) => b.left < whole.left - 2 || b.right > whole.right + 2
                || b.top < whole.top - 2 || b.bottom > whole.bottom + 2).map(([t]) => t + ' outside');
            const on = boxes.flatMap(([t, a], i) => boxes.slice(i + 1).filter(([, b]) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3).map(([u]) => t + ' on ' + u));
            return [...out, ...on];
        })"""
    )
    assert overlaps == []


def test_a_page_prints_on_paper(visit: Any) -> None:
    page = visit("full")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 9
