"""Importing is free: no heavy package until a step needs it."""

import subprocess
import sys

import pytest

HEAVY = [
    "torch", "sklearn", "lightning", "matplotlib", "pyarrow", "h5py", "nptdms", "pyuff", "jinja2", "rich",
    "scipy.signal", "scipy.stats", "scipy.io", "pandas", "onnx", "onnxruntime", "skl2onnx", "aeon", "pywt",
    "yaml", "dask",
]  # fmt: skip


@pytest.mark.parametrize(
    "module",
    ["palier", "palier.core", "palier.dsp", "palier.simulate", "palier.data.read", "palier.diagnosis",
     "palier.diagnosis.batch", "palier.diagnosis.report", "palier.cli.main", "palier.cli.diagnose",
     "palier.cli.dataset", "palier.data",
     "palier.features", "palier.models.bundle", "palier.models.catalogue", "palier.evaluation",
     "palier.evaluation.report", "palier.training", "palier.export", "palier.research.training_run",
     "palier.diagnosis.journal", "palier.cli.train", "palier.cli.evaluate", "palier.cli.compare"],
)  # fmt: skip
def test_importing_is_free(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_importing_prints_and_warns_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import palier, palier.cli.main"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == result.stderr == ""
