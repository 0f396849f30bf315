"""The report of a journal bearing in a real browser: accessible in both themes, on a phone, and silent."""

import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import sync_playwright

from palier.diagnosis.journal import diagnose_journal
from palier.diagnosis.report.html import render_html
from palier.simulate import DatasetSpec, simulate_journal

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPEC = DatasetSpec(records_per_class=4, duration_s=2.0, seed=31, faults=("healthy", "oil_whirl"), severity="severe")


def page_of(case: str, bundle) -> str:
    if case == "contradicted":  # a model that takes whirl for imbalance
        names = {"oil_whirl": "imbalance", "imbalance": "oil_whirl"}
        classes = tuple(names.get(c, c) for c in bundle.card.classes)
        bundle = replace(bundle, card=replace(bundle.card, classes=classes, calibration=None, ood=None))
    record = simulate_journal(SPEC, 0 if case == "healthy" else 5).recording
    diagnosis, plots = diagnose_journal(record, bundle=bundle)
    page = render_html(diagnosis, plots)
    assert ("Contradictions" in page) == (case == "contradicted")
    return page


@pytest.mark.parametrize("case", ["healthy", "whirl", "contradicted"])
def test_the_report_is_accessible_fits_a_phone_and_is_silent(case, small_bundle, tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_text(page_of(case, small_bundle), encoding="utf-8")
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 360, "height": 900})
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            page.add_script_tag(content=(files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
            found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
            assert found["passes"]
            broken = [f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]]
            assert broken == []
            context.close()
        browser.close()
    assert said == []
