"""From ``palier serve`` to the first diagnosis of an uploaded CWRU file, in a browser; and pictures of every page.

    python benchmarks/first_diagnosis.py [--pictures]

Times are wall-clock seconds on this machine, with the browser on the same cores; they are said in
docs/reference/first-diagnosis.md, beside the pictures in docs/images/app/.
"""

import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.served import Served, start

ROOT = Path(__file__).resolve().parents[1]

PICTURES = ROOT / "docs" / "images" / "app"
PAGE = ROOT / "docs" / "reference" / "first-diagnosis.md"
PASSWORD = "kite bottle orbit"


def recording() -> Path:
    named = os.environ.get("PALIER_REAL_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "real"
    return next((folder / "cwru" / "12k_drive_end").glob("OR007@6_0_*.mat"))


def sign_up(page: Page, served: Served) -> None:
    page.goto(served.set_up_link)
    for name, value in (("workspace", "Paper mill"), ("name", "Ada Lovelace"), ("email", "ada@example.com")):
        page.fill(f"input[name={name}]", value)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".account-button")


def diagnose(page: Page, served: Served) -> None:
    page.goto(served.url + "/diagnose")
    page.wait_for_selector("[data-upload-pick]")
    with page.expect_file_chooser() as chooser:
        page.click("[data-upload-pick]")
    chooser.value.set_files(recording())
    page.wait_for_selector("text=rpm (from the file)")


def measured(page: Page, folder: Path) -> dict[str, float]:
    times, began = {}, time.perf_counter()
    served = start(folder)
    page.goto(served.set_up_link)
    times["`palier serve` to the first page"] = time.perf_counter() - began
    sign_up(page, served)
    mark = time.perf_counter()
    diagnose(page, served)
    times["a CWRU file (2.9 MB) dropped, to what was read from it"] = time.perf_counter() - mark
    mark = time.perf_counter()
    page.get_by_role("button", name="Diagnose", exact=True).click()
    page.wait_for_selector("text=Bearing damage: outer-race defect")
    times["*Diagnose* pressed, to the answer"] = time.perf_counter() - mark
    times["all of it, with the account made in between"] = time.perf_counter() - began
    served.stop()
    return times


def pictures(browser: object, folder: Path) -> list[str]:
    served = start(folder, "--sample")
    context = browser.new_context(viewport={"width": 1120, "height": 760})
    page = context.new_page()
    shots = {"set-up": served.set_up_link, "sign-in": "/sign-in"}
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    for name, address in shots.items():
        both(page, address if address.startswith("http") else served.url + address, name)
    sign_up(page, served)
    both(page, served.url + "/", "home-empty")
    diagnose(page, served)
    both(page, page.url, "diagnose")
    page.get_by_role("button", name="Diagnose", exact=True).click()
    page.wait_for_selector("text=Bearing damage: outer-race defect")
    both(page, page.url, "diagnosis")
    page.goto(served.url + "/")
    page.wait_for_selector(".account-button")
    page.click(".account-button")
    page.get_by_role("button", name="Open workspace Sample (simulated)").click()
    page.wait_for_selector("text=Pump 12")
    while page.locator("text=In progress").count() and page.locator(".job-list li").count():
        time.sleep(1)
    both(page, served.url + "/", "home")
    page.goto(served.url + "/machines")
    page.wait_for_selector("text=Pump 12")
    both(page, served.url + page.locator("a", has_text="Pump 12").first.get_attribute("href"), "machine")
    for name in ("machines", "jobs"):
        both(page, f"{served.url}/{name}", name)
    page.goto(served.url + "/")
    page.click(".account-button")
    page.get_by_role("button", name="Open workspace Paper mill").click()
    page.wait_for_selector("text=OR007")
    for name in ("datasets", "models", "account", "admin"):
        both(page, f"{served.url}/{name}", name)
    page.set_viewport_size({"width": 390, "height": 780})
    both(page, f"{served.url}/diagnose", "phone-diagnose")
    context.close()
    served.stop()
    return sorted(p.name for p in PICTURES.glob("*.png"))


def both(page: Page, address: str, name: str) -> None:
    """Take a page in both colour schemes."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        time.sleep(2.5)
        small(page.screenshot(), PICTURES / f"{name}-{scheme}.png")


def small(shot: bytes, path: Path) -> None:
    import io

    from PIL import Image

    Image.open(io.BytesIO(shot)).convert("RGB").quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    chromium = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        runs = [measured(browser.new_page(), Path(folder) / f"run{i}") for i in range(3)]
        names = pictures(browser, Path(folder) / "pictures") if "--pictures" in sys.argv else []
        browser.close()
    rows = [f"| {what} | " + " | ".join(f"{run[what]:.1f} s" for run in runs) + " |" for what in runs[0]]
    seen = sorted(p.name for p in PICTURES.glob("*-light.png")) if PICTURES.is_dir() else names
    parts = [f"### {n.removesuffix('-light.png').replace('-', ' ').capitalize()}\n\n"
             f"![light](../images/app/{n}) ![dark](../images/app/{n.replace('-light', '-dark')})\n" for n in seen]  # fmt: skip
    PAGE.write_text(
        "# From the first start to the first diagnosis\n\n"
        f"Made with `python benchmarks/first_diagnosis.py --pictures` on {datetime.now(UTC).date()}, on "
        f"{os.cpu_count()} cores that the server, its workers and the browser share. Packages were installed before.\n\n"
        "| | run 1 | run 2 | run 3 |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "The file is record 130 of CWRU: a defect of the outer race. The sample workspace holds SIMULATED recordings.\n\n"
        "## Every page, in both colour schemes\n\n" + "\n".join(parts),
        encoding="utf-8",
    )
    print("\n".join(rows))


if __name__ == "__main__":
    main()
