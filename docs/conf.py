"""Sphinx configuration."""

from importlib.metadata import version as _version

project = "palier"
author = "the palier developers"
copyright = "2026, the palier developers"
version = release = _version("palier")
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
]
html_theme = "furo"
html_title = "palier"
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
templates_path: list[str] = []
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_preprocess_types = False
# types are written as words in docstrings ("float, shape (..., time)"); they are no cross-references
nitpick_ignore_regex = [("py:.*", ".*")]
html_extra_path = ["reference/diagnosis.schema.json", "reference/evaluation.schema.json", "reference/openapi.json"]
