"""The report in a real browser: both themes, a phone, the keyboard, and the accessibility rules of WCAG 2.2 AA."""

import runpy
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, sync_playwright

_CASES = runpy.run_path(str(Path(__file__).parents[1] / "diagnosis" / "report" / "cases.py"))
KINDS, rendered = _CASES["KINDS"], _CASES["rendered"]

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(20, 24, 28)"


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
    return tmp_path_factory.mktemp("reports")


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Any]:
    """Open a report; on leaving, nothing may have been said on the console or asked of any network."""
    contexts, said, asked = [], [], []

    def go(kind: str = "outer_race", *, width: int = 1100, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        path = folder / f"{kind}.html"
        if not path.exists():
            path.write_text(rendered(kind), encoding="utf-8")
        page.goto(path.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert {url for url in asked if not (url.startswith("file://") and url.endswith(".html"))} == set()


def wait_until(page: Page, expression: str) -> None:
    """Ask again and again from here: a wait inside the page evaluates strings, which its own policy forbids."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def axe(page: Page) -> list[str]:
    """Return what axe-core finds; it is injected, so the page's own policy has to be set aside for it."""
    page.add_script_tag(content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"]
    return [
        f"{v['id']}: {n['html'][:160]} {n['failureSummary'][:200]}" for v in found["violations"] for n in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_rule_of_accessibility_is_broken(visit: Any, kind: str, scheme: str) -> None:
    assert axe(visit(kind, color_scheme=scheme, bypass_csp=True)) == []


def test_no_rule_of_accessibility_is_broken_on_a_phone(visit: Any) -> None:
    assert axe(visit("zone", width=360, bypass_csp=True)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_never_scrolls_sideways(visit: Any, kind: str) -> None:
    page = visit(kind)
    for width in (320, 360, 768, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_theme_follows_the_system_and_the_button(visit: Any) -> None:
    page = visit(color_scheme="dark")
    assert background(page) == NIGHT
    curve = page.locator(".plot path[style*='--fig-series']").first
    dark = curve.evaluate("e => getComputedStyle(e).stroke")
    button = page.get_by_role("button", name="Light theme")
    button.click()
    assert background(page) == WHITE
    assert curve.evaluate("e => getComputedStyle(e).stroke") != dark
    page.get_by_role("button", name="Dark theme").click()
    assert background(page) == NIGHT
    assert background(visit(color_scheme="light")) == WHITE


def test_paper_is_white_whatever_the_theme(visit: Any) -> None:
    page = visit(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert background(page) == WHITE
    assert not page.locator("button.theme").is_visible()
    page.emulate_media(media="screen", color_scheme="light")
    page.get_by_role("button", name="Dark theme").click()
    page.emulate_media(media="print", color_scheme="light")
    assert background(page) == WHITE


def test_everything_that_acts_or_scrolls_is_reached_by_the_keyboard(visit: Any) -> None:
    page = visit(width=360)
    wanted = page.evaluate(
        "[...document.querySelectorAll('button, .scroll')].filter(e => e.offsetParent).map(e => e.className)"
    )
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert reached == wanted
    table = page.get_by_role("region", name="Evidence table")
    table.focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.querySelector('.evidence').parentElement.scrollLeft > 0")


def test_the_button_works_by_the_keyboard(visit: Any) -> None:
    page = visit(color_scheme="light")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert background(page) == NIGHT


def test_without_script_everything_is_there_but_the_button(visit: Any) -> None:
    page = visit(java_script_enabled=False)
    assert not page.locator("button.theme").is_visible()
    assert page.locator(".plot svg").count() == 4
    assert page.locator(".plot svg").first.is_visible()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Bearing damage: outer-race defect")


@pytest.mark.parametrize("width", [360, 1100])
def test_numbers_of_the_evidence_do_not_wrap(visit: Any, width: int) -> None:
    page = visit("inner_race", width=width)
    heights = page.evaluate("[...document.querySelectorAll('.evidence tbody tr')].map(r => r.offsetHeight)")
    assert len(heights) > 20
    assert max(heights) < 50


def test_the_policy_of_the_page_lets_its_own_script_run_and_no_other(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "tampered.html"
    taken = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    path.write_text(rendered("outer_race").replace("</footer>", f"</footer>{taken}"), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.get_by_role("button", name="Dark theme").is_visible()  # its own script shows it
    assert page.title() != "taken"
    page.close()


def tools(page: Page, title: str = "Squared envelope spectrum") -> Any:
    return page.get_by_role("group", name=f"Zoom of {title}")


def press(page: Page, name: str, title: str = "Squared envelope spectrum") -> None:
    tools(page, title).get_by_role("button", name=name, exact=True).click(force=True)  # aria-disabled ones too
    settle(page)


def settle(page: Page) -> None:
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shown(page: Page, title: str = "Squared envelope spectrum") -> tuple[float, float]:
    """Return the range that the page says it shows."""
    low, high = tools(page, title).get_by_role("status").inner_text().rsplit(" ", 1)[0].split(" to ")
    return float(low), float(high)


def test_zooming_in_takes_the_place_of_the_picture_and_whole_gives_it_back(visit: Any) -> None:
    page = visit("inner_race")
    still, live = page.locator("figure .plot").first, page.locator("figure .live").first
    assert still.is_visible()
    assert not live.is_visible()
    press(page, "Zoom in")
    assert live.is_visible()
    assert not still.is_visible()
    before = shown(page)
    press(page, "Right")
    after = shown(page)
    assert after[0] > before[0]
    assert after[1] - after[0] == pytest.approx(before[1] - before[0], rel=0.02)
    press(page, "Zoom out")
    assert still.is_visible()
    press(page, "Zoom in")
    press(page, "Whole")
    assert still.is_visible()
    assert not live.is_visible()
    press(page, "Left")  # has nothing to do, and says so to assistive technology
    assert tools(page).get_by_role("button", name="Left").get_attribute("aria-disabled") == "true"


def test_ticks_curve_and_marks_agree_on_where_the_line_is(visit: Any) -> None:
    diagnosis, _ = _CASES["diagnosed"]("inner_race")
    line = next(e for e in diagnosis.evidence if e.fault == "inner_race" and e.found)
    page = visit("inner_race")
    press(page, "Zoom in")
    for _ in range(20):  # bring the line into view
        low, high = shown(page)
        if low < line.found_hz < high:
            break
        press(page, "Left" if line.found_hz < low else "Right")
    live = page.locator("figure .live").first
    ticks = live.locator(".tick[data-at]").evaluate_all("all => all.map(t => [+t.dataset.at, +t.getAttribute('x')])")
    (at_0, x_0), (at_1, x_1) = ticks[0], ticks[-1]
    assert low <= at_0 < at_1 <= high
    texts = live.locator(".tick[data-at]").all_text_contents()
    assert [float(t) for t in texts] == pytest.approx([at for at, _ in ticks])
    dot = live.locator(f"circle[data-at='{line.found_hz}']").first
    x = float(dot.get_attribute("cx"))
    assert at_0 + (x - x_0) * (at_1 - at_0) / (x_1 - x_0) == pytest.approx(line.found_hz, abs=0.01)
    path = live.locator("path.series").get_attribute("d")
    points = [tuple(map(float, p.split())) for p in path.removeprefix("M").split("L")]
    top_x, top_y = min((p for p in points if abs(p[0] - x) < 8), key=lambda p: p[1])
    assert top_x == pytest.approx(x, abs=1.0)
    assert top_y == pytest.approx(float(dot.get_attribute("cy")), abs=1.0)


def test_the_keyboard_zooms_and_moves(visit: Any) -> None:
    page = visit()
    page.get_by_role("region", name="Squared envelope spectrum, figure").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    settle(page)
    before = shown(page)
    page.keyboard.press("ArrowRight")
    settle(page)
    assert shown(page)[0] > before[0]
    page.keyboard.press("-")
    settle(page)
    low, high = shown(page)
    assert high - low > 1.5 * (before[1] - before[0])
    page.keyboard.press("0")
    assert page.locator("figure .plot").first.is_visible()


def test_the_wheel_zooms_where_the_pointer_is_but_only_in_a_figure_that_was_clicked(visit: Any) -> None:
    page = visit("inner_race")
    stage = page.get_by_role("region", name="Squared envelope spectrum, figure")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    x, y = box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -1)
    settle(page)
    assert page.locator("figure .plot").first.is_visible()
    page.mouse.click(x, y)
    for _ in range(6):
        page.mouse.wheel(0, -100)
        settle(page)
    wait_until(page, "document.querySelector('figure .live svg') !== null")
    low, high = shown(page)
    end = (high - low) / 0.8**6
    pointed = (0.25 - 0.055) * end  # the axes begin a little right of the picture's edge
    assert low < pointed < high
    assert high < 0.5 * end
    middle = (low + high) / 2
    page.mouse.move(x + 100, y)
    page.mouse.down()
    page.mouse.move(x + 300, y)
    page.mouse.up()
    settle(page)
    assert sum(shown(page)) / 2 < middle


def test_zooming_in_ends_at_single_samples_and_the_waveform_can_be_followed_there(visit: Any) -> None:
    page = visit()
    for _ in range(30):
        press(page, "Zoom in", "Waveform")
    low, high = shown(page, "Waveform")
    assert high - low == pytest.approx(10 / 20_480, rel=0.05)
    button = tools(page, "Waveform").get_by_role("button", name="Zoom in")
    assert button.get_attribute("aria-disabled") == "true"
    path = page.locator("figure").last.locator("path.series").get_attribute("d")
    assert 9 <= path.count("L") <= 14


def test_paper_and_a_narrow_screen_are_served_while_zoomed_in(visit: Any) -> None:
    page = visit("type_unclear", width=360)
    press(page, "Zoom in")
    press(page, "Zoom in", "Waveform")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.emulate_media(media="print")
    assert page.locator("figure .plot").first.is_visible()
    assert not page.locator("figure .live").first.is_visible()
    assert not tools(page).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_while_zoomed_in(visit: Any, scheme: str) -> None:
    page = visit("type_unclear", color_scheme=scheme, bypass_csp=True)
    press(page, "Zoom in")
    press(page, "Zoom in", "Waveform")
    assert axe(page) == []
