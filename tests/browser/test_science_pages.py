"""Datasets, models, administration and the account in a real browser: the rules of all pages, and a browser's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page
from tests.browser.test_web_pages import (
    Visits,
    axe,
    browser,
    follow,
    pytestmark,
    show,
    site,
    test_no_page_scrolls_sideways_on_a_phone,
    test_no_rule_of_accessibility_is_broken_on_any_page_in_either_theme,
    until,
    visit,
    who,
)
from tests.servers import free_port
from tests.web.laboratory import Laboratory, fill_laboratory
from tests.web.serving import served
from tests.web.world import World, make_world

from palier.bootstrap import build, ready_settings
from palier.config import Settings
from palier.web.app import dash_app

__all__ = [
    "browser",
    "pytestmark",
    "site",
    "test_no_page_scrolls_sideways_on_a_phone",
    "test_no_rule_of_accessibility_is_broken_on_any_page_in_either_theme",
    "visit",
    "who",
]


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("laboratory"), migrated_sqlite)
    fill_laboratory(world)
    yield world
    world.close()


@pytest.fixture(scope="module")
def addresses(mill: World) -> dict[str, str]:
    return Laboratory(dash_app(mill.services), mill).addresses()


def test_nothing_happens_before_a_button_is_pressed(visit: Visits, addresses: dict[str, str], mill: World) -> None:
    """Dash calls some callbacks when their buttons appear; nothing may come of it."""
    before = len(mill.services.audit_log.page(mill.actor(), limit=1000))
    page = visit(addresses["account"])
    for address in addresses.values():
        follow(page, address)
        page.wait_for_timeout(100)
        assert page.locator(".mantine-Notification-root").count() == 0, address
        assert page.url.endswith(address), address
    assert len(mill.services.audit_log.page(mill.actor(), limit=1000)) == before


def test_the_dialogs_break_no_rule_of_accessibility(visit: Visits, addresses: dict[str, str]) -> None:
    for what, button, inside in (
        ("account", "End", "#account-session-end-yes"),
        ("dataset", "Remove", "#dataset-remove-yes"),
    ):
        page = visit(addresses[what], bypass_csp=True)
        page.get_by_role("button", name=button).first.click()
        page.locator(inside).wait_for()
        page.wait_for_timeout(300)  # it is faded in, and half-faded text has half its contrast
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.locator(inside).wait_for(state="hidden")


def test_a_session_is_ended_by_keyboard(visit: Visits, addresses: dict[str, str], mill: World) -> None:
    page = visit(addresses["account"])
    page.get_by_role("button", name="End the sign-in of Safari").focus()
    page.keyboard.press("Enter")
    page.locator("#account-session-end-yes").wait_for()
    page.locator("#account-session-end-yes").focus()
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('account-sessions').textContent.includes('Safari')")
    assert [s.id for s in mill.services.accounts.sessions.mine(mill.actor())] == ["s"]


def test_enter_in_a_field_presses_its_button(visit: Visits, addresses: dict[str, str], mill: World) -> None:
    page = visit(addresses["account"])
    page.locator("#account-name").fill("Ada Lovelace")
    page.keyboard.press("Enter")
    until(page, "document.body.textContent.includes('Your name is now Ada Lovelace')")
    assert mill.services.accounts.profile.me(mill.actor()).name == "Ada Lovelace"
    assert page.url.endswith("/account")


def test_colours_are_chosen_on_the_page_as_in_the_menu(visit: Visits, addresses: dict[str, str], mill: World) -> None:
    page = visit(addresses["account"])
    pick(page, "#account-appearance", "Dark")
    until(page, "document.documentElement.dataset.mantineColorScheme === 'dark'")
    for _ in range(100):
        if mill.services.accounts.profile.me(mill.actor()).colour_scheme == "dark":
            break
        page.wait_for_timeout(25)
    pick(page, "#account-appearance", "Light")
    until(page, "document.documentElement.dataset.mantineColorScheme === 'light'")


def pick(page: Page, field: str, option: str) -> None:
    page.locator(field).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_estimate_goes_when_the_form_changes(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["datasets, simulate rolling"])
    page.get_by_label("Records per class").fill("5")
    page.get_by_role("button", name="Estimate").click()
    page.locator("#simulation-run").wait_for()
    page.get_by_label("Records per class").fill("6")
    page.locator("#simulation-run").wait_for(state="detached")
    pick(page, "input[id*='\"severity\"']", "shares that you give")
    until(page, "getComputedStyle(document.getElementById('simulation-shares')).display === 'grid'")


def test_a_record_is_looked_at_and_zoomed_and_the_address_knows(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["dataset"])
    page.locator("#dataset-row").fill("13")
    until(page, "location.search.includes('row=13')")
    until(page, "document.getElementById('dataset-record').textContent.includes('imbalance')")
    page.locator(".plot[data-plot=record] [data-zoom=in]").click()
    until(page, "location.search.includes('t=0.125,0.375')")
    graph = "document.querySelector('.plot[data-plot=record] .js-plotly-plot')"
    until(page, f"Math.abs({graph}._fullLayout.xaxis.range[0] - 0.125) < 1e-6")


def test_recordings_are_chosen_labelled_and_counted(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["datasets, import"])
    page.get_by_label("All of them").check()
    pick(page, "#import-fault", "outer-race defect")
    page.get_by_role("button", name="Label the chosen").click()
    until(page, "document.getElementById('import-count').textContent.startsWith('7 ')")
    assert page.locator("td >> text=outer-race defect").count() == 7
    assert not page.get_by_label("All of them").is_checked()


def test_models_are_chosen_and_compared(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["models"])
    for name in ("First model", "Second model"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Compare the chosen").click()
    drawn = "document.querySelector('.plot-graph .main-svg .trace') !== null"
    until(page, f"location.pathname === '/models/compare' && {drawn}")


def test_the_audit_log_is_filtered_by_its_address_and_saved(visit: Visits, addresses: dict[str, str]) -> None:
    page = visit(addresses["admin, audit"])
    pick(page, "#admin-audit-kind", "Datasets")
    until(page, "location.search === '?part=audit&kind=dataset'")
    until(page, "!document.getElementById('page').textContent.includes('Uploaded a recording')")
    assert page.locator("text=Asked for a simulated dataset").count() > 0
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("time_utc,actor_id,actor,action")
    assert "dataset.simulate" in text
    assert "recording.upload" not in text


def test_a_passkey_is_made_by_the_browser_and_kept(browser: Browser, mill: World) -> None:
    """A passkey belongs to a name, and an address in numbers is none: so this is served as localhost."""
    port = free_port()
    folder = mill.application.settings.data_dir
    application = build(ready_settings(Settings(data_dir=folder, workers=0, public_url=f"http://localhost:{port}")))
    factors = application.services.accounts.factors
    with served(application.services, mill.actor, port=port):
        page = browser.new_page()
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        show(page, f"http://localhost:{port}/account")
        page.locator("#account-passkey-name").fill("This laptop")
        page.get_by_role("button", name="Add a passkey").click()
        page.locator("text=Your recovery codes").wait_for()
        assert page.locator("#account-passkey-codes li").count() == 10
        assert "This laptop" in {k.name for k in factors.passkeys(mill.actor())}
        page.locator("#account-passkey-name").fill("Again")
        page.get_by_role("button", name="Add a passkey").click()
        page.locator("text=one of your passkeys already").wait_for()
        page.close()
    application.close()
