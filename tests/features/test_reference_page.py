"""The reference page is made from the registry: counts and formulas cannot go stale."""

import runpy
from pathlib import Path

from palier.features import FEATURE_SETS, registered

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date_and_names_every_feature() -> None:
    page = runpy.run_path(str(ROOT / "scripts" / "features_page.py"))["features_page"]()
    assert (ROOT / "docs" / "reference" / "features.md").read_text(encoding="utf-8") == page
    for f in registered():
        if not f.name.startswith("log_spectrum"):
            assert f"`{f.name}`" in page
        assert f.formula in page
    for s in FEATURE_SETS.values():
        assert f"| `{s.name}` | {len(s.names)} |" in page
