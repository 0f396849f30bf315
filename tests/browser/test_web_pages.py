"""The pages in a real browser: both themes, a phone, the keyboard, the content policy, WCAG 2.2 AA."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Error, FileChooser, Page, sync_playwright
from tests.web.serving import served
from tests.web.walking import Visitor
from tests.web.world import World, make_world, samples

from palier.app.roles import Actor, Role
from palier.web.app import dash_app

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAWN = ".main-svg .trace, .main-svg .hm, .main-svg image"
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
    profile = mill.services.accounts.profile
    with served(mill.services, lambda: replace(who[0], language=profile.me(who[0]).language)) as url:
        yield url


@pytest.fixture(scope="module")
def addresses(mill: World) -> dict[str, str]:
    """Each state that looks different; the tests of the pages have more."""
    every = Visitor(dash_app(mill.services), mill).addresses()
    like_others = {"jobs", "jobs, done", "jobs, all", "job, done", "job, queued", "diagnose, for a point", "machines"}
    return {what: address for what, address in every.items() if what not in like_others}


@dataclass(slots=True)
class Visits:
    """Opens pages, and hears what they say and ask for."""

    browser: Browser
    site: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def __call__(self, address: str, *, width: int = 1280, **options: Any) -> Page:
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        show(page, self.site + address)
        return page


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visits]:
    """Open pages; on leaving, nothing may have been said on the console or asked of anybody else."""
    visits = Visits(browser, site)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.said == []
    assert [url for url in visits.asked if not url.startswith((site, "data:", "blob:"))] == []


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
    until(page, f"[...document.querySelectorAll('.plot-graph')].every(g => g.querySelector('{DRAWN}'))")


def until(page: Page, expression: str) -> None:
    """Ask again and again from here: a wait inside the page evaluates strings, which its own policy forbids."""
    for _ in range(800):
        try:
            if page.evaluate(expression):
                return
        except Error as error:  # the page is just being loaded anew
            if "context was destroyed" not in str(error):
                raise
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


PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 28)"}


def test_no_rule_of_accessibility_is_broken_on_any_page_in_either_theme(
    visit: Visits, addresses: dict[str, str]
) -> None:
    page = visit("/", bypass_csp=True)
    broken = []
    for what, address in addresses.items():
        follow(page, address)
        for scheme, paper in PAPER.items():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            until(page, f"getComputedStyle(document.body).backgroundColor === '{paper}'")
            broken += [f"{what}, {scheme}: {line}" for line in axe(page)]
    assert "\n".join(broken) == ""


def test_no_page_scrolls_sideways_on_a_phone(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit("/", width=360)
    for what, address in addresses.items():
        follow(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, what
    page.set_viewport_size({"width": 2200, "height": 1200})
    assert page.evaluate("document.documentElement.scrollWidth") <= 2200


def test_the_dialogs_break_no_rule_of_accessibility(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["machine"], bypass_csp=True)
    for button, inside in (("Edit", "#machine-name"), ("Add a point", "#point-name"), ("Remove", "#machine-yes")):
        page.get_by_role("button", name=button, exact=True).first.click()
        page.locator(inside).wait_for()
        page.wait_for_timeout(300)  # it is faded in, and half-faded text has half its contrast
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.locator(inside).wait_for(state="hidden")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def test_the_keyboard_leads_from_the_first_key_to_an_answer(visit: Visits, mill: World, tmp_path: Path) -> None:
    """Skip link, navigation, upload, declaration, run: no mouse."""
    np.save(tmp_path / "keyboard.npy", samples("outer_race", seed=77, snr_db=3.0))
    page = visit("/")
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.keyboard.press("Tab")
    assert focused(page) == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/diagnose":
            break
    page.keyboard.press("Enter")
    until(page, "document.title === 'Diagnose · palier'")
    assert focused(page) == "page-title"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Choose files"
    page.keyboard.press("Enter")
    until_true(page, lambda: bool(choosers))
    choosers[0].set_files(str(tmp_path / "keyboard.npy"))
    until(page, "location.search.startsWith('?recordings=')")
    mill.work()
    until(page, "document.getElementById('diagnose-run') !== null")
    for name, text in (("rate", "12000"), ("speed", "1500"), ("bearing", "6205")):
        page.locator(f"#declare-{name}").focus()
        page.keyboard.type(text)
    page.keyboard.press("Escape")  # the list of bearings
    page.locator("#diagnose-run").focus()
    page.keyboard.press("Enter")
    until(page, "location.pathname.startsWith('/diagnoses/')")
    mill.work()
    until(page, "document.querySelector('.answer') !== null")
    assert "outer-race defect" in page.locator(".answer-sentence").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").press("Enter")
    assert "outer-race defect" in Path(download.value.path()).read_text(encoding="utf-8")
    settled(page)


def test_an_upload_that_is_refused_says_why(visit: Visits, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    page = visit("/diagnose")
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.get_by_role("button", name="Choose files").click()
    until_true(page, lambda: bool(choosers))
    with_errors = page.locator(".upload-failed")
    choosers[0].set_files(str(tmp_path / "empty.wav"))
    with_errors.wait_for()
    assert "empty" in with_errors.inner_text()
    page.get_by_role("button", name="Dismiss").click()
    assert page.locator(".upload").count() == 0
    visit.said[:] = [text for text in visit.said if "status of 422" not in text]  # the browser's own line


def drawn(plot: str) -> str:
    """Return what finds a figure, as plotly has it."""
    return f"document.querySelector('.plot[data-plot={plot}] .js-plotly-plot')"


def shown_span(page: Page, plot: str) -> str:
    return page.locator(f".plot[data-plot={plot}] .plot-shown").inner_text()


def test_zoom_is_shared_kept_in_the_address_and_there_after_a_reload(
    visit: Visits, addresses: dict[str, str], site: str
) -> None:
    page = visit(addresses["diagnosis, no damage"])
    assert shown_span(page, "waveform") == "0 to 4 s"
    page.locator(".plot[data-plot=waveform] .plot-stage").focus()
    page.keyboard.press("+")
    until(page, "location.search === '?t=1,3'")
    until(
        page, "document.querySelector('.plot[data-plot=waveform] .js-plotly-plot').layout.xaxis.range.join() === '1,3'"
    )
    until(
        page,
        "document.querySelector('.plot[data-plot=spectrogram] .js-plotly-plot').layout.xaxis.range.join() === '1,3'",
    )
    assert shown_span(page, "spectrogram") == "1 to 3 s"
    for _ in range(12):
        page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    deep = page.url
    width = page.evaluate("(([a, b]) => b - a)(new URLSearchParams(location.search).get('t').split(',').map(Number))")
    assert width == pytest.approx(10 / 12_000, rel=0.01)  # ten samples, and no narrower
    show(page, deep)
    until(page, f"{drawn('waveform')}.data[0].hoverinfo === 'x+y'")
    points = page.evaluate(f"{drawn('waveform')}.calcdata[0].length")
    assert 9 <= points <= 12  # the samples themselves
    page.locator(".plot[data-plot=waveform]").get_by_role("button", name="Whole").click()
    until(page, "location.search === ''")
    button = page.locator(".plot[data-plot=waveform]").get_by_role("button", name="Zoom out")
    assert button.get_attribute("aria-disabled") == "true"


def test_the_mouse_zooms_and_a_double_click_shows_the_whole(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["diagnosis, no damage"])
    stage = page.locator(".plot[data-plot=spectrum] .nsewdrag").first
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.25 * box["width"], box["y"] + 80
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y + 10, steps=8)
    page.mouse.up()
    until(page, "location.search.startsWith('?f=')")
    low, high = (float(v) for v in re.findall(r"[\d.]+", page.url.split("?f=")[1]))
    assert (low, high) == (pytest.approx(1500, rel=0.02), pytest.approx(3000, rel=0.02))
    page.locator("#spectrum-log").check()
    until(page, f"{drawn('spectrum')}.layout.yaxis.type === 'log'")
    page.mouse.dblclick(x, y)
    until(page, "location.search === ''")


def test_theme_and_language_change_at_once_and_stay(visit: Visits, mill: World, who: list[Actor]) -> None:
    page = visit("/jobs", color_scheme="light")
    page.locator("summary.account-button").click()
    page.locator("#appearance").get_by_text("Dark", exact=True).click()
    until(page, f"getComputedStyle(document.body).backgroundColor === '{PAPER['dark']}'")
    until_true(page, lambda: mill.services.accounts.profile.me(who[0]).colour_scheme == "dark")
    page.reload()
    assert page.evaluate("document.documentElement.getAttribute('data-mantine-color-scheme')") == "dark"
    settled(page)
    page.locator("summary.account-button").click()
    page.locator("#language").get_by_text("Français").click()
    until(page, "document.documentElement.lang === 'fr'")
    settled(page)
    assert page.title() == "Tâches · palier"
    mill.services.accounts.profile.change_language(who[0], "en")
    mill.services.accounts.profile.change_colour_scheme(who[0], "auto")


def until_true(page: Page, what: Callable[[], bool]) -> None:
    for _ in range(200):
        if what():
            return
        page.wait_for_timeout(25)
    raise AssertionError(what)


def test_a_job_is_cancelled_by_its_button(visit: Visits, mill: World) -> None:
    job = mill.job(title="to be cancelled")
    page = visit(f"/jobs/{job.id}")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelling to be cancelled").wait_for()
    until(page, "document.querySelector('.facts .badge').textContent.includes('Cancelled')")
    page.get_by_role("button", name="Try again").wait_for()
    mill.services.jobs.cancel(mill.actor(), mill.services.jobs.retry(mill.actor(), job.id).job.id)


def test_an_error_is_a_message_and_the_page_stays(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["machines, adding"])
    page.locator("#machine-name").fill("Feed pump 3")
    page.get_by_role("dialog").get_by_role("button", name="Add a machine").click()
    alert = page.get_by_text("choose another name")
    alert.wait_for()
    assert page.get_by_text("req-1").is_visible()
    assert page.locator("#machine-name").input_value() == "Feed pump 3"


def test_who_may_not_is_shown_no_button(
    visit: Visits, mill: World, who: list[Actor], addresses: dict[str, str]
) -> None:
    who[0] = mill.actor(Role.VIEWER)
    page = visit(addresses["machine"])
    assert page.get_by_role("button", name="Add a point").count() == 0
    follow(page, "/diagnose")
    assert page.get_by_role("button", name="Choose files").count() == 0
    who[0] = mill.actor()


def test_a_menu_closes_by_escape_and_elsewhere(visit: Visits) -> None:
    page = visit("/jobs")
    page.locator("summary.account-button").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert focused(page) == "account-button"
    page.keyboard.press("Enter")
    page.locator("h1").click()
    assert not page.get_by_role("button", name="Sign out").is_visible()


def test_a_phone_has_its_navigation_behind_a_button(visit: Visits) -> None:
    page = visit("/jobs", width=390)
    link = page.get_by_role("link", name="Machines")
    until(page, "document.querySelector('.mantine-AppShell-navbar').getBoundingClientRect().right <= 0")
    page.get_by_role("button", name="Menu").click()
    link.click()
    until(page, "document.title === 'Machines · palier'")
    until(page, "document.querySelector('.mantine-AppShell-navbar').getBoundingClientRect().right <= 0")
    assert page.locator(".nav-link[aria-current]").inner_text() == "Machines"


def test_times_are_local_and_trends_are_drawn(visit: Visits, addresses: dict[str, str], mill: World) -> None:
    page = visit("/", timezone_id="Asia/Tokyo")
    until(page, "document.querySelectorAll('.spark svg polyline').length > 0")
    follow(page, addresses["job, failed"])
    job = mill.services.jobs.get(mill.actor(), addresses["job, failed"].split("/")[-1]).job
    local = f"{job.created_at + timedelta(hours=9):%Y-%m-%d %H:%M}"
    until(page, f"document.querySelector('.facts time').textContent === '{local}'")
