"""The main job, from the first start to the answer, in a real browser on a real server with real workers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, sync_playwright
from tests.served import Served, start

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.integration,
    pytest.mark.real_data,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
PASSWORD = "kite bottle orbit"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = start(tmp_path_factory.mktemp("main") / "data", "--sample", "--workers", "1")
    yield served
    if served.process.poll() is None:
        served.kill()


@pytest.fixture(scope="module")
def page(browser: Browser, server: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def until(page: Page, selector: str, *, timeout_s: float = 60) -> None:
    page.wait_for_selector(selector, timeout=timeout_s * 1000)


def test_1_the_first_start_makes_an_account_once(page: Page, server: Served) -> None:
    assert server.set_up_link is not None
    page.goto(server.set_up_link)
    page.fill("input[name=workspace]", "Paper mill")
    page.fill("input[name=name]", "Ada Lovelace")
    page.fill("input[name=email]", "ada@example.com")
    page.fill("input[name=password]", "password1234")
    page.click("button[type=submit]")
    assert "first that are guessed" in page.inner_text("[role=alert]")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    until(page, ".account-button")
    assert page.url == server.url + "/"
    other = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    other.goto(server.set_up_link)
    for name, value in (("workspace", "x"), ("name", "x"), ("email", "x@example.com"), ("password", PASSWORD)):
        other.fill(f"input[name={name}]", value)
    other.click("button[type=submit]")
    assert "has been used" in other.inner_text("[role=alert]")
    other.context.close()


def test_2_a_dropped_file_is_read_diagnosed_and_answered(page: Page, server: Served, real_data: Path) -> None:
    (path,) = (real_data / "cwru" / "12k_drive_end").glob("OR007@6_0_*.mat")
    page.goto(server.url + "/diagnose")
    until(page, "[data-upload-pick]")
    with page.expect_file_chooser() as chooser:
        page.click("[data-upload-pick]")
    chooser.value.set_files(path)
    until(page, "text=rpm (from the file)")
    facts = page.inner_text("main")
    assert "1,796" in facts
    assert "6205-2RS" in facts
    page.get_by_role("button", name="Diagnose", exact=True).click()
    until(page, "text=Bearing damage: outer-race defect", timeout_s=90)
    assert "/diagnoses/" in page.url
    answer = page.inner_text("main")
    assert "BPFO" in answer
    assert "False-alarm rate" in answer


def test_3_a_reload_shows_the_same_and_the_report_is_downloaded(page: Page) -> None:
    page.reload()
    until(page, "text=Bearing damage: outer-race defect")
    with page.expect_download() as download:
        page.get_by_text("Download the report").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "outer-race defect" in text
    assert text.lstrip().startswith("<!DOCTYPE html>")


def test_4_the_sample_workspace_says_that_it_is_simulated(page: Page, server: Served) -> None:
    page.goto(server.url + "/")
    until(page, ".account-button")
    page.click(".account-button")
    page.get_by_role("button", name="Open workspace Sample (simulated)").click()
    until(page, ".badge-simulated")
    until(page, "text=Pump 12")


def test_5_sign_out_ends_the_session(page: Page, server: Served) -> None:
    page.goto(server.url + "/")
    page.click(".account-button")
    page.get_by_role("button", name="Sign out").click()
    until(page, "input[name=password]")
    page.goto(server.url + "/machines")
    assert page.url == server.url + "/sign-in?next=/machines"
    page.fill("input[name=email]", "ada@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    until(page, ".account-button")
    assert page.url == server.url + "/machines"


def test_6_sigterm_stops_everything(server: Served) -> None:
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


def test_7_a_killed_server_starts_again_with_everything(server: Served, browser: Browser) -> None:
    again = start(server.log.with_suffix(""), "--workers", "0")
    assert again.set_up_link is None
    again.kill()
    third = start(server.log.with_suffix(""), "--workers", "0")
    page = browser.new_page()
    page.goto(third.url + "/sign-in")
    page.fill("input[name=email]", "ada@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    until(page, "text=OR007@6_0_130.mat")
    page.close()
    assert third.stop() == 0
