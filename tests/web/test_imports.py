"""The web process is light, and pages know the application and nothing beneath it."""

import subprocess
import sys

FORBIDDEN = (
    "torch", "sklearn", "lightning", "matplotlib", "h5py", "scipy", "sqlalchemy", "celery", "pyarrow", "onnxruntime",
    "plotly.express", "palier.adapters", "palier.jobs", "palier.data", "palier.models", "palier.training",
    "palier.explain", "palier.diagnosis", "palier.bootstrap",
)  # fmt: skip


def test_importing_every_page_loads_nothing_heavy() -> None:
    code = (
        "import sys, pkgutil, importlib, palier.web.app, palier.web.pages as pages\n"
        "for m in pkgutil.walk_packages(pages.__path__, 'palier.web.pages.'): importlib.import_module(m.name)\n"
        f"print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
