"""Shapes are checked while tests run, and hypothesis behaves the same everywhere."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from beartype import BeartypeConf, beartype
from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

# jaxtyping names its type checker by import path; this one lets an int stand for a float, as Python's typing does
_checker = ModuleType("palier_type_checker")
_checker.check = beartype(conf=BeartypeConf(is_pep484_tower=True))  # type: ignore[attr-defined]
sys.modules[_checker.__name__] = _checker
install_import_hook(["palier.dsp", "palier.simulate"], "palier_type_checker.check")

settings.register_profile("default", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of measured recordings: PALIER_REAL_DATA, or ../shared/data/real beside the checkout."""
    named = os.environ.get("PALIER_REAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
    if not (folder / "cwru").is_dir():
        pytest.skip(f"the measured recordings are not at {folder}; set PALIER_REAL_DATA to their folder")
    return folder
