"""``palier dataset info | audit | export | verify | convert`` and ``palier cache``, as a user calls them."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from tests.data.dataset_cases import mixed_records, source_of

from palier.cli.main import main
from palier.core.split import Fold, Split
from palier.data import build_dataset, open_dataset, read_recording
from palier.data.cache import CacheKey, DerivedCache


def palier(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dataset = build_dataset(source_of(mixed_records(12), seed=7), tmp_path / "pumps")
    none = np.zeros(0, np.int64)
    dataset.add_split(
        Split("drawn", "record", "holdout", (Fold(np.arange(8), none, np.arange(8, 12)),), seed=1, leaky=True)
    )
    return dataset.path


def test_info(folder: Path) -> None:
    result = palier("dataset", "info", folder)
    assert result.exit_code == 0
    for words in (
        "SIMULATED data, not a measurement", "12 records", "licence CC0-1.0", "oil whirl", "not labelled",
        "split drawn: holdout on record, 1 fold, seed 1 LEAKY, made on purpose", "audit: not made yet", "seed: 7",
    ):  # fmt: skip
        assert words in result.output
    document = json.loads(palier("dataset", "info", folder, "--json").output)
    assert document["n_records"] == 12
    assert [s["name"] for s in document["splits"]] == ["drawn"]


def test_audit_stores_its_findings(folder: Path) -> None:
    result = palier("dataset", "audit", folder)
    assert result.exit_code == 0
    assert "12 recordings in 3 classes (3 without a label)" in result.output
    stored = json.loads((folder / "audit.json").read_text())
    assert stored["recordings"] == 12
    assert "audit: not made" not in palier("dataset", "info", folder).output
    assert json.loads(palier("dataset", "audit", folder, "--json", "-").output)["recordings"] == 12


def test_verify(folder: Path) -> None:
    result = palier("dataset", "verify", folder)
    assert (result.exit_code, "whole; 12 records" in result.output) == (0, True)
    shard = folder / "shards" / "shard-00001.h5"
    shard.write_bytes(shard.read_bytes()[:-1])
    result = palier("dataset", "verify", folder)
    assert result.exit_code == 2
    assert "shards/shard-00001.h5: has" in result.output
    assert "5 damages; restore what is named from a copy" in result.output


def test_export(folder: Path, tmp_path: Path) -> None:
    result = palier("dataset", "export", folder, "-o", tmp_path / "x")
    assert result.exit_code == 0
    assert "pumps as npz SIMULATED" in result.output
    assert read_recording(tmp_path / "x" / "recordings" / "SIMULATED-r1.npz").sampling_rate_hz == 1024
    result = palier("dataset", "export", folder, "-o", tmp_path / "x", "--format", "csv")
    assert result.exit_code == 2
    assert "--overwrite" in result.output
    assert palier("dataset", "export", folder, "-o", tmp_path / "x", "--format", "csv", "--overwrite").exit_code == 0
    assert "fit in no one array" in palier("dataset", "export", folder, "-o", tmp_path / "x.h5").output


def test_convert(folder: Path, tmp_path: Path) -> None:
    result = palier("dataset", "convert", folder, "-o", tmp_path / "y", "--compression", "gzip", "--window-s", 0.5)
    assert result.exit_code == 0
    content = open_dataset(folder).card.content_hash
    assert f"content {content[:16]}" in result.output
    assert open_dataset(tmp_path / "y").card.content_hash == content
    assert "have it replaced (--overwrite)" in palier("dataset", "convert", folder, "-o", tmp_path / "y").output
    old = Path(__file__).parents[1] / "data" / "dataset_v0"
    said = palier("dataset", "info", old)
    assert (said.exit_code, "--to-schema 1" in said.output) == (2, True)
    assert palier("dataset", "convert", old, "-o", tmp_path / "z", "--to-schema", 1).exit_code == 0
    assert palier("dataset", "info", tmp_path / "z").exit_code == 0


@pytest.mark.parametrize("command", ["info", "audit", "verify", "convert", "export"])
def test_no_dataset_is_one_clear_line(tmp_path: Path, command: str) -> None:
    out = ["-o", tmp_path / "out"] if command in ("convert", "export") else []
    result = palier("dataset", command, tmp_path / "nowhere", *out)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert result.output.startswith("palier: ")
    assert "does not exist; check the path" in result.output


def test_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_CACHE_DIR", str(tmp_path / "c"))
    assert "0 entries, 0.0 MB of at most 2147 MB" in palier("cache", "info").output
    DerivedCache.default().get_or_compute(CacheKey("test", content="a"), lambda: np.zeros(250_000))
    assert f"{tmp_path / 'c'}: 1 entry, 2.0 MB" in palier("cache", "info").output
    assert "0 entries" in palier("cache", "info", "--folder", tmp_path / "other").output
    assert "1 entry removed" in palier("cache", "clear").output
    assert "0 entries" in palier("cache", "info").output
