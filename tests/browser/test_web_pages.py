"""The pages in a real browser: both themes, a phone, the keyboard, the content policy, WCAG 2.2 AA."""

import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, sync_playwright
from tests.web.serving import served
from tests.web.walking import Visitor
from tests.web.world import World, make_world, samples

from palier.app.roles import Actor, Role
from palier.web.app import dash_app

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("mill"), migrated_sqlite)
    yield world
    world.close()


@pytest.fixture(scope="module")
def who(mill: World) -> list[Actor]:
    """Who asks: the first, as the guard would find out."""
    return [mill.actor()]


@pytest.fixture(scope="module")
def site(mill: World, who: list[Actor]) -> Iterator[str]:
    with served(mill.services, lambda: who[0]) as url:
        yield url


@pytest.fixture(scope="module")
def addresses(mill: World) -> dict[str, str]:
    return Visitor(dash_app(mill.services), mill).addresses()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page; on leaving, nothing may have been said on the console or asked of anybody else."""
    contexts, said, asked = [], [], []

    def go(address: str, *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        show(page, site + address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


def show(page: Page, url: str) -> None:
    page.goto(url)
    settled(page)


def follow(page: Page, address: str) -> None:
    """Go to an address as a link does: the frame stays."""
    page.evaluate("document.getElementById('page-title').id = 'old-title'; document.title = 'palier'")
    path, _, search = address.partition("?")
    where = {"pathname": path, "search": f"?{search}" if search else ""}
    page.evaluate("where => window.dash_clientside.set_props('location', where)", where)
    until(page, "document.getElementById('old-title') === null")
    settled(page)


def settled(page: Page) -> None:
    """Wait for the page, and for the figures on it."""
    until(page, "document.getElementById('page-title') !== null && document.title !== 'palier'")
    until(page, "[...document.querySelectorAll('.plot-graph')].every(g => g.querySelector('.main-svg .trace, .main-svg .hm, .main-svg image'))")


def until(page: Page, expression: str) -> None:
    """Ask again and again from here: a wait inside the page evaluates strings, which its own policy forbids."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(expression)


def axe(page: Page) -> list[str]:
    """Return what axe-core finds; it is injected, so the page's own policy has to be set aside for it."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(content=AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"]
    return [
        f"{v['id']}: {n['html'][:160]} {n['failureSummary'][:200]}" for v in found["violations"] for n in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_on_any_page(
    visit: Callable[..., Page], addresses: dict[str, str], scheme: str
) -> None:
    page = visit("/", color_scheme=scheme, bypass_csp=True)
    broken = {}
    for what, address in addresses.items():
        follow(page, address)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 28)"}[scheme]
        found = axe(page)
        if found:
            broken[what] = found
    rules = {line for lines in broken.values() for line in lines}
    assert "\n".join(sorted(rules)) == "", list(broken)
