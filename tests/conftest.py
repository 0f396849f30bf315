"""Shapes are checked while tests run, and hypothesis behaves the same everywhere."""

import os

from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

install_import_hook(["palier.dsp", "palier.simulate"], "beartype.beartype")

settings.register_profile("default", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
